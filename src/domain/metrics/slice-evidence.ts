import type { Batch } from './add-batch.js';
import { buildSplitEvidence, type SplitColumns } from './build-split-evidence.js';
import { taskOf, type SplitEvidence } from './evidence.js';
import { undefinedMetric, type Metric } from './metric.js';
import type { MetricName } from './metric-definition.js';
import { metricRegistry, metricsOf } from './metric-registry.js';

/** The evidence of some rows of a split, given as indices of its columns: exact, as that of the whole split, but groups are not counted. */
export function sliceEvidence(columns: SplitColumns, rows: Uint32Array): SplitEvidence {
  const { classes, positive, bins, seed, regression } = columns;
  return buildSplitEvidence({ classes, positive, bins, seed, regression, ...rowsOf(columns, rows) });
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
