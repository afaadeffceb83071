import { addBatch, type Batch } from './add-batch.js';
import { clusterEvidence } from './cluster-evidence.js';
import { DEFAULT_BINS, type SplitColumns } from './build-split-evidence.js';
import { taskOf, type SplitEvidence } from './evidence.js';
import { undefinedMetric, type Metric } from './metric.js';
import type { MetricName } from './metric-definition.js';
import { metricRegistry, metricsOf } from './metric-registry.js';
import { emptyReduction, finishReduction, type Reduction } from './reduction.js';

/** The evidence of some rows of a split, given as indices of its columns: exact, as that of the whole split, but groups are not counted. */
export function sliceEvidence(columns: SplitColumns, rows: Uint32Array): SplitEvidence {
  const slice = rowsOf(columns, rows);
  const evidence = finishReduction(reduced(columns, slice));
  if (!slice.clusters) return evidence;
  const { classes, positive } = columns;
  return { ...evidence, clusters: clusterEvidence({ classes, positive, ...slice }, slice.clusters) };
}

/** What those of some shards merge to is finished to the slice's evidence, but for clusters, which need every row. */
export function sliceReduction(columns: SplitColumns, rows: Uint32Array): Reduction {
  return reduced(columns, rowsOf(columns, rows));
}

function reduced(columns: SplitColumns, slice: Batch): Reduction {
  const { classes, positive, bins = DEFAULT_BINS, seed = 0, regression } = columns;
  const state = emptyReduction({
    classes,
    positive,
    cells: [],
    bins,
    seed,
    ...(regression && { regression }),
  });
  addBatch(state, slice);
  return state;
}

/** Every metric of a slice; without rows each says so. */
export function sliceMetrics(evidence: SplitEvidence): Record<MetricName, Metric> {
  if (evidence.n > 0) return metricsOf(evidence);
  const none = undefinedMetric('the slice has no rows');
  return Object.fromEntries(metricRegistry.of(taskOf(evidence)).map(({ id }) => [id, none])) as Record<
    MetricName,
    Metric
  >;
}

function rowsOf(columns: SplitColumns, rows: Uint32Array): Batch & Pick<SplitColumns, 'clusters'> {
  const { labels, predictions, scores, classScores, clusters } = columns;
  const doubles = (column: ArrayLike<number>) => Float64Array.from(rows, (row) => column[row]!);
  if (columns.regression) return { labels: doubles(labels), predictions: doubles(predictions) };
  return {
    labels: Uint16Array.from(rows, (row) => labels[row]!),
    predictions: Uint16Array.from(rows, (row) => predictions[row]!),
    ...(scores ? { scores: doubles(scores) } : {}),
    ...(classScores ? { classScores: classScores.map(doubles) } : {}),
    ...(clusters
      ? { clusters: { ...clusters, of: Uint32Array.from(rows, (row) => clusters.of[row]!) } }
      : {}),
  };
}
