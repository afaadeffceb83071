import {
  normalCdf,
  normalQuantile,
  ratioLower,
  ratioScoreZ,
  ratioUpper,
  requiredNRatio,
} from '../statistics/index.js';
import type { PairDecision } from './difference.js';
import { normalLevel, studentP } from './independent-counts.js';
import type { RatePair } from './pairs.js';

/** Lower over higher rate, in [0, 1]; null where neither group has a success. */
export function pairRatio({ x1, n1, x2, n2 }: RatePair): number | null {
  return x1 === 0 ? null : x2 / n2 / (x1 / n1);
}

/**
 * "The ratio of this pair is at least `limit`", whichever group is the reference: the score test both ways; the worse order decides.
 * Pairs without any success are undefined: neither shown nor against. STATISTICS, section 3.
 */
export function decideRatio({ x1, n1, x2, n2, df }: RatePair, limit: number): PairDecision {
  if (x1 + x2 === 0) return { pPass: 1, pFail: 1 };
  const z = ratioScoreZ(x2, n2, x1, n1, limit);
  const opposite = ratioScoreZ(x1, n1, x2, n2, limit);
  return {
    pPass: studentP(Math.max(normalCdf(-z), normalCdf(-opposite)), df),
    // A smaller ratio than this pair's, or a larger than its inverse, if the true ratio were the limit.
    pFail: Math.min(1, studentP(normalCdf(z), df) + studentP(normalCdf(-opposite), df)),
  };
}

/**
 * One-sided bounds of the smallest ratio over all pairs and both orders: L = min L_ij at 1 - alpha, U = min U_ij at
 * 1 - alpha / (2 pairs rates), at most 1. Null without pairs, or where no group has a success.
 */
export function smallestRatioBounds(
  pairs: readonly RatePair[],
  alpha: number,
): { lower: number; upper: number } | null {
  const known = pairs.filter(({ x1 }) => x1 > 0);
  // Of equal rates either order's bound may be the smaller.
  const ordered = known.flatMap((pair) => (areEqual(pair) ? [pair, swapped(pair)] : [pair]));
  if (known.length === 0) return null;
  const corrected = alpha / (2 * known.length);
  let lower = 1;
  let upper = 1;
  for (const { x1, n1, x2, n2, df } of ordered) {
    const [level, correctedLevel] = [normalLevel(alpha, df), normalLevel(corrected, df)];
    // The lower rate on top: this order's bound is the smaller. One score tells whether the pair moves a bound.
    if (ratioScoreZ(x2, n2, x1, n1, lower) < -normalQuantile(level))
      lower = Math.min(lower, ratioLower(x2, n2, x1, n1, level));
    if (ratioScoreZ(x2, n2, x1, n1, upper) < normalQuantile(correctedLevel)) {
      upper = Math.min(upper, ratioUpper(x2, n2, x1, n1, correctedLevel));
    }
  }
  return { lower, upper };
}

const areEqual = ({ x1, n1, x2, n2 }: RatePair) => x1 * n2 === x2 * n1;
const swapped = ({ x1, n1, x2, n2, ...pair }: RatePair) => ({ ...pair, x1: x2, n1: n2, x2: x1, n2: n1 });

/** Independent trials PER GROUP at which this pair settles against `limit` at its observed rates. */
export function pairRatioRequiredN(
  { x1, n1, x2, n2 }: RatePair,
  limit: number,
  alpha: number,
): number | null {
  return requiredNRatio(x2 / n2, x1 / n1, limit, alpha);
}
