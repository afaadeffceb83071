import type { SplitEvidence } from './evidence.js';
import type { Bound } from './metric.js';
import type { MetricDefinition } from './metric-definition.js';

/**
 * A metric whose interval takes rows for independent: where they are clustered its value stands alone, and it decides nothing. Every
 * metric that does not say `clustered` is one, so that a new one cannot pass by an interval that is too narrow.
 */
export function withoutClusteredInterval(metric: MetricDefinition): MetricDefinition {
  const { label } = metric;
  const reason = ({ column }: NonNullable<SplitEvidence['clusters']>) =>
    `${label} has no interval for rows that are clustered by ${column}`;
  const bound =
    (of: MetricDefinition['lower']) =>
    (evidence: SplitEvidence, alpha: number): Bound =>
      evidence.clusters && !metric.descriptive
        ? { defined: false, reason: reason(evidence.clusters) }
        : of(evidence, alpha);
  return {
    ...metric,
    value(evidence) {
      const value = metric.value(evidence);
      const { clusters } = evidence;
      if (!clusters || !value.defined) return value;
      const { smallSample: _ofInterval, ...shown } = value;
      const formulaId = `${value.formulaId}/no-clustered-interval`;
      return { ...shown, ci: null, formulaId, clusters: clusters.count };
    },
    lower: bound((evidence, alpha) => metric.lower(evidence, alpha)),
    upper: bound((evidence, alpha) => metric.upper(evidence, alpha)),
    pFail: (evidence, threshold, side) => (evidence.clusters ? 1 : metric.pFail(evidence, threshold, side)),
    requiredN: (evidence, threshold, alpha) =>
      evidence.clusters ? null : metric.requiredN(evidence, threshold, alpha),
  };
}
