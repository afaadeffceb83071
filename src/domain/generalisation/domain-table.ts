import { undefinedMetric, valueFormula, type Metric } from '../metrics/metric.js';
import { generalisationGap, worstDomain, type Direction } from './domain-gap.js';

/** One split outside of the source. */
export interface OutsideSplit {
  split: string;
  domain: string;
  metric: Metric;
}

/** One metric in its source and in every other domain. */
export interface DomainTable {
  source: Metric;
  /** In the order given. Gap: what is lost there, above 0 is worse (see `generalisationGap`). */
  domains: (OutsideSplit & { gap: Metric })[];
  /** Undefined where one domain is. */
  worst: Metric;
  /** Of the measured ones. */
  worstDomain: string | null;
}

/** A metric across domains. Numbers of different formulas have no gap and no worst. */
export function domainTable(
  source: Metric,
  outside: readonly OutsideSplit[],
  direction: Direction,
): DomainTable {
  const apart = undefinedMetric('numbers of different formulas do not compare');
  const { metric: worst, worst: name } = sameFormula(outside.map(({ metric }) => metric))
    ? worstDomain(outside, direction)
    : { metric: apart, worst: null };
  return {
    source,
    domains: outside.map((one) => ({
      ...one,
      gap: sameFormula([source, one.metric]) ? generalisationGap(source, one.metric, direction) : apart,
    })),
    worst,
    worstDomain: name,
  };
}

function sameFormula(metrics: readonly Metric[]): boolean {
  return new Set(metrics.flatMap((metric) => (metric.defined ? [valueFormula(metric)] : []))).size <= 1;
}
