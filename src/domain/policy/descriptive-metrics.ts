import { metricRegistry, type MetricName } from '../metrics/index.js';

/** Metrics without a decision bound: a rule on them must say `decideOn: point`. */
export function isDescriptive(metric: MetricName): boolean {
  return metricRegistry.get(metric).descriptive;
}

/** The metrics that a policy may name. */
export const POLICY_METRIC_NAMES: readonly MetricName[] = metricRegistry.ids;
