import { undefinedMetric, type Metric } from '../metrics/metric.js';
import type { FairnessMetric } from './fairness-metric.js';
import { gapMissing } from './gaps.js';
import { groupRows, type Group } from './groups.js';
import { rateCounts, RATES, type BinaryCounts, type RateName } from './rates.js';

/** All rows of some groups together. */
export function overallCounts(groups: readonly BinaryCounts[]): BinaryCounts {
  const total = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (const group of groups)
    for (const cell of ['tp', 'fp', 'fn', 'tn'] as const) total[cell] += group[cell];
  return total;
}

function rateOf(counts: BinaryCounts, rate: RateName): number {
  const { x, n } = rateCounts(counts, rate);
  return x / n;
}

/**
 * A fairness metric to overall: the largest |group - all rows|, or the smallest ratio of a group and all rows, the lower on top; the
 * worst over its rates. Descriptive, as a group is a part of what it is compared with. As Fairlearn's `to_overall`. Undefined, with its
 * reason, where a group has no trials.
 */
export function overallOfGroups(groups: readonly Group[], metric: FairnessMetric): Metric {
  const reason = gapMissing(groups, metric);
  if (reason) return undefinedMetric(reason);
  const all = overallCounts(groups);
  const distances: number[] = [];
  for (const rate of metric.rates) {
    const overall = rateOf(all, rate);
    if (metric.form === 'ratio' && overall === 0)
      return undefinedMetric(`the ${RATES[rate].label} is 0 in every group`);
    for (const group of groups) {
      const own = rateOf(group, rate);
      distances.push(
        metric.form === 'difference' ? Math.abs(own - overall) : Math.min(own / overall, overall / own),
      );
    }
  }
  return {
    defined: true,
    value: metric.form === 'difference' ? Math.max(...distances) : Math.min(...distances),
    ci: null,
    n: groups.reduce((sum, group) => sum + groupRows(group), 0),
    formulaId: `${metric.name}_to_overall/plug-in/no-interval`,
  };
}
