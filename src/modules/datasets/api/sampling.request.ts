import { ArgsType, Field, Int } from '@nestjs/graphql';
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
} from 'class-validator';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { AsSent, Input, PageArgs, Prop } from '../../../platform/http/index.js';
import { MAX_BATCH } from '../live/sample-feed.service.js';
import { MAX_CAPACITY, type SamplingPlanRequest } from '../live/sampling-plans.service.js';

@Input(
  'NewSamplingPlan',
  'How live rows are to be sampled. It does not change: other terms are another plan.',
)
export class CreateSamplingPlanRequest implements SamplingPlanRequest {
  @Prop(() => String, {
    description:
      'The dataset that samples become versions of, each with the one split live_sample. Another than that of datasetVersion, as its latest version is not to be without its other splits.',
    example: 'wages-live',
  })
  @IsString()
  @MaxLength(100)
  dataset: string;

  @Prop(() => String, {
    description:
      'NAME@VERSION, NAME for the latest, or an id. Rows have to fit its columns and their types; it is the parent of what is made.',
    example: 'wages@1',
  })
  @IsString()
  @MaxLength(200)
  datasetVersion: string;

  @Prop(() => String, {
    description: 'Its split that samples are to be compared with.',
    example: 'train',
  })
  @IsString()
  @MaxLength(100)
  split: string;

  @Prop(() => Int, { description: `Rows that a sample has at most, 1 to ${MAX_CAPACITY}.`, example: 1000 })
  @IsInt()
  @Min(1)
  @Max(MAX_CAPACITY)
  capacity: number;

  @Prop(() => Int, {
    description: 'The same seed and the same rows in the same order give the same sample. Default 0.',
    nullable: true,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number | null;

  @Prop(() => [String], { description: 'Names of the sources that rows come from.', nullable: true })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  sources?: string[] | null;
}

@Input(
  'OfferedRows',
  'Rows as they come in. All of them are taken, or none. Send an Idempotency-Key, or a repetition counts again.',
)
export class OfferRowsRequest {
  @Prop(() => [GraphQLJSON], {
    description: `1 to ${MAX_BATCH} objects of column and value: a number, a text, true, false, or null where there is none. Every column of the version; only the label may be left out. Integers beyond 2^53 go in quotes.`,
    example: [{ age: 37, income: 1200.5, city: 'Graz', approved: null }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BATCH)
  @IsObject({ each: true })
  @AsSent()
  rows: Record<string, unknown>[];
}

@Input('TakeLiveSample', 'Which sample is to become a dataset version.')
export class TakeLiveSampleRequest {
  @Prop(() => Int, {
    description:
      'Number of an earlier sample whose job failed. Default: the one that is being fed, which ends: rows are offered for the next one from then on.',
    nullable: true,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(2 ** 31 - 1)
  no?: number | null;
}

@ArgsType()
export class LiveSamplesArgs extends PageArgs {
  @Field(() => String, { description: 'Name of the sampling plan.' })
  @IsString()
  @MaxLength(120)
  name: string;
}
