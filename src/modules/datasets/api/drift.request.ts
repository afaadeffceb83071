import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';
import {
  DEFAULT_CATEGORICAL_METHOD,
  DEFAULT_NUMERIC_METHOD,
  DRIFT_SOURCES,
  METHODS,
  NUMERIC_METHODS,
  type DriftRequest,
  type SampleRequest,
} from '../drift/drift-plan.js';

const MAX_COLUMNS = 1_000;

@Input('DriftSample', 'A split of a dataset version.')
export class DriftSampleRequest implements SampleRequest {
  @Prop(() => String, { description: 'NAME@VERSION, NAME for the latest, or an id.', example: 'wages@1' })
  @IsString()
  @MaxLength(200)
  datasetVersion: string;

  @Prop(() => String, { description: 'The name of the split.', example: 'train' })
  @IsString()
  @MaxLength(100)
  split: string;
}

@Input('DriftRequest', 'Two samples to compare, and what counts as drift.')
export class DriftReportRequest implements DriftRequest {
  @Prop(() => DriftSampleRequest, { description: 'Whose quantiles and categories make the bins.' })
  @IsObject()
  @ValidateNested()
  @Type(() => DriftSampleRequest)
  reference: DriftSampleRequest;

  @Prop(() => DriftSampleRequest, { description: 'What may have drifted from it.' })
  @IsObject()
  @ValidateNested()
  @Type(() => DriftSampleRequest)
  sample: DriftSampleRequest;

  @Prop(() => String, {
    description:
      'Whether rows are compared (default), or the profiles that are stored of both, without reading a row.',
    nullable: true,
    openapi: { enum: [...DRIFT_SOURCES] },
  })
  @IsOptional()
  @IsIn(DRIFT_SOURCES)
  from?: string | null;

  @Prop(() => [String], {
    description:
      'Columns to compare. Default: all that both have but keys, groups and times, and the label where either split is sealed.',
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_COLUMNS)
  @IsString({ each: true })
  columns?: string[] | null;

  @Prop(() => String, {
    description: `What decides numeric columns. Default: ${DEFAULT_NUMERIC_METHOD}; of profiles it is ks_sketch alone.`,
    nullable: true,
    openapi: { enum: NUMERIC_METHODS },
  })
  @IsOptional()
  @IsIn(NUMERIC_METHODS)
  numericMethod?: string | null;

  @Prop(() => String, {
    description: `What decides other columns. Default: ${DEFAULT_CATEGORICAL_METHOD}.`,
    nullable: true,
    openapi: { enum: METHODS.rows.categorical },
  })
  @IsOptional()
  @IsIn(METHODS.rows.categorical)
  categoricalMethod?: string | null;

  @Prop(() => Number, {
    description: 'The effect from which a column has drifted. Default: that of its method, 0.1 of most.',
    nullable: true,
  })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1_000_000)
  threshold?: number | null;

  @Prop(() => Number, {
    description: "Level of the p-values after Holm's correction over all columns. Default: 0.05.",
    nullable: true,
  })
  @IsOptional()
  @IsNumber()
  @Min(0.000001)
  @Max(0.5)
  alpha?: number | null;

  @Prop(() => Number, {
    description: 'The share of drifted columns from which the sample as a whole has drifted. Default: 0.5.',
    nullable: true,
  })
  @IsOptional()
  @IsNumber()
  @Min(0.000001)
  @Max(1)
  shareAtLeast?: number | null;
}
