import type { ColumnChange } from './diff-schema.js';

/** A split on one side. */
export interface DiffSide {
  rows: number;
  role: string;
  domain: string | null;
  sealed: boolean;
  /** Merkle root over its rows, lowercase hex. */
  root: string;
}

export interface ColumnCount {
  column: string;
  rows: number;
}

/** Counts are null where rows cannot be matched; `reason` says why then. */
export interface SplitDiff {
  split: string;
  change: 'added' | 'removed' | 'changed' | 'same' | 'unmatched';
  reason: string | null;
  before: DiffSide | null;
  after: DiffSide | null;
  /** False where a side is sealed: whether labels differ is told to nobody. */
  labelsCompared: boolean;
  added: number | null;
  removed: number | null;
  changed: number | null;
  /** In how many changed rows each column differs. */
  cells: ColumnCount[];
}

export interface DiffVersion {
  id: string;
  dataset: string;
  version: number;
  contentId: string;
}

export interface DatasetDiffView {
  before: DiffVersion;
  after: DiffVersion;
  /** Whether both have one content id. */
  identical: boolean;
  columns: ColumnChange[];
  splits: SplitDiff[];
}
