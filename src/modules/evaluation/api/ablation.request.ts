import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsString, MaxLength } from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';
import type { AblationRequest } from '../ablation/ablation-plan.js';

const MAX_ARMS = 50;
const MAX_REFERENCE = 200;

@Input(
  'AblationRequest',
  'A model with everything, and models that lack one thing each, on the rows of an open split.',
)
export class AblationReportRequest implements AblationRequest {
  @Prop(() => String, { description: 'NAME@VERSION, NAME for the latest, or an id.', example: 'wages@1' })
  @IsString()
  @MaxLength(MAX_REFERENCE)
  datasetVersion: string;

  @Prop(() => String, { description: 'The name of the split.', example: 'validation' })
  @IsString()
  @MaxLength(100)
  split: string;

  @Prop(() => String, { description: 'The model with everything: NAME@VERSION or id.', example: 'net@1' })
  @IsString()
  @MaxLength(MAX_REFERENCE)
  full: string;

  @Prop(() => [String], {
    description:
      'Those that lack one thing each. Factors are the params of their runs, their data and their parent.',
    example: ['net@2'],
    openapi: { uniqueItems: true },
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ARMS)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(MAX_REFERENCE, { each: true })
  ablated: string[];
}
