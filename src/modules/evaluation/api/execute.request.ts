import { Int } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';
import { RUNTIMES, type Runtime } from '../execution/execution-plan.js';
import type { ExecutionRequest } from '../execution/resolve-execution.js';

const MAX_NAME = 500;
const MAX_COLUMNS = 1_000;

@Input('ModelInput', 'An input of the model and the columns that go into it.')
export class ModelInputRequest {
  @Prop(() => String, {
    description:
      "The model's name for it. Left out: its only input, or each column into the input of its name.",
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME)
  name?: string | null;

  @Prop(() => [String], { description: 'Columns of the data set, in the order that the model takes.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_COLUMNS)
  @IsString({ each: true })
  @MaxLength(MAX_NAME, { each: true })
  features: string[];
}

@Input('ModelOutput', 'Which output of the model is read, and as what.')
export class ModelOutputRequest {
  @Prop(() => String, {
    description: 'Its name. Left out: the only output, or the only one of floating point.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME)
  name?: string | null;

  @Prop(() => Int, {
    description: 'Which column is the score of the positive class, from 0.',
    nullable: true,
    openapi: { minimum: 0 },
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_COLUMNS)
  column?: number | null;

  @Prop(() => [String], { description: 'The class of each column, in their order.', nullable: true })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_COLUMNS)
  @IsString({ each: true })
  @MaxLength(MAX_NAME, { each: true })
  classes?: string[] | null;
}

@Input(
  'ModelEndpoint',
  'A model server that speaks the Open Inference Protocol (KServe v2), and how it is asked.',
)
export class ModelEndpointRequest {
  @Prop(() => String, {
    description: 'Of the model, without query and credentials.',
    example: 'https://models.example.org/v2/models/credit/versions/1',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(1_000)
  url: string;

  @Prop(() => Int, { description: 'Rows of one request (1000).', nullable: true })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(8_192)
  batchRows?: number | null;

  @Prop(() => Int, { description: 'Requests at once (4).', nullable: true })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(16)
  concurrency?: number | null;

  @Prop(() => Int, { description: 'Seconds for one request (30).', nullable: true })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(300)
  timeoutSeconds?: number | null;
}

@Input('Execute', 'How Assay runs the model on splits.')
export class ExecuteRequest implements ExecutionRequest {
  @Prop(() => String, {
    description:
      'What runs it: onnx (an .onnx file), tfjs (a ZIP of model.json and weights: layers or graph model), http (a model server).',
    openapi: { enum: RUNTIMES },
  })
  @IsIn(RUNTIMES)
  runtime: Runtime;

  @Prop(() => [String], { description: 'Splits to run it on. Each sealed one is a look.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  splits: string[];

  @Prop(() => [ModelInputRequest], { description: 'Which columns go into which input.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_COLUMNS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ModelInputRequest)
  inputs: ModelInputRequest[];

  @Prop(() => ModelOutputRequest, { description: 'Which output is read, and as what.', nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ModelOutputRequest)
  output?: ModelOutputRequest | null;

  @Prop(() => ModelEndpointRequest, {
    description: 'The model server; with runtime http only.',
    nullable: true,
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ModelEndpointRequest)
  endpoint?: ModelEndpointRequest | null;
}
