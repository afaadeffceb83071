import { ArgsType, Field, Int } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { LineageDirection } from '../../lineage/api/lineage.request.js';
import { type ColumnLineageQuestion, MAX_COLUMN_DEPTH } from '../columns/column-lineage.reader.js';

const WAY = 'Which way to walk.';
const COLUMN = 'Only of this column.';
const STEPS = 'How many steps; to the end when left out.';

/** Which part of it. */
@ArgsType()
export class ColumnLineageQuery implements ColumnLineageQuestion {
  @Field(() => LineageDirection, { defaultValue: 'upstream', description: WAY })
  @ApiPropertyOptional({ enum: ['upstream', 'downstream'], default: 'upstream', description: WAY })
  @IsIn(['upstream', 'downstream'])
  direction: LineageDirection = 'upstream';

  @Field(() => String, { nullable: true, description: COLUMN })
  @ApiPropertyOptional({ type: 'string', description: COLUMN, maxLength: 500 })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  column?: string;

  @Field(() => Int, { nullable: true, description: STEPS })
  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MAX_COLUMN_DEPTH, description: STEPS })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_COLUMN_DEPTH)
  depth?: number;
}

/** The arguments of `columnLineage`. */
@ArgsType()
export class ColumnLineageArgs extends ColumnLineageQuery {
  @Field(() => String, { description: 'NAME@VERSION, NAME for the latest, or an id.' })
  @IsString()
  @MaxLength(1_600)
  ref: string;
}
