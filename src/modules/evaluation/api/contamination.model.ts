import { Float, ID, Int } from '@nestjs/graphql';
import type { SourceCount, TrainingScope } from '../../../domain/contamination/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import type { SplitRole } from '../../datasets/index.js';
import type {
  ContaminationCountView,
  ContaminationFinding,
  ContaminationReport,
  TestedSplit,
  TrainingSplit,
} from '../contamination/contamination.view.js';

@Output('ContaminationAccepted', 'Rows that are being compared.')
export class ContaminationAcceptedModel {
  @Prop(() => JobModel, { description: 'The job; its result has the counts.' })
  job: JobModel;
}

@Output('ContaminationSource', 'What one split that was trained on has in common with the tested split.')
export class ContaminationSourceModel implements SourceCount {
  @Prop(() => ID, { description: 'Its dataset version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'The split.' })
  split: string;

  @Prop(() => Float, {
    description:
      'Rows of the tested split that agree with one of its rows in every compared column; null without a column to compare.',
    nullable: true,
  })
  rows: number | null;

  @Prop(() => Int, { description: 'How many columns were compared: never a key, never a sealed label.' })
  comparedColumns: number;

  @Prop(() => [String], {
    description:
      'Columns of the tested split that it lacks, or has as another type: rows that agree in the others may still differ.',
  })
  missingColumns: string[];

  @Prop(() => Boolean, { description: 'Whether labels were compared, too: where both splits are open.' })
  withLabel: boolean;

  @Prop(() => Float, {
    description:
      'Rows of the tested split whose key is one of its keys; null where another column is the key.',
    nullable: true,
  })
  keys: number | null;

  @Prop(() => Float, {
    description: 'Rows of the tested split whose entity (group column) it knows; null without such columns.',
    nullable: true,
  })
  entities: number | null;
}

@Output('ContaminationCount', 'Rows of a split that stand in what was trained on. It never changes.')
export class ContaminationCountModel implements ContaminationCountView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'Dataset version of the tested split.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'The tested split.' })
  split: string;

  @Prop(() => Float, { description: 'Its rows.' })
  total: number;

  @Prop(() => Float, { description: 'Those that stand in a source with all of their columns.' })
  rows: number;

  @Prop(() => Float, { description: 'The same over all sources: no more than these stand in any.' })
  possible: number;

  @Prop(() => Float, {
    description: 'Rows of an entity that a source knows; null where one cannot tell.',
    nullable: true,
  })
  entities: number | null;

  @Prop(() => Int, { description: 'Sources without any column to compare.' })
  incomparable: number;

  @Prop(() => [ContaminationSourceModel], { description: 'Split by split of what was trained on.' })
  sources: ContaminationSourceModel[];

  @Prop(() => String, { description: 'SHA-256 over content id, question, outcome and findings.' })
  digest: string;

  @Prop(() => Date, { description: 'When it was counted.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who asked for it.' })
  createdBy: string;
}

@Output('TrainingSplit', 'A split that a model version, or one that it was made from, was trained on.')
export class TrainingSplitModel implements TrainingSplit {
  @Prop(() => ID, { description: 'Its dataset version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'NAME@VERSION.' })
  ref: string;

  @Prop(() => String, { description: 'The split.' })
  split: string;

  @Prop(() => String, {
    description: 'trainedOn, or ancestor: what was trained on was derived from it.',
    openapi: { enum: ['trainedOn', 'ancestor'] },
  })
  relation: TrainingSplit['relation'];

  @Prop(() => [String], {
    description: 'The model versions that were trained on it; of an ancestor: the versions made from it.',
  })
  via: string[];
}

@Output('TestedSplit', 'A split that says how a model does on what it has not seen.')
export class TestedSplitModel implements TestedSplit {
  @Prop(() => String, { description: 'The split.' })
  split: string;

  @Prop(() => String, {
    description: 'holdout or cross_domain.',
    openapi: { enum: ['holdout', 'cross_domain'] },
  })
  role: SplitRole;

  @Prop(() => Boolean, { description: 'Whether its labels are sealed.' })
  sealed: boolean;

  @Prop(() => ContaminationCountModel, { description: 'Null: not counted yet.', nullable: true })
  count: ContaminationCountModel | null;
}

@Output(
  'ContaminationReport',
  'What a model version was trained on by its whole lineage, and how much of what it is tested on stands there.',
)
export class ContaminationReportModel implements ContaminationReport {
  @Prop(() => ID, { description: 'The model version.' })
  modelVersionId: string;

  @Prop(() => String, { description: 'NAME@VERSION.' })
  modelVersion: string;

  @Prop(() => ID, { description: 'The dataset version that it is tested on.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'NAME@VERSION.' })
  datasetVersion: string;

  @Prop(() => String, {
    description: 'lineage: what was trained on. ancestors: also what that was derived from.',
    openapi: { enum: ['lineage', 'ancestors'] },
  })
  scope: TrainingScope;

  @Prop(() => [String], { description: 'Why not all is known of what it was trained on; empty: all is.' })
  gaps: string[];

  @Prop(() => [TrainingSplitModel], { description: 'What it was trained on.' })
  trainedOn: TrainingSplitModel[];

  @Prop(() => [TestedSplitModel], { description: 'Its holdout and cross-domain splits.' })
  splits: TestedSplitModel[];
}

@Output('ContaminationFinding', 'A tested row, and the first row of a training split that it stands with.')
export class ContaminationFindingModel implements ContaminationFinding {
  @Prop(() => Int, { description: 'Row of the tested split as it is downloaded, from 1.' })
  row: number;

  @Prop(() => String, { description: 'Its key.', nullable: true })
  key: string | null;

  @Prop(() => String, {
    description: 'row: equal in every compared column. entity: of the same entity.',
    openapi: { enum: ['row', 'entity'] },
  })
  kind: 'row' | 'entity';

  @Prop(() => ID, { description: 'Dataset version of the other row.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'Split of the other row.' })
  split: string;

  @Prop(() => Int, { description: 'The other row.' })
  otherRow: number;

  @Prop(() => String, { description: 'The key of the other row.', nullable: true })
  otherKey: string | null;
}

@Output('ContaminationFindingPage', 'One page of tested rows that stand in training data, in their order.')
export class ContaminationFindingPage extends Paged(ContaminationFindingModel, 'ContaminationFinding') {}
