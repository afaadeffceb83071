import { ArgsType, Field } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { WantedRow } from '../proof/row-proof.reader.js';

const KEY = 'Its key, as the CSV file has it.';
const LEAF = 'Without a key column: its leaf hash.';

/** Which row is to be proved. */
@ArgsType()
export class RowProofQuery implements WantedRow {
  @ApiPropertyOptional({ type: 'string', description: KEY, maxLength: 10_000 })
  @Field(() => String, { description: KEY, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  key?: string;

  @ApiPropertyOptional({ type: 'string', description: LEAF, maxLength: 64 })
  @Field(() => String, { description: LEAF, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  leaf?: string;
}

/** The arguments of `rowProof`. */
@ArgsType()
export class RowProofArgs extends RowProofQuery {
  @Field(() => String, { description: 'NAME@VERSION, NAME for the latest, or an id.' })
  @IsString()
  @MaxLength(200)
  ref: string;

  @Field(() => String, { description: 'Name of the split.' })
  @IsString()
  @MaxLength(200)
  split: string;
}
