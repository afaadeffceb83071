import { Float, Int } from '@nestjs/graphql';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { SPLIT_METHODS } from '../../../domain/splitting/index.js';
import { Input, Prop } from '../../../platform/http/index.js';
import { MAX_SPLITS, type SplitRequest } from '../push-plan.js';
import type { SplitByRequest } from '../split-by.js';
import { SPLIT_FORMATS } from '../split-format.js';
import { SPLIT_ROLE_NAMES } from '../split-role.js';

@Input('PushSplit', 'One split of a push: an uploaded file and its role.')
export class PushSplitRequest implements SplitRequest {
  @Prop(() => String, { description: 'Its name.', example: 'holdout' })
  @IsString()
  @MaxLength(100)
  name: string;

  @Prop(() => String, {
    description: `One of ${SPLIT_ROLE_NAMES.join(', ')}.`,
    openapi: { enum: SPLIT_ROLE_NAMES },
  })
  @IsIn(SPLIT_ROLE_NAMES)
  role: string;

  @Prop(() => String, {
    description: 'Where its rows come from; cross_domain and stress need one.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  domain?: string;

  @Prop(() => String, {
    description:
      'The uploaded file: CSV (UTF-8, commas, a header), JSON lines (one object per row) or Parquet, as it is or packed with gzip or zstd. This, or reference and sha256. With splitBy, the same for every split.',
    nullable: true,
  })
  @IsOptional()
  @IsUUID()
  uploadId?: string;

  @Prop(() => String, {
    description:
      'Where the file is, for Assay to fetch: https://HOST/PATH, s3://BUCKET/KEY or file:///PATH, where the operator allows that.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  reference?: string;

  @Prop(() => String, {
    description: 'SHA-256 of the file that a reference leads to, in hexadecimal.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  sha256?: string;

  @Prop(() => String, {
    description: `What the file is, one of ${SPLIT_FORMATS.join(', ')}; unpacked first. Default: as its first bytes say.`,
    nullable: true,
    openapi: { enum: [...SPLIT_FORMATS] },
  })
  @IsOptional()
  @IsIn(SPLIT_FORMATS)
  format?: string;

  @Prop(() => Float, {
    description: 'With splitBy: its share of the rows, above 0; all shares make 1.',
    nullable: true,
    example: 0.2,
  })
  @IsOptional()
  @IsNumber()
  share?: number;

  @Prop(() => Boolean, {
    description: 'Keep its labels inside Assay. Default: true for holdout and cross_domain.',
    nullable: true,
  })
  @IsOptional()
  @IsBoolean()
  sealed?: boolean;
}

@Input('SplitBy', 'How Assay makes the splits out of one file. Recorded with the version.')
export class PushSplitByRequest implements SplitByRequest {
  @Prop(() => String, {
    description: Object.entries(SPLIT_METHODS)
      .map(([method, what]) => `${method}: ${what}.`)
      .join('\n\n'),
    openapi: { enum: Object.keys(SPLIT_METHODS) },
  })
  @IsIn(Object.keys(SPLIT_METHODS))
  method: string;

  @Prop(() => String, { description: 'The column to split by, where it is not the default.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  column?: string;

  @Prop(() => Int, {
    description: 'The same file and seed give the same splits, whatever the order of rows. Default 0.',
    nullable: true,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number;

  @Prop(() => [String], {
    description: 'With time and without shares: where each split but the first begins.',
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_SPLITS)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  cuts?: string[];
}
