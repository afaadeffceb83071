import { DISPLAY_CONFIDENCE, undefinedMetric, type Metric } from '../metrics/metric.js';
import { logKatzInterval } from '../statistics/index.js';
import { groupRows, type Group } from './groups.js';
import { rateCounts } from './rates.js';

/** Categories with a smaller share of the rows may be left out. New York City, Local Law 144, rules of the DCWP, section 5-301 (d). */
export const SMALLEST_SHARE = 0.02;

/** How rows are selected: by class or score, or, as a scoring rate, by a score above the median of all. */
export type SelectedBy = 'selection-rate' | 'scoring-rate';

/**
 * Of each group, its selection rate over that of the group with the highest, in [0, 1], in the order of the groups, with the Katz
 * interval for display. A group below `smallestShare` of the rows takes no part and says why: its number and rate are listed elsewhere.
 * `by` names the rates in the formula. New York City, Local Law 144 of 2021; the four fifths rule of the Uniform Guidelines 1978.
 */
export function impactRatios(
  groups: readonly Group[],
  { smallestShare = SMALLEST_SHARE, by = 'selection-rate' }: { smallestShare?: number; by?: SelectedBy } = {},
): Metric[] {
  const rows = groups.reduce((sum, group) => sum + groupRows(group), 0);
  const large = groups.filter((group) => groupRows(group) >= smallestShare * rows);
  const highest = large.map(selected).reduce((best, one) => (one.x * best.n > best.x * one.n ? one : best), {
    x: 0,
    n: 1,
  });
  return groups.map((group) => {
    if (!large.includes(group)) {
      const share = ((100 * groupRows(group)) / rows).toFixed(2);
      return undefinedMetric(`left out: ${share} % of the rows, below ${100 * smallestShare} %`);
    }
    if (large.length < 2) return undefinedMetric(`an impact ratio needs two groups, found ${large.length}`);
    if (highest.x === 0) return undefinedMetric('the selection rate is 0 in every group');
    return ratioTo(highest, selected(group), by, group.clusters !== undefined);
  });
}

const selected = (group: Group) => rateCounts(group, 'selectionRate');

function ratioTo(
  highest: { x: number; n: number },
  { x, n }: { x: number; n: number },
  by: SelectedBy,
  clustered: boolean,
): Metric {
  const value = (x * highest.n) / (n * highest.x);
  const interval =
    x === 0 || value === 1 || clustered
      ? null
      : logKatzInterval(x, n, highest.x, highest.n, DISPLAY_CONFIDENCE);
  return {
    defined: true,
    value,
    ci: interval && [interval.low, interval.high],
    n,
    formulaId: `impact_ratio/${by}/to-highest/${interval ? 'log-katz' : 'no-interval'}`,
  };
}
