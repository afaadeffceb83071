import { ArgsType, Field, Int } from '@nestjs/graphql';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Input, Prop } from '../../../platform/http/index.js';
import { IsKeyValues } from '../../experiments/api/key-values.decorator.js';
import { MODEL_NAME, MODEL_NAME_RULE } from '../model-reference.js';

const TAGS = { maxKeys: 100, maxValue: 8000 };
const MAX_DATASET_VERSIONS = 100;

@Input('RegisterVersion', 'A new version of the model in the URL.')
export class RegisterVersionRequest {
  @Prop(() => String, { description: 'Id of the uploaded artifact (POST /v1/projects/{project}/uploads).' })
  @IsUUID(undefined, { message: 'artifactUploadId must be the id of an upload' })
  artifactUploadId: string;

  @Prop(() => String, { description: 'Id of the run that produced it.', nullable: true })
  @IsOptional()
  @IsUUID(undefined, { message: 'runId must be the id of a run' })
  runId?: string | null;

  @Prop(() => [String], {
    description: 'The data it came from, NAME@VERSION or ids, beside what its run read.',
    nullable: true,
    example: ['adult@1'],
  })
  @IsOptional()
  @IsArray({ message: 'datasetVersions must be a list of NAME@VERSION or ids' })
  @ArrayMaxSize(MAX_DATASET_VERSIONS)
  @IsString({ each: true, message: 'each of datasetVersions must be NAME@VERSION or an id' })
  @MaxLength(200, { each: true, message: 'each of datasetVersions must have at most 200 characters' })
  datasetVersions?: string[] | null;

  @Prop(() => String, {
    description: 'The model version it was derived from, NAME@VERSION or an id.',
    nullable: true,
  })
  @IsOptional()
  @IsString({ message: 'parent must be NAME@VERSION or an id' })
  @MaxLength(200)
  parent?: string | null;

  @Prop(() => String, { description: 'What is to be said about it.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(8000, { message: 'description must have at most 8000 characters' })
  description?: string | null;

  @Prop(() => GraphQLJSON, { description: `At most ${TAGS.maxKeys} names and values.`, nullable: true })
  @IsOptional()
  @IsKeyValues(TAGS)
  tags?: Record<string, unknown> | null;
}

@Input('RegisterModelVersion', 'A new version of a model; the first one creates the model.')
export class RegisterModelVersionRequest extends RegisterVersionRequest {
  @Prop(() => String, {
    description: `Name of the model: ${MODEL_NAME_RULE}.`,
    openapi: { pattern: MODEL_NAME.source },
  })
  @Matches(MODEL_NAME, { message: `model ${MODEL_NAME_RULE}` })
  model: string;
}

@ArgsType()
export class DepthArgs {
  @Field(() => Int, { nullable: true, description: 'How many steps; to the end when left out.' })
  @IsOptional()
  @IsInt({ message: 'depth must be an integer' })
  @Min(0)
  @Max(1_000_000)
  depth?: number | null;
}
