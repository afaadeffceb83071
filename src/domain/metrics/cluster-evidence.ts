import { addCluster, emptyMoments, FEWEST_CLUSTERS } from '../statistics/index.js';
import { rowLosses, type Batch } from './add-batch.js';
import { clusterGroups } from './cluster-groups.js';
import { forEachCluster, rowsByCluster } from './cluster-runs.js';
import type { ClusterEvidence } from './evidence.js';
import type { ReductionShape } from './reduction.js';

type ClusteredColumns = Batch &
  Pick<ReductionShape, 'classes' | 'positive'> &
  Partial<Pick<ReductionShape, 'cells'>>;

/** Rows that hang together: by which column, and which cluster each row belongs to. */
export interface RowClusters {
  column: string;
  /** Index of its cluster per row, below `count`, shape (n). */
  of: Uint32Array;
  count: number;
}

/** Throws RangeError where a row names no cluster. */
export function clusterEvidence(
  columns: ClusteredColumns,
  { column, of, count }: RowClusters,
): ClusterEvidence {
  const rows = columns.labels.length;
  if (of.length !== rows) throw new RangeError(`every column needs ${rows} rows`);
  if (of.some((cluster) => !(cluster < count))) throw new RangeError(`a row names a cluster beyond ${count}`);
  const order = rowsByCluster(of, count);
  const outcomes = emptyMoments();
  const outcomeOf = outcomesOf(columns);
  let found = 0;
  const counts = new Float64Array(4);
  forEachCluster(order, of, (from, to) => {
    counts.fill(0);
    for (let i = from; i < to; i++) counts[outcomeOf[order[i]!]!]! += 1;
    addCluster(outcomes, counts);
    found++;
  });
  return {
    column,
    count: found,
    outcomes,
    losses: found < FEWEST_CLUSTERS ? null : lossVariances(columns, order, of, found),
    groups: isBinary(columns) ? clusterGroups(columns, outcomeOf, { order, of }) : [],
  };
}

const isBinary = ({ classes, positive }: ClusteredColumns) => classes.length === 2 && positive !== null;

/** Per row the index of its outcome among tp, fp, fn, tn; right or wrong where the problem is not binary. */
function outcomesOf(columns: ClusteredColumns): Uint8Array {
  const { labels, predictions } = columns;
  const binary = isBinary(columns);
  return Uint8Array.from({ length: labels.length }, (_, row) => {
    const right = labels[row] === predictions[row];
    if (!binary) return right ? 0 : 1;
    return predictions[row] === 1 ? (right ? 0 : 1) : right ? 3 : 2;
  });
}

/** Liang and Zeger 1986, times G / (G - 1). */
function lossVariances(
  columns: ClusteredColumns,
  order: Uint32Array,
  of: Uint32Array,
  clusters: number,
): ClusterEvidence['losses'] {
  const losses = rowLosses(columns);
  if (!losses) return null;
  const varianceOf = (terms: Float64Array) => {
    const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
    let squares = 0;
    forEachCluster(order, of, (from, to) => {
      let beyond = 0;
      for (let i = from; i < to; i++) beyond += terms[order[i]!]! - mean;
      squares += beyond ** 2;
    });
    return ((clusters / (clusters - 1)) * squares) / terms.length ** 2;
  };
  return { logLoss: varianceOf(losses.logLoss), brier: varianceOf(losses.brier) };
}
