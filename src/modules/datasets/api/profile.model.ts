import { Float, ID, Int } from '@nestjs/graphql';
import { Output, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import type { ProfileView } from '../profile/profile.view.js';

@Output('ProfileAccepted', 'A split that is being profiled.')
export class ProfileAcceptedModel {
  @Prop(() => JobModel, { description: 'The job; once it has succeeded the profile can be read.' })
  job: JobModel;
}

@Output('ProfileQuantile', 'A value below which a share of the rows lies.')
export class ProfileQuantileModel {
  @Prop(() => Float, { description: 'Share of rows.', example: 0.5 })
  share: number;

  @Prop(() => Float, { description: 'The value.' })
  value: number;
}

@Output(
  'ProfileHistogram',
  'Bars of equal width from the smallest to the largest value, estimated from the sketch.',
)
export class ProfileHistogramModel {
  @Prop(() => [Float], { description: 'Edges: one more than bars.' })
  edges: number[];

  @Prop(() => [Float], { description: 'Rows in each bar.' })
  counts: number[];
}

@Output('NumericProfile', 'The numbers of a column.')
export class NumericProfileModel {
  @Prop(() => Float, { description: 'The smallest finite value.', nullable: true })
  min: number | null;

  @Prop(() => Float, { description: 'The largest finite value.', nullable: true })
  max: number | null;

  @Prop(() => Float, { description: 'Mean of the finite values.', nullable: true })
  mean: number | null;

  @Prop(() => Float, { description: 'Standard deviation, by n - 1.', nullable: true })
  sd: number | null;

  @Prop(() => Float, { description: 'Rows with NaN or an infinite value.' })
  notFinite: number;

  @Prop(() => [ProfileQuantileModel], { description: 'Quantiles.' })
  quantiles: ProfileQuantileModel[];

  @Prop(() => Float, {
    description: 'How far the share of rows below a quantile or an edge may be off, always. 0: exact.',
  })
  rankError: number;

  @Prop(() => ProfileHistogramModel, { description: 'To draw.', nullable: true })
  histogram: ProfileHistogramModel | null;
}

@Output('ProfileCategory', 'A value, and how many rows have it.')
export class ProfileCategoryModel {
  @Prop(() => String, { description: 'The value as text.' })
  value: string;

  @Prop(() => Float, { description: 'Rows.' })
  count: number;
}

@Output('ProfileLengths', 'How long the values are, in characters.')
export class ProfileLengthsModel {
  @Prop(() => Float, { description: 'The shortest.' })
  min: number;

  @Prop(() => Float, { description: 'The longest.' })
  max: number;

  @Prop(() => Float, { description: 'On average.' })
  mean: number;
}

@Output('CategoricalProfile', 'The values of a column that holds no numbers.')
export class CategoricalProfileModel {
  @Prop(() => [ProfileCategoryModel], { description: 'The most frequent, up to 20.' })
  top: ProfileCategoryModel[];

  @Prop(() => Float, { description: 'Rows with any other value.' })
  others: number;

  @Prop(() => ProfileLengthsModel, { description: 'Their lengths.', nullable: true })
  lengths: ProfileLengthsModel | null;
}

@Output('ColumnProfile', 'One column, summarised.')
export class ColumnProfileModel {
  @Prop(() => String, { description: 'Name.' })
  column: string;

  @Prop(() => String, { description: 'Type, as in the schema.' })
  type: string;

  @Prop(() => String, { description: 'How it is summarised.', openapi: { enum: ['numeric', 'categorical'] } })
  kind: string;

  @Prop(() => Float, { description: 'Rows.' })
  rows: number;

  @Prop(() => Float, { description: 'Rows without a value.' })
  missing: number;

  @Prop(() => Float, { description: 'Different values.' })
  distinct: number;

  @Prop(() => Float, {
    description: 'Relative standard error of `distinct`; 0 where every value was counted.',
  })
  distinctError: number;

  @Prop(() => NumericProfileModel, { description: 'Of numbers.', nullable: true })
  numeric: NumericProfileModel | null;

  @Prop(() => CategoricalProfileModel, { description: 'Of anything else.', nullable: true })
  categorical: CategoricalProfileModel | null;
}

@Output(
  'DatasetProfile',
  "A split's columns, summarised; of a sealed split all but the label. It never changes. Drift compares stored profiles without their data.",
)
export class DatasetProfileModel implements ProfileView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'The dataset version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'Name of the split.' })
  split: string;

  @Prop(() => Int, { description: 'Rows.' })
  rows: number;

  @Prop(() => String, { description: 'SHA-256 of the stored sketches.' })
  digest: string;

  @Prop(() => [ColumnProfileModel], { description: 'Its columns, in the order of the schema.' })
  columns: ProfileView['columns'];

  @Prop(() => Date, { description: 'When it was made.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who asked for it.' })
  createdBy: string;
}
