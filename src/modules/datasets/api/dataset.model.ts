import { ID, Int } from '@nestjs/graphql';
import { COLUMN_TYPES, type ColumnType } from '../../../domain/canonical/index.js';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type {
  ColumnRole,
  DatasetColumn,
  DatasetSchema,
  DatasetSplitView,
  DatasetVersionView,
  LookBudget,
  VersionSource,
} from '../dataset-version.js';
import type { DatasetView } from '../datasets.service.js';
import { SPLIT_ROLE_NAMES, type SplitRole } from '../split-role.js';
import { DatasetDigestModel } from './dataset-digest.model.js';

@Output('DatasetColumn', 'A column of a dataset version.')
export class DatasetColumnModel implements DatasetColumn {
  @Prop(() => String, { description: 'Its name.' })
  name: string;

  @Prop(() => String, {
    description: `One of ${COLUMN_TYPES.join(', ')}; from all of its values.`,
    openapi: { enum: [...COLUMN_TYPES] },
  })
  type: ColumnType;

  @Prop(() => String, { description: 'One of key, label, protected, group, time, feature.' })
  role: ColumnRole;
}

@Output('DatasetSchema', 'The columns that all splits of a version share.')
export class DatasetSchemaModel implements DatasetSchema {
  @Prop(() => [DatasetColumnModel], { description: "In the order of the first split's file." })
  columns: DatasetColumnModel[];

  @Prop(() => String, { description: 'Names each row within its split.', nullable: true })
  key: string | null;

  @Prop(() => String, { description: 'What models predict.', nullable: true })
  label: string | null;

  @Prop(() => [String], { description: 'Protected attributes, for fairness.' })
  protected: string[];

  @Prop(() => String, { description: 'The entity that rows belong to.', nullable: true })
  group: string | null;

  @Prop(() => String, { description: 'When a row was observed.', nullable: true })
  time: string | null;
}

@Output('LookBudget', 'How often a sealed split may be looked at.')
export class LookBudgetModel implements LookBudget {
  @Prop(() => Int, {
    description: 'Looks that the rows of this split allow, over all versions that hold them.',
  })
  budget: number;

  @Prop(() => Int, { description: 'Looks taken.' })
  used: number;
}

@Output('DatasetSplit', 'A named part of a dataset version.')
export class DatasetSplitModel implements DatasetSplitView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Its name.' })
  name: string;

  @Prop(() => String, {
    description: `One of ${SPLIT_ROLE_NAMES.join(', ')}.`,
    openapi: { enum: SPLIT_ROLE_NAMES },
  })
  role: SplitRole;

  @Prop(() => String, { description: 'Where its rows come from.', nullable: true })
  domain: string | null;

  @Prop(() => Int, { description: 'How many rows.' })
  rows: number;

  @Prop(() => Int, {
    description: 'Of these, rows that were erased with their subject: their leaves are all that is left.',
  })
  erased: number;

  @Prop(() => Boolean, { description: 'Whether its labels never leave Assay.' })
  sealed: boolean;

  @Prop(() => String, { description: 'Merkle root over its rows, lowercase hex.' })
  root: string;

  @Prop(() => LookBudgetModel, { description: 'Null for an open split.', nullable: true })
  looks: LookBudgetModel | null;
}

@Output('DatasetVersionSource', 'A source that a dataset version names, in the revision of its push.')
export class DatasetVersionSourceModel implements VersionSource {
  @Prop(() => ID, { description: 'Identifier of the revision.' })
  id: string;

  @Prop(() => String, { description: 'Name of the source.' })
  name: string;

  @Prop(() => Int, { description: 'The revision that was the latest at the push.' })
  revision: number;

  @Prop(() => String, {
    description: 'The column whose values name sources; null where the push named it for all rows.',
    nullable: true,
  })
  byColumn: string | null;

  @Prop(() => GraphQLJSON, {
    description: 'Its rows by split, where a column names sources.',
    nullable: true,
  })
  rows: Record<string, number> | null;
}

@Output('DatasetVersion', 'An immutable version of a dataset, identified by its content.')
export class DatasetVersionModel implements DatasetVersionView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'The dataset.' })
  datasetId: string;

  @Prop(() => String, { description: "The dataset's name." })
  dataset: string;

  @Prop(() => Int, { description: 'Counts from 1 without gaps.' })
  version: number;

  @Prop(() => String, {
    description: 'SHA-256 over schema and split roots: the same rows give the same id, in any order.',
  })
  contentId: string;

  @Prop(() => Int, { description: 'The version of the encoding under the content id.' })
  encodingVersion: number;

  @Prop(() => DatasetSchemaModel, { description: 'Columns and their roles.' })
  schema: DatasetSchemaModel;

  @Prop(() => [DatasetSplitModel], { description: 'Its splits.' })
  splits: DatasetSplitModel[];

  @Prop(() => ID, { description: 'The version it was derived from.', nullable: true })
  parentId: string | null;

  @Prop(() => String, { description: 'What was said about it.', nullable: true })
  message: string | null;

  @Prop(() => String, { description: 'Where its data come from, in words.', nullable: true })
  source: string | null;

  @Prop(() => GraphQLJSON, {
    description:
      'How Assay made its splits out of one file: {method, column, seed, shares, cuts, keyed}; null: they were pushed as splits.',
    nullable: true,
  })
  splitBy: DatasetVersionView['splitBy'];

  @Prop(() => [DatasetVersionSourceModel], { description: 'The sources that its pushes named.' })
  sources: DatasetVersionSourceModel[];

  @Prop(() => String, { description: 'The column that says whom a row is about.', nullable: true })
  subjectColumn: string | null;

  @Prop(() => [DatasetDigestModel], { description: 'What other tools call it.' })
  digests: DatasetDigestModel[];

  @Prop(() => String, {
    description:
      'Under which MLflow, whose digests have 36 characters, can know the content id: its first 36 of 64 hexadecimal digits. OpenLineage can hold the whole content id as datasetVersion.',
  })
  mlflowDigest: string;

  @Prop(() => Boolean, {
    description:
      'Pushed by a key that may push policies. Only such versions decide a gate, or the one that the policy names.',
  })
  endorsed: boolean;

  @Prop(() => Date, { description: 'When it was stored.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who pushed it.' })
  createdBy: string;
}

@Output('DatasetVersionPage', 'One page of dataset versions, newest first.')
export class DatasetVersionPage extends Paged(DatasetVersionModel, 'DatasetVersion') {}

@Output('Dataset', 'A named series of dataset versions.')
export class DatasetModel implements DatasetView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Its name.' })
  name: string;

  @Prop(() => Int, { description: 'The number of its latest version.' })
  latestVersion: number;

  @Prop(() => Date, { description: 'When it was first pushed to.' })
  createdAt: Date;
}

@Output('DatasetPage', 'One page of datasets, by name.')
export class DatasetPage extends Paged(DatasetModel, 'Dataset') {}
