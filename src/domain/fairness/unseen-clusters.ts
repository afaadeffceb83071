import { bisect, unseenClustersMargin, unseenClustersP } from '../statistics/index.js';
import { pairGap, pairGapLower, pairGapUpper, type PairDecision } from './difference.js';
import type { RatePair } from './pairs.js';
import { smallestRatioBounds } from './ratio.js';

/** A pair whose rows are clustered, with clusters of so many rows that they may hide some that were not seen. */
export type ClusteredPair = RatePair & Required<Pick<RatePair, 'df' | 'whole1' | 'whole2'>>;

/** Whether clusters not seen may be worse than rows not seen: not where each counts as one trial already. */
export function mayHideClusters(pair: RatePair): pair is ClusteredPair {
  const { n1, n2, df, whole1, whole2 } = pair;
  return df !== undefined && whole1 !== undefined && whole2 !== undefined && (n1 > whole1 || n2 > whole2);
}

/** The pair as if each cluster were one trial, of which none varies more. */
export function asWholeClusters({ whole1, whole2, ...pair }: ClusteredPair): RatePair {
  const { x1, n1, x2, n2 } = pair;
  const [m1, m2] = [Math.min(n1, whole1), Math.min(n2, whole2)];
  return { ...pair, x1: (x1 / n1) * m1, n1: m1, x2: (x2 / n2) * m2, n2: m2 };
}

/** A pair of so many times its clusters, each like those at hand. */
export function asManyClusters<Pair extends RatePair>(pair: Pair, times: number): Pair {
  const { x1, n1, x2, n2, df, whole1, whole2 } = pair;
  return {
    ...pair,
    ...{ x1: x1 * times, n1: n1 * times, x2: x2 * times, n2: n2 * times },
    ...(df === undefined ? {} : { df: (df + 1) * times - 1 }),
    ...(whole1 === undefined ? {} : { whole1: whole1 * times }),
    ...(whole2 === undefined ? {} : { whole2: whole2 * times }),
  };
}

/** The difference a p1 - b p2 of the rates of a pair, and what clusters not seen may do to it upwards. */
function rising({ x1, n1, x2, n2, df, whole1, whole2 }: ClusteredPair, a: number, b: number) {
  const [p1, p2] = [x1 / n1, x2 / n2];
  const variance = (a * a * p1 * (1 - p1)) / n1 + (b * b * p2 * (1 - p2)) / n2;
  // As seldom as one likes in the group with fewer clusters: all of it may lie there.
  return { variance, rise: Math.max((a * (1 - p1)) / whole1, (b * p2) / whole2), df };
}

const swapped = ({ x1, n1, x2, n2, whole1, whole2, ...pair }: ClusteredPair): ClusteredPair => ({
  ...pair,
  ...{ x1: x2, n1: n2, whole1: whole2, x2: x1, n2: n1, whole2: whole1 },
});

/** The p-values that unseen clusters leave "the gap of this pair is at most `limit`", as `decideDifference`, each in [1e-12, .5]. */
export function unseenDifference(pair: ClusteredPair, limit: number): PairDecision {
  const gap = pairGap(pair);
  const [up, down] = [rising(pair, 1, 1), rising(swapped(pair), 1, 1)];
  return {
    pPass: Math.max(unseenClustersP(up, limit - gap), unseenClustersP(down, limit + gap)),
    pFail: unseenClustersP(down, gap - limit),
  };
}

/** The p-values that unseen clusters leave "the ratio of this pair is at least `limit`", as `decideRatio`. */
export function unseenRatio(pair: ClusteredPair, limit: number): PairDecision {
  const [p1, p2] = [pair.x1 / pair.n1, pair.x2 / pair.n2];
  const [lower, higher] = [rising(pair, limit, 1), rising(swapped(pair), limit, 1)];
  return {
    pPass: Math.max(unseenClustersP(lower, p2 - limit * p1), unseenClustersP(higher, p1 - limit * p2)),
    pFail: unseenClustersP(rising(swapped(pair), 1, limit), limit * p1 - p2),
  };
}

/** One-sided bounds of a gap or a ratio, each at a level of its own. */
export interface PairBounds {
  lower: number;
  upper: number;
}

/** No narrower than what unseen clusters leave open, and no wider than if each cluster were one trial. */
function widened(own: PairBounds, unseen: PairBounds, asOne: PairBounds): PairBounds {
  return {
    lower: Math.min(own.lower, Math.max(unseen.lower, asOne.lower)),
    upper: Math.max(own.upper, Math.min(unseen.upper, asOne.upper)),
  };
}

/** The bounds that decide a gap, the upper at `alpha` and the lower at `corrected`. */
export function differenceBounds(pair: RatePair, alpha: number, corrected: number): PairBounds {
  const bounds = (of: RatePair) => ({ lower: pairGapLower(of, corrected), upper: pairGapUpper(of, alpha) });
  if (!mayHideClusters(pair)) return bounds(pair);
  const gap = pairGap(pair);
  const [up, down] = [rising(pair, 1, 1), rising(swapped(pair), 1, 1)];
  const upper = Math.max(gap + unseenClustersMargin(up, alpha), unseenClustersMargin(down, alpha) - gap);
  const lower = Math.max(0, gap - unseenClustersMargin(down, corrected));
  return widened(bounds(pair), { lower, upper: Math.min(1, upper) }, bounds(asWholeClusters(pair)));
}

function pairRatioBounds(pair: RatePair, alpha: number, corrected: number): PairBounds | null {
  const found = smallestRatioBounds([pair], alpha);
  return found && { lower: found.lower, upper: smallestRatioBounds([pair], 2 * corrected)!.upper };
}

/** The bounds that decide a ratio, the lower at `alpha` and the upper at `corrected`; null where neither group has a success. */
export function ratioBounds(pair: RatePair, alpha: number, corrected: number): PairBounds | null {
  const own = pairRatioBounds(pair, alpha, corrected);
  if (own === null || !mayHideClusters(pair)) return own;
  const [p1, p2] = [pair.x1 / pair.n1, pair.x2 / pair.n2];
  const lower = (c: number) => p2 - c * p1 - unseenClustersMargin(rising(pair, c, 1), alpha);
  const upper = (c: number) => c * p1 - p2 - unseenClustersMargin(rising(swapped(pair), 1, c), corrected);
  const unseen = {
    lower: lower(0) <= 0 ? 0 : bisect(lower, 0, 1),
    upper: upper(1) <= 0 ? 1 : bisect(upper, 0, 1),
  };
  return widened(own, unseen, pairRatioBounds(asWholeClusters(pair), alpha, corrected)!);
}
