import { DISPLAY_CONFIDENCE, undefinedMetric, type Metric } from '../metrics/metric.js';
import { largestGapBounds, pairGap } from './difference.js';
import type { FairnessMetric } from './fairness-metric.js';
import { groupName, groupRows, type Group } from './groups.js';
import { groupsWithout, ratePairs, type RatePair } from './pairs.js';
import { pairRatio, smallestRatioBounds } from './ratio.js';
import { RATES } from './rates.js';

const SHOWN = 5;

/** Why groups have no gap: too few of them, or some without trials. */
export function gapMissing(groups: readonly Group[], { rates }: FairnessMetric): string | null {
  if (groups.length < 2) return `a gap needs two groups, found ${groups.length}`;
  const missing = groupsWithout(groups, rates);
  if (missing.length === 0) return null;
  const named = missing
    .slice(0, SHOWN)
    .map(({ group, rate }) => `${groupName(group)} has no ${RATES[rate].among}`);
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
  return `${named.join('; ')}${more}`;
}

/**
 * A fairness metric over groups: the plug-in gap (biased upward) or ratio of the extreme groups, the worst over its rates, with
 * the pairwise score interval. Undefined, with its reason, where a group has no trials: it is never left out in silence.
 */
export function fairnessOfGroups(groups: readonly Group[], metric: FairnessMetric): Metric {
  const reason = gapMissing(groups, metric);
  if (reason) return undefinedMetric(reason);
  const pairs = ratePairs(groups, metric.rates);
  const n = groups.reduce((sum, group) => sum + groupRows(group), 0);
  const found = metric.form === 'difference' ? difference(pairs, n, metric) : ratio(pairs, n, metric);
  if (!found.defined || !groups.some(({ clusters }) => clusters)) return found;
  const plugIn = found.formulaId.split('/').slice(0, -1).join('/');
  return pairs.some(({ missing }) => missing !== undefined)
    ? { ...found, ci: null, formulaId: `${plugIn}/no-interval` }
    : { ...found, formulaId: `${found.formulaId}/clusters` };
}

function difference(pairs: readonly RatePair[], n: number, { name }: FairnessMetric): Metric {
  const bounds = largestGapBounds(pairs, (1 - DISPLAY_CONFIDENCE) / 2)!;
  const value = pairs.reduce((worst, pair) => Math.max(worst, pairGap(pair)), 0);
  return {
    defined: true,
    value,
    ci: [bounds.lower, bounds.upper],
    n,
    formulaId: `${name}/plug-in-biased-upward/miettinen-nurminen-pairs`,
  };
}

function ratio(pairs: readonly RatePair[], n: number, { name }: FairnessMetric): Metric {
  const ratios = pairs.map(pairRatio);
  // Per rate: the pair of the extreme groups is among the pairs; no success anywhere leaves that rate without a ratio.
  const rates = new Set(pairs.map(({ rate }) => rate));
  for (const rate of rates) {
    if (pairs.every((pair, i) => pair.rate !== rate || ratios[i] === null)) {
      return undefinedMetric(`the ${RATES[rate].label} is 0 in every group`);
    }
  }
  const bounds = smallestRatioBounds(pairs, (1 - DISPLAY_CONFIDENCE) / 2)!;
  const value = ratios.reduce<number>((worst, r) => (r === null ? worst : Math.min(worst, r)), 1);
  return {
    defined: true,
    value,
    ci: [bounds.lower, bounds.upper],
    n,
    formulaId: `${name}/plug-in-biased-downward/score-ratio-pairs`,
  };
}
