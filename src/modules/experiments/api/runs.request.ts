import { ArgsType, Field, Float } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Input, PageArgs, Prop } from '../../../platform/http/index.js';
import { fromJsonMetricValue } from '../metric-value.js';
import { keyProblem, MAX_KEY_LENGTH } from '../recorded-key.js';
import { ENDED_RUN_STATUSES, type EndedRunStatus } from '../run.state.js';
import { NAME, NAME_RULE } from './experiments.request.js';
import { IsKeyValues } from './key-values.decorator.js';
import { METRIC_VALUE_SCHEMA, MetricValue } from './metric-value.scalar.js';

const PARAMS = { maxKeys: 100, maxValue: 6000 };
const TAGS = { maxKeys: 100, maxValue: 8000 };
const MAX_METRICS = 1000;
const MAX_INPUTS = 100;
const INT64 = { type: 'integer', format: 'int64' } as const;
const SAFE = Number.MAX_SAFE_INTEGER;
const TEXT_WITHOUT_CONTROLS = /^[^\p{Cc}]+$/u;

@ValidatorConstraint({ name: 'recordedKey' })
class RecordedKey implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && keyProblem(value) === undefined;
  }

  defaultMessage({ value }: ValidationArguments): string {
    return `key ${typeof value === 'string' ? keyProblem(value) : 'must be a text'}`;
  }
}

@Input('RunDataset', 'A dataset version that a run reads.')
export class RunInputRequest {
  @Prop(() => String, {
    description:
      'NAME@VERSION, NAME (its latest version), an id, or what another tool calls it: mlflow:NAME#DIGEST, openlineage:NAMESPACE#NAME#VERSION.',
    example: 'adult@1',
  })
  @IsString({ message: 'datasetVersion must be NAME@VERSION, NAME or an id' })
  @MaxLength(1_600)
  datasetVersion: string;

  @Prop(() => String, { description: 'What for: train (default), validation, test, ...', nullable: true })
  @IsOptional()
  @Matches(NAME, { message: `context ${NAME_RULE}` })
  context?: string | null;
}

@Input('NewMetricPoint', 'One value of a metric.')
export class MetricPointRequest {
  @Prop(() => String, { description: 'Name of the metric.', example: 'train/loss' })
  @Validate(RecordedKey)
  key: string;

  @Prop(() => MetricValue, {
    description: 'A number, or "NaN", "Infinity", "-Infinity".',
    openapi: METRIC_VALUE_SCHEMA,
  })
  @Transform(({ value }) => fromJsonMetricValue(value))
  @IsNumber(
    { allowNaN: true, allowInfinity: true },
    { message: 'value must be a number, "NaN", "Infinity" or "-Infinity"' },
  )
  value: number;

  @Prop(() => Float, {
    description: 'Where in training; an integer. Default 0.',
    nullable: true,
    openapi: INT64,
  })
  @IsOptional()
  @IsInt({ message: 'step must be an integer' })
  @Min(-SAFE)
  @Max(SAFE)
  step?: number | null;

  @Prop(() => Float, {
    description:
      'When, in milliseconds since 1970 UTC. Give it, and sending the point again changes nothing. Default: now.',
    nullable: true,
    openapi: INT64,
  })
  @IsOptional()
  @IsInt({ message: 'timestamp must be an integer of milliseconds' })
  @Min(-SAFE)
  @Max(SAFE)
  timestamp?: number | null;
}

@Input('CreateRunIn', 'A new run of the experiment in the URL.')
export class CreateRunInRequest {
  @Prop(() => String, { description: 'Name; default: run- and a part of its id.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(250)
  @Matches(TEXT_WITHOUT_CONTROLS, { message: 'name must be text without control characters' })
  name?: string | null;

  @Prop(() => GraphQLJSON, { description: `At most ${PARAMS.maxKeys} names and values.`, nullable: true })
  @IsOptional()
  @IsKeyValues(PARAMS)
  params?: Record<string, unknown> | null;

  @Prop(() => GraphQLJSON, { description: `At most ${TAGS.maxKeys} names and values.`, nullable: true })
  @IsOptional()
  @IsKeyValues(TAGS)
  tags?: Record<string, unknown> | null;

  @Prop(() => [RunInputRequest], { description: 'The dataset versions it reads.', nullable: true })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_INPUTS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RunInputRequest)
  inputs?: RunInputRequest[] | null;
}

@Input('CreateRun', 'A new run.')
export class CreateRunRequest extends CreateRunInRequest {
  @Prop(() => String, { description: 'Name of its experiment, which must exist.' })
  @Matches(NAME, { message: `experiment ${NAME_RULE}` })
  experiment: string;
}

@Input('LogRun', 'What a run records: all of it or nothing.')
export class LogRunRequest {
  @Prop(() => GraphQLJSON, {
    description: `At most ${PARAMS.maxKeys} names and values, written once.`,
    nullable: true,
  })
  @IsOptional()
  @IsKeyValues(PARAMS)
  params?: Record<string, unknown> | null;

  @Prop(() => [MetricPointRequest], {
    description: `At most ${MAX_METRICS} values of metrics.`,
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_METRICS, {
    message: `metrics must have at most ${MAX_METRICS} values: send several batches`,
  })
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => MetricPointRequest)
  metrics?: MetricPointRequest[] | null;

  @Prop(() => GraphQLJSON, {
    description: `At most ${TAGS.maxKeys} names and values; the last value stands.`,
    nullable: true,
  })
  @IsOptional()
  @IsKeyValues(TAGS)
  tags?: Record<string, unknown> | null;
}

@Input('AddRunInputs', 'Dataset versions that a run reads.')
export class AddRunInputsRequest {
  @Prop(() => [RunInputRequest], { description: `At most ${MAX_INPUTS} dataset versions.` })
  @IsArray()
  @ArrayMaxSize(MAX_INPUTS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RunInputRequest)
  inputs: RunInputRequest[];
}

@Input('FinishRun', 'How a run ended.')
export class FinishRunRequest {
  @Prop(() => String, {
    description: `${ENDED_RUN_STATUSES.join(', ')}. Default finished.`,
    nullable: true,
    openapi: { enum: [...ENDED_RUN_STATUSES] },
  })
  @IsOptional()
  @IsIn(ENDED_RUN_STATUSES, { message: `status must be one of ${ENDED_RUN_STATUSES.join(', ')}` })
  status?: EndedRunStatus | null;
}

/** `GET /runs?experiment=NAME&first=50`. */
@ArgsType()
export class RunListArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only the runs of this experiment.' })
  @ApiPropertyOptional({ type: 'string', description: 'Only the runs of this experiment.' })
  @IsOptional()
  @Matches(NAME, { message: `experiment ${NAME_RULE}` })
  experiment?: string;
}

@ArgsType()
export class MetricHistoryArgs extends PageArgs {
  @Field(() => String, { description: 'Name of the metric.' })
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  key: string;
}
