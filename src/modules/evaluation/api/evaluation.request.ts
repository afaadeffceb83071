import { ArgsType, Field } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { AsSent, Input, PageArgs, Prop } from '../../../platform/http/index.js';
import type { EvaluationRequest } from '../evaluations.service.js';
import { ExecuteRequest } from './execute.request.js';

const MAX_REFERENCE = 200;
const MAX_SPLITS = 50;

@Input('SplitPredictions', 'The predictions of one split: an uploaded CSV or Parquet file.')
export class SplitPredictionsRequest {
  @Prop(() => String, { description: 'Name of the split.', example: 'holdout' })
  @IsString()
  @MaxLength(100)
  split: string;

  @Prop(() => String, {
    description:
      'The upload: the key column, `prediction` (class; of a regression the number) and, where there is one, `score` or `score_<class>`.',
  })
  @IsUUID(undefined, { message: 'uploadId must be the id of an upload' })
  uploadId: string;
}

@Input(
  'RequestEvaluation',
  'A model version to judge on splits of a dataset version: by its predictions, or by running it.',
)
export class EvaluationRequestBody implements EvaluationRequest {
  @Prop(() => String, { description: 'NAME@VERSION or id.', example: 'credit@1' })
  @IsString()
  @MaxLength(MAX_REFERENCE)
  modelVersion: string;

  @Prop(() => String, { description: 'NAME@VERSION or id.', example: 'adult@1' })
  @IsString()
  @MaxLength(MAX_REFERENCE)
  datasetVersion: string;

  @Prop(() => [SplitPredictionsRequest], {
    description: 'One file for each split. Either these, or `execute`.',
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_SPLITS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SplitPredictionsRequest)
  predictions?: SplitPredictionsRequest[] | null;

  @Prop(() => ExecuteRequest, {
    description: 'How Assay runs the model itself, in place of predictions.',
    nullable: true,
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExecuteRequest)
  execute?: ExecuteRequest | null;

  @Prop(() => GraphQLJSON, {
    description:
      'How they are judged: task (classification, or regression of numbers), positive, threshold, bins, seed, quantile, metrics, attributes, intersections, cluster, slices, search, labelNoise, each with a default. GET /v1/protocol-schema serves the JSON Schema.',
    nullable: true,
    example: { positive: '1', threshold: 0.5, bins: 15, seed: 0 },
  })
  @IsOptional()
  @IsObject()
  @AsSent()
  protocol?: Record<string, unknown> | null;
}

/** Which evaluations, as query string and as GraphQL arguments. */
@ArgsType()
export class EvaluationListArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Of this model version only: NAME@VERSION or id.' })
  @ApiPropertyOptional({ type: 'string', description: 'Of this model version only: NAME@VERSION or id.' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_REFERENCE)
  modelVersion?: string | null;

  @Field(() => String, { nullable: true, description: 'On this dataset version only: NAME@VERSION or id.' })
  @ApiPropertyOptional({ type: 'string', description: 'On this dataset version only: NAME@VERSION or id.' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_REFERENCE)
  datasetVersion?: string | null;
}
