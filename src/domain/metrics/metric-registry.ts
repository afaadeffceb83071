import { auc } from './auc-metric.js';
import { averagePrecision } from './average-precision-metric.js';
import { ece } from './ece-metric.js';
import type { SplitEvidence } from './evidence.js';
import { marginMetrics } from './margin-metric.js';
import { brier, logLoss } from './mean-metric.js';
import type { Metric } from './metric.js';
import type { MetricDefinition, MetricName } from './metric-definition.js';
import {
  accuracy,
  f1,
  falseNegativeRate,
  falsePositiveRate,
  negativePredictiveValue,
  precision,
  recall,
  recallWeighted,
  specificity,
} from './proportion-metric.js';
import { withoutClusteredInterval } from './without-clustered-interval.js';

/** In the order they are shown. */
const OF_ROWS: readonly MetricDefinition[] = [
  accuracy,
  precision,
  recall,
  f1,
  specificity,
  negativePredictiveValue,
  falsePositiveRate,
  falseNegativeRate,
  auc,
  averagePrecision,
  logLoss,
  brier,
  ece,
  ...marginMetrics,
  recallWeighted,
];

/** Every metric of an evaluation. */
const DEFINITIONS: readonly MetricDefinition[] = OF_ROWS.map((metric) =>
  metric.clustered ? metric : withoutClusteredInterval(metric),
);

const BY_ID: ReadonlyMap<string, MetricDefinition> = new Map(
  DEFINITIONS.map((metric) => [metric.id, metric]),
);

/** The table of metrics: what gates, reports and the API know about them. */
export const metricRegistry = {
  ids: DEFINITIONS.map((metric) => metric.id),
  all: DEFINITIONS,
  has: (id: string): id is MetricName => BY_ID.has(id),
  find: (id: string): MetricDefinition | undefined => BY_ID.get(id),
  /** Throws RangeError for a name that is not in the table. */
  get(id: string): MetricDefinition {
    const metric = BY_ID.get(id);
    if (!metric)
      throw new RangeError(
        `unknown metric ${JSON.stringify(id)}, expected one of ${[...BY_ID.keys()].join(', ')}`,
      );
    return metric;
  },
  /** Raised with any entry's version: part of every evaluation protocol. */
  version: DEFINITIONS.map(({ id, version }) => `${id}@${version}`).join(','),
};

/** Every metric of one split, defined or not. */
export function metricsOf(evidence: SplitEvidence): Record<MetricName, Metric> {
  return Object.fromEntries(DEFINITIONS.map((metric) => [metric.id, metric.value(evidence)])) as Record<
    MetricName,
    Metric
  >;
}
