import { Int } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { COLUMN_TYPES } from '../../../domain/canonical/index.js';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { AsSent, Input, Prop } from '../../../platform/http/index.js';
import { DEFAULT_LOOKS, MAX_SPLITS, type PushRequest } from '../push-plan.js';
import { DatasetDigestRequest } from './dataset-digest.request.js';
import { PushSplitByRequest, PushSplitRequest } from './push-split.request.js';

const MAX_LOOKS = 1_000_000;

@Input('PushDatasetVersion', 'A new version of a dataset, made of files.')
export class PushDatasetVersionRequest implements PushRequest {
  @Prop(() => [PushSplitRequest], { description: 'Its splits; all share one schema.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_SPLITS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => PushSplitRequest)
  splits: PushSplitRequest[];

  @Prop(() => PushSplitByRequest, {
    description: 'Makes the splits out of one file, which each has a share of.',
    nullable: true,
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PushSplitByRequest)
  splitBy?: PushSplitByRequest;

  @Prop(() => String, { description: 'The column that names each row within its split.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  key?: string;

  @Prop(() => String, { description: 'The column that models predict.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  label?: string;

  @Prop(() => [String], { description: 'Protected attributes.', nullable: true })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(500, { each: true })
  protected?: string[];

  @Prop(() => String, { description: 'The column of the entity that rows belong to.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  group?: string;

  @Prop(() => String, { description: 'The column of the time of observation.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  time?: string;

  @Prop(() => GraphQLJSON, {
    description: `Types that are not to be inferred: {column: type}, type one of ${COLUMN_TYPES.join(', ')}.`,
    nullable: true,
  })
  @IsOptional()
  @IsObject()
  @AsSent()
  declaredTypes?: Record<string, unknown>;

  @Prop(() => Int, {
    description: `How often each sealed split may be looked at. Default ${DEFAULT_LOOKS}.`,
    nullable: true,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LOOKS)
  looks?: number;

  @Prop(() => String, {
    description: 'The version it is derived from: NAME@VERSION, VERSION of this dataset, or an id.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  parent?: string;

  @Prop(() => String, { description: 'What to say about it.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  message?: string;

  @Prop(() => [String], { description: 'Names of the sources that its rows come from.', nullable: true })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  sources?: string[];

  @Prop(() => String, { description: 'The column whose values are names of sources.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  sourceColumn?: string;

  @Prop(() => String, {
    description:
      'The column that says whom a row is about: indexed under keys, so that consent can be withdrawn.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  subject?: string;

  @Prop(() => GraphQLJSON, {
    description:
      'Where its columns come from: a columnLineage facet of OpenLineage, in which namespace assay and name NAME@VERSION mean a version here, or [{column, from: [{version, column} or {namespace, name, column}], type, subtype, description, masking}]. Kept with the version for good.',
    nullable: true,
    openapi: {
      oneOf: [
        { type: 'object', additionalProperties: true },
        { type: 'array', items: { type: 'object', additionalProperties: true } },
      ],
      type: undefined,
    },
  })
  @IsOptional()
  @AsSent()
  columnLineage?: unknown;

  @Prop(() => [DatasetDigestRequest], {
    description: 'What other tools call it. Pushed again, a version may get more of them.',
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => DatasetDigestRequest)
  digests?: DatasetDigestRequest[];

  @Prop(() => String, {
    description: 'Where its data come from, in words that nothing rests on.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  source?: string;
}
