import type { ColumnType } from '../../domain/canonical/index.js';
import type { DatasetDigest } from './digests/dataset-digest.js';
import type { SplitRecord } from './split-by.js';
import type { StoredPart } from './split-manifest.js';
import type { SplitRole } from './split-role.js';

export type ColumnRole = 'key' | 'label' | 'protected' | 'group' | 'time' | 'feature';

export interface DatasetColumn {
  name: string;
  type: ColumnType;
  role: ColumnRole;
}

export interface DatasetSchema {
  /** In the order of the first split's file. */
  columns: DatasetColumn[];
  key: string | null;
  label: string | null;
  protected: string[];
  /** The entity that rows belong to. */
  group: string | null;
  time: string | null;
}

export interface LookBudget {
  /** How many recorded looks the split's rows allow, over all versions that hold the very same rows. */
  budget: number;
  used: number;
}

export interface DatasetSplitView {
  id: string;
  name: string;
  role: SplitRole;
  domain: string | null;
  rows: number;
  /** Of these, rows whose subject was erased: their leaves are all that is left. */
  erased: number;
  sealed: boolean;
  /** Merkle root over the rows, lowercase hex. */
  root: string;
  /** Null for open splits. */
  looks: LookBudget | null;
}

/** A source that a version names, in the revision that was the latest at its push. */
export interface VersionSource {
  /** Of the revision. */
  id: string;
  name: string;
  revision: number;
  /** The column whose values name sources, and the rows of this one by split; null where all rows come from it. */
  byColumn: string | null;
  rows: Record<string, number> | null;
}

export interface DatasetVersionView {
  id: string;
  datasetId: string;
  /** The dataset's name. */
  dataset: string;
  version: number;
  contentId: string;
  encodingVersion: number;
  schema: DatasetSchema;
  splits: DatasetSplitView[];
  parentId: string | null;
  message: string | null;
  /** What was said of where the data come from, in words. */
  source: string | null;
  /** How Assay made its splits out of one file; null: they were pushed as splits. */
  splitBy: SplitRecord | null;
  sources: VersionSource[];
  /** The column that says whom a row is about. */
  subjectColumn: string | null;
  /** What other tools call it. */
  digests: DatasetDigest[];
  /** Under which MLflow can know the content id: its first 36 of 64 hexadecimal digits. */
  mlflowDigest: string;
  /** Pushed by somebody who may push policies: only such versions, or one that a policy names, decide a gate. */
  endorsed: boolean;
  createdAt: Date;
  createdBy: string;
}

/** What an evaluation reads of one split. Labels are in a file of their own and never leave Assay when `sealed`. */
export interface EvaluationInput {
  split: string;
  role: SplitRole;
  domain: string | null;
  rows: number;
  sealed: boolean;
  root: string;
  keyColumn: string;
  keyType: ColumnType;
  labelColumn: string;
  labelType: ColumnType;
  /**
   * Every label value of all splits as DuckDB's `CAST(label AS VARCHAR)`, in the label's own order; empty beyond 1,000 of them.
   * Secret where not in `openClasses`.
   */
  labelClasses: string[];
  /** Those that open splits show. */
  openClasses: string[];
  /** Columns of `publicParquet`, under their own names. */
  protected: string[];
  /** All columns of the version; `publicParquet` has them, but for the label of a sealed split. */
  columns: DatasetColumn[];
  /** Parquet files, together in key order: every column, but the label of a sealed split. */
  publicParquet: StoredPart[];
  /**
   * Parquet in key order with two columns named literally `key` and `label`, sealed where the split is: digest of the blob. Null where both
   * are in `publicParquet` and nowhere else.
   */
  labelParquet: string | null;
}
