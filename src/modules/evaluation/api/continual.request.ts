import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';
import type { ContinualRequest, StepRequest } from '../continual/continual.view.js';

const MAX_REFERENCE = 200;
const MAX_TASKS = 50;

@Input('ContinualStep', 'A task, by the split that stands for it, and the model once it had learnt it.')
export class ContinualStepRequest implements StepRequest {
  @Prop(() => String, { description: 'NAME@VERSION or id.', example: 'net@1' })
  @IsString()
  @MaxLength(MAX_REFERENCE)
  modelVersion: string;

  @Prop(() => String, { description: 'NAME@VERSION or id.', example: 'digits@1' })
  @IsString()
  @MaxLength(MAX_REFERENCE)
  datasetVersion: string;

  @Prop(() => String, { description: 'Name of the split.', example: 'task-1' })
  @IsString()
  @MaxLength(100)
  split: string;
}

@Input('ContinualSequence', 'A model that was updated task by task.')
export class ContinualReportRequest implements ContinualRequest {
  @Prop(() => String, { description: 'A metric of which higher is better.', example: 'accuracy' })
  @IsString()
  @MaxLength(100)
  metric: string;

  @Prop(() => [ContinualStepRequest], { description: 'In the order they were learnt.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TASKS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ContinualStepRequest)
  steps: ContinualStepRequest[];

  @Prop(() => String, {
    description: 'A model version that saw none of the tasks, for forward transfer: NAME@VERSION or id.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_REFERENCE)
  baseline?: string | null;
}
