import { auc } from './auc-metric.js';
import { averagePrecision } from './average-precision-metric.js';
import { ece } from './ece-metric.js';
import { mae, quantileLoss, r2, rmse } from './error-metric.js';
import { taskOf, type SplitEvidence, type Task } from './evidence.js';
import { marginMetrics } from './margin-metric.js';
import { meanError } from './mean-error-metric.js';
import { brier, logLoss } from './mean-metric.js';
import { undefinedMetric, type Metric, type UndefinedMetric } from './metric.js';
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
  mae,
  rmse,
  r2,
  meanError,
  quantileLoss,
].map(ofItsTask);

/** Counts of classes and sums of errors are not there for one another: without this, no count at all would be an accuracy of 0. */
function ofItsTask(metric: MetricDefinition): MetricDefinition {
  const { task, label } = metric;
  const other = (evidence: SplitEvidence): UndefinedMetric | null => {
    if (taskOf(evidence) === task) return null;
    const judged = task === 'regression' ? 'classes' : 'numbers';
    return undefinedMetric(`${label} is a metric of ${task}, and the labels were judged as ${judged}`);
  };
  return {
    ...metric,
    value: (evidence) => other(evidence) ?? metric.value(evidence),
    lower: (evidence, alpha) => other(evidence) ?? metric.lower(evidence, alpha),
    upper: (evidence, alpha) => other(evidence) ?? metric.upper(evidence, alpha),
    pFail: (evidence, threshold, side) => (other(evidence) ? 1 : metric.pFail(evidence, threshold, side)),
    requiredN: (evidence, threshold, alpha) =>
      other(evidence) ? null : metric.requiredN(evidence, threshold, alpha),
  };
}

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
  of: (task: Task): readonly MetricDefinition[] => DEFINITIONS.filter((metric) => metric.task === task),
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

/** Every metric of one split and its task, defined or not. */
export function metricsOf(evidence: SplitEvidence): Record<MetricName, Metric> {
  return Object.fromEntries(
    metricRegistry.of(taskOf(evidence)).map((metric) => [metric.id, metric.value(evidence)]),
  ) as Record<MetricName, Metric>;
}
