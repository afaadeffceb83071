import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { WantedRow } from '../proof/row-proof.reader.js';

/** Which row is to be proved. */
export class RowProofQuery implements WantedRow {
  @ApiPropertyOptional({ type: 'string', description: 'Its key, as the CSV file has it.', maxLength: 10_000 })
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  key?: string;

  @ApiPropertyOptional({ type: 'string', description: 'Without a key column: its leaf hash.', maxLength: 64 })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  leaf?: string;
}
