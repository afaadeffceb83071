/** A changed way of counting is another number: what was counted before is counted anew. */
export const CONTAMINATION_METHOD = 2;

/** How many rows of a split stand in what was trained on? The same question always has the same answer: versions never change. */
export interface ContaminationQuestion {
  method: number;
  split: string;
  /** In the order of their ids and names, each once. */
  against: { datasetVersionId: string; split: string }[];
}

/** What one split that was trained on has in common with the split that is tested. */
export interface SourceCount {
  datasetVersionId: string;
  split: string;
  /** Rows of the tested split that agree with one of its rows in every compared column; null: no column to compare. */
  rows: number | null;
  comparedColumns: number;
  /** Columns of the tested split that it lacks, or has as another type: `rows` is then at least as many as stand in it. */
  missingColumns: string[];
  withLabel: boolean;
  /** Rows of the tested split whose key is one of its keys; null where rows are not named by the same column. */
  keys: number | null;
  /** Rows of the tested split whose entity is one of its entities; null where either has no such column. */
  entities: number | null;
}

export interface ContaminationOutcome {
  /** Rows of the tested split. */
  total: number;
  /** Of them, those that stand in some source that has all of their columns. */
  rows: number;
  /** The same over all sources: at least `rows`, and at least as many as there are. */
  possible: number;
  /** Rows of an entity that some source knows; null where one of them cannot tell. */
  entities: number | null;
  /** Sources without any column to compare. */
  incomparable: number;
  sources: SourceCount[];
}
