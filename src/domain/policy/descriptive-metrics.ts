import { metricRegistry, type MetricName } from '../metrics/index.js';

/** Metrics without a decision bound: a rule on them must say `decideOn: point`. */
const DESCRIPTIVE: ReadonlySet<MetricName> = new Set<MetricName>([
  'precision_macro',
  'recall_macro',
  'f1_macro',
]);

export function isDescriptive(metric: MetricName): boolean {
  return DESCRIPTIVE.has(metric);
}

/** The metrics that a policy may name. */
export const POLICY_METRIC_NAMES: readonly MetricName[] = metricRegistry.ids;
