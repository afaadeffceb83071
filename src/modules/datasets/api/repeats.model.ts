import { Int } from '@nestjs/graphql';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type { ComparedOn } from '../ingest/find-repeats.js';
import type { RepeatedRow, RepeatsView } from '../repeats.reader.js';

@Output(
  'DatasetRepeats',
  'Rows of one split that stand again, in itself (duplicates) or in another split (leakage).',
)
export class RepeatsModel implements RepeatsView {
  @Prop(() => String, { description: 'The split whose rows are counted.' })
  inSplit: string;

  @Prop(() => String, { description: 'The split where they stand too; the same for duplicates.' })
  foundIn: string;

  @Prop(() => Int, { description: 'Rows of `inSplit`.' })
  total: number;

  @Prop(() => String, {
    description:
      '`featuresAndLabel`, or `features` without a label or where a split is sealed. Never the key.',
  })
  comparedOn: ComparedOn;

  @Prop(() => Int, {
    description: 'Rows that repeat: copies beyond the first, or rows that also stand in the other split.',
  })
  rows: number;

  @Prop(() => Int, { description: 'The same, whatever their labels.' })
  ignoringLabel: number;

  @Prop(() => Int, {
    description: 'The same with equal labels; for auditors alone where a split is sealed.',
    nullable: true,
  })
  withLabel: number | null;
}

@Output('RepeatedRow', 'A repeated row and the first that equals it.')
export class RepeatedRowModel implements RepeatedRow {
  @Prop(() => Int, { description: 'Row of the pushed file, from 1 after the header.' })
  row: number;

  @Prop(() => String, { description: 'Its key.', nullable: true })
  key: string | null;

  @Prop(() => Int, { description: 'The row that it repeats.' })
  otherRow: number;

  @Prop(() => String, { description: 'The key of that row.', nullable: true })
  otherKey: string | null;
}

@Output('RepeatedRowPage', 'One page of repeated rows, in file order.')
export class RepeatedRowPage extends Paged(RepeatedRowModel, 'RepeatedRow') {}

@Output('DuplicateSummary', 'Exact duplicates within a split.')
export class DuplicatesModel {
  @Prop(() => String, { description: 'The split.' })
  split: string;

  @Prop(() => Int, { description: 'Whole rows that repeat, key included: none where keys are unique.' })
  rows: number;

  @Prop(() => RepeatsModel, { description: 'Rows that repeat but for their key.' })
  ignoringKey: RepeatsModel;
}
