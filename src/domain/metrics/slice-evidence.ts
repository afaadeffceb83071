import { addBatch, type Batch } from './add-batch.js';
import { DEFAULT_BINS, type SplitColumns } from './build-split-evidence.js';
import type { SplitEvidence } from './evidence.js';
import { undefinedMetric, type Metric } from './metric.js';
import type { MetricName } from './metric-definition.js';
import { metricRegistry, metricsOf } from './metric-registry.js';
import { emptyReduction, finishReduction, type Reduction } from './reduction.js';

/** The evidence of some rows of a split, given as indices of its columns: exact, as that of the whole split, but groups are not counted. */
export function sliceEvidence(columns: SplitColumns, rows: Uint32Array): SplitEvidence {
  return finishReduction(sliceReduction(columns, rows));
}

/** What those of some shards merge to is finished to the slice's evidence. */
export function sliceReduction(columns: SplitColumns, rows: Uint32Array): Reduction {
  const { classes, positive, bins = DEFAULT_BINS, seed = 0 } = columns;
  const state = emptyReduction({ classes, positive, cells: [], bins, seed });
  addBatch(state, rowsOf(columns, rows));
  return state;
}

/** Every metric of a slice; without rows each says so. */
export function sliceMetrics(evidence: SplitEvidence): Record<MetricName, Metric> {
  if (evidence.n > 0) return metricsOf(evidence);
  const none = undefinedMetric('the slice has no rows');
  return Object.fromEntries(metricRegistry.ids.map((id) => [id, none])) as Record<MetricName, Metric>;
}

function rowsOf({ labels, predictions, scores, classScores }: Batch, rows: Uint32Array): Batch {
  const doubles = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
  return {
    labels: Uint16Array.from(rows, (row) => labels[row]!),
    predictions: Uint16Array.from(rows, (row) => predictions[row]!),
    ...(scores ? { scores: doubles(scores) } : {}),
    ...(classScores ? { classScores: classScores.map(doubles) } : {}),
  };
}
