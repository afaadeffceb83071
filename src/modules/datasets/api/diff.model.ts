import { ID, Int } from '@nestjs/graphql';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type {
  ColumnCount,
  DatasetDiffView,
  DiffSide,
  DiffVersion,
  SplitDiff,
} from '../diff/dataset-diff.view.js';
import type { ColumnChange } from '../diff/diff-schema.js';
import type { CellChange, RowChange } from '../diff/row-change.js';

@Output('DatasetDiffVersion', 'A version that is compared.')
export class DiffVersionModel implements DiffVersion {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Its dataset.' })
  dataset: string;

  @Prop(() => Int, { description: 'Its number.' })
  version: number;

  @Prop(() => String, { description: 'Its content id.' })
  contentId: string;
}

@Output('DatasetColumnChange', 'A column that differs.')
export class ColumnChangeModel implements ColumnChange {
  @Prop(() => String, { description: 'Its name.' })
  column: string;

  @Prop(() => String, { description: '`added`, `removed`, `type` or `role`.' })
  change: ColumnChange['change'];

  @Prop(() => String, { description: 'Type and role, or the one that changed, before.', nullable: true })
  before: string | null;

  @Prop(() => String, { description: 'The same after.', nullable: true })
  after: string | null;
}

@Output('DatasetDiffSide', 'A split on one side of a comparison.')
export class DiffSideModel implements DiffSide {
  @Prop(() => Int, { description: 'Its rows.' })
  rows: number;

  @Prop(() => String, { description: 'Its role.' })
  role: string;

  @Prop(() => String, { description: 'Its domain.', nullable: true })
  domain: string | null;

  @Prop(() => Boolean, { description: 'Whether its labels are sealed.' })
  sealed: boolean;

  @Prop(() => String, { description: 'Merkle root over its rows.' })
  root: string;
}

@Output('DatasetColumnCount', 'In how many changed rows a column differs.')
export class ColumnCountModel implements ColumnCount {
  @Prop(() => String, { description: 'The column.' })
  column: string;

  @Prop(() => Int, { description: 'Rows.' })
  rows: number;
}

@Output('DatasetSplitDiff', 'What differs in a split.')
export class SplitDiffModel implements SplitDiff {
  @Prop(() => String, { description: 'Its name.' })
  split: string;

  @Prop(() => String, { description: '`added`, `removed`, `changed`, `same` or `unmatched`.' })
  change: SplitDiff['change'];

  @Prop(() => String, { description: 'Why rows cannot be matched.', nullable: true })
  reason: string | null;

  @Prop(() => DiffSideModel, { description: 'The split before.', nullable: true })
  before: DiffSideModel | null;

  @Prop(() => DiffSideModel, { description: 'The split after.', nullable: true })
  after: DiffSideModel | null;

  @Prop(() => Boolean, {
    description: 'False where a side is sealed: its label counts nowhere here, not even as a change.',
  })
  labelsCompared: boolean;

  @Prop(() => Int, { description: 'Rows that only the second version has.', nullable: true })
  added: number | null;

  @Prop(() => Int, { description: 'Rows that only the first version has.', nullable: true })
  removed: number | null;

  @Prop(() => Int, { description: 'Rows of one key whose values differ.', nullable: true })
  changed: number | null;

  @Prop(() => [ColumnCountModel], { description: 'Where changed rows differ.' })
  cells: ColumnCountModel[];
}

@Output('DatasetDiff', 'What differs between two dataset versions.')
export class DatasetDiffModel implements DatasetDiffView {
  @Prop(() => DiffVersionModel, { description: 'The version that is compared with.' })
  before: DiffVersionModel;

  @Prop(() => DiffVersionModel, { description: 'The version that is compared.' })
  after: DiffVersionModel;

  @Prop(() => Boolean, { description: 'Whether both have one content id.' })
  identical: boolean;

  @Prop(() => [ColumnChangeModel], { description: 'Columns that differ, by name.' })
  columns: ColumnChangeModel[];

  @Prop(() => [SplitDiffModel], { description: 'Split by split.' })
  splits: SplitDiffModel[];
}

@Output('DatasetCellChange', 'A value before and after.')
export class CellChangeModel implements CellChange {
  @Prop(() => String, { description: 'The column.' })
  column: string;

  @Prop(() => String, {
    description: 'As a text of a CSV file; null is a missing value, or no such row.',
    nullable: true,
  })
  before: string | null;

  @Prop(() => String, { description: 'The same after.', nullable: true })
  after: string | null;
}

@Output('DatasetRowChange', 'A row that differs.')
export class RowChangeModel implements RowChange {
  @Prop(() => String, { description: '`added`, `removed` or `changed`.' })
  change: RowChange['change'];

  @Prop(() => String, { description: 'Its key; null without a key column.', nullable: true })
  key: string | null;

  @Prop(() => Int, { description: 'How often; more than once only without a key column.' })
  count: number;

  @Prop(() => [CellChangeModel], {
    description: 'Cells that differ; all of a row that was added or removed. No sealed label.',
  })
  cells: CellChangeModel[];
}

@Output('DatasetRowChangePage', 'One page of rows that differ, in the order of their encoded keys.')
export class RowChangePage extends Paged(RowChangeModel, 'DatasetRowChange') {}
