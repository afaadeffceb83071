import {
  asManyClusters,
  pairGap,
  pairGapRequiredN,
  pairRatio,
  pairRatioRequiredN,
  rateCounts,
  type PairDecision,
} from '../../fairness/index.js';
import { smallestNumber } from '../../statistics/index.js';
import { type ComparedPair, decideByScore, GAP, RATIO } from './pair-decision.js';

/** Rows per group at which "the gap of this pair is at most the threshold" settles at its observed rates. Null where they lie at it. */
export function gapNeededRows(pair: ComparedPair, threshold: number, alpha: number): number | null {
  const decided = (of: ComparedPair) => decideByScore(GAP, of, threshold, alpha);
  const side = pairGap(pair) <= threshold ? 'pPass' : 'pFail';
  return neededRows(pair, pairGapRequiredN(pair, threshold, alpha), decided, side, alpha);
}

/** Of "the ratio of this pair is at least the threshold", likewise. */
export function ratioNeededRows(pair: ComparedPair, threshold: number, alpha: number): number | null {
  const decided = (of: ComparedPair) => decideByScore(RATIO, of, threshold, alpha);
  const side = (pairRatio(pair) ?? 0) >= threshold ? 'pPass' : 'pFail';
  return neededRows(pair, pairRatioRequiredN(pair, threshold, alpha), decided, side, alpha);
}

/**
 * As many more than `independent` as the rows at hand are more than independent ones, and of clusters no fewer than let the bound that
 * decides reach the threshold: what clusters not seen may hide falls with their number and not with that of rows.
 */
function neededRows(
  pair: ComparedPair,
  independent: number | null,
  decided: (pair: ComparedPair) => PairDecision,
  side: keyof PairDecision,
  alpha: number,
): number | null {
  if (independent === null) return null;
  const { rate, higher, lower, n1, n2, df } = pair;
  const [rows1, rows2] = [rateCounts(higher, rate).n, rateCounts(lower, rate).n];
  const own = Math.ceil(independent * Math.max(rows1 / n1, rows2 / n2));
  if (df === undefined) return own;
  const clusters = df + 1;
  const needed = smallestNumber(2, (count) => decided(asManyClusters(pair, count / clusters))[side] <= alpha);
  return needed && Math.max(own, Math.ceil((needed / clusters) * Math.max(rows1, rows2)));
}
