import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';
import { LEVELS, type AgreementRequest } from '../agreement/agreement-plan.js';
import { DriftSampleRequest } from './drift.request.js';

const MAX_RATERS = 50;
const MAX_CATEGORIES = 100;

@Input('AgreementRequest', 'What annotators said of the rows of a split, one column each.')
export class AgreementReportRequest extends DriftSampleRequest implements AgreementRequest {
  @Prop(() => [String], {
    description: 'The columns of ratings, one for each annotator.',
    example: ['ann', 'bob'],
    openapi: { uniqueItems: true },
  })
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(MAX_RATERS)
  @ArrayUnique()
  @IsString({ each: true })
  ratings: string[];

  @Prop(() => String, {
    description: 'What labels are: names, an order, or numbers whose differences (interval) or ratios count.',
    openapi: { enum: [...LEVELS] },
  })
  @IsIn(LEVELS)
  level: string;

  @Prop(() => [String], {
    description: 'Every category of the guideline, in its order; of interval and ratio scales numbers.',
    example: ['no', 'yes'],
    openapi: { uniqueItems: true },
  })
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(MAX_CATEGORIES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  categories: string[];

  @Prop(() => Number, { description: 'Of the bootstrap. Default: 0.', nullable: true })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  seed?: number | null;
}
