import { clusterEvidence, type RowClusters } from './cluster-evidence.js';
import type { SplitEvidence } from './evidence.js';
import { addBatch, type Batch } from './add-batch.js';
import { emptyReduction, finishReduction, type ReductionShape } from './reduction.js';

/** 15 equal-width bins, as most published ECE values. */
export const DEFAULT_BINS = 15;

/** Columns of all rows of a split, with what they mean. */
export type SplitColumns = Batch &
  Pick<ReductionShape, 'classes' | 'positive'> &
  Partial<Pick<ReductionShape, 'cells' | 'bins' | 'seed' | 'regression'>> & { clusters?: RowClusters };

/** The evidence of one split in one batch: `emptyReduction`, `addBatch`, `finishReduction`. */
export function buildSplitEvidence(columns: SplitColumns): SplitEvidence {
  const { classes, positive, cells = [], bins = DEFAULT_BINS, seed = 0, regression } = columns;
  const state = emptyReduction({ classes, positive, cells, bins, seed, ...(regression && { regression }) });
  addBatch(state, columns);
  const evidence = finishReduction(state);
  return columns.clusters ? { ...evidence, clusters: clusterEvidence(columns, columns.clusters) } : evidence;
}
