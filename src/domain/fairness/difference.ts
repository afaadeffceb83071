import {
  miettinenNurminenLower,
  miettinenNurminenUpper,
  miettinenNurminenZ,
  normalCdf,
  normalQuantile,
  requiredNGap,
} from '../statistics/index.js';
import { normalLevel, studentP } from './independent-counts.js';
import type { RatePair } from './pairs.js';

/** The plug-in gap of a pair, in [0, 1]. */
export function pairGap({ x1, n1, x2, n2 }: RatePair): number {
  return x1 / n1 - x2 / n2;
}

/** "The gap of this pair is at most `limit`": whether it is shown, and the p-value against it. */
export interface PairDecision {
  /** P-value of the test that would show the requirement: the pair clears at alpha when it is at most alpha. */
  pPass: number;
  /** P-value against the requirement, for Holm. */
  pFail: number;
}

/**
 * Miettinen-Nurminen score on both sides of the gap. STATISTICS, section 3. PASS needs both: either group may have the larger true
 * rate, and in groups of unequal size the two tests differ.
 */
export function decideDifference({ x1, n1, x2, n2, df }: RatePair, limit: number): PairDecision {
  const z = miettinenNurminenZ(x1, n1, x2, n2, limit);
  const opposite = miettinenNurminenZ(x1, n1, x2, n2, -limit);
  return {
    pPass: studentP(Math.max(normalCdf(z), normalCdf(-opposite)), df),
    pFail: Math.min(1, studentP(normalCdf(-z), df) + studentP(normalCdf(-opposite), df)),
  };
}

/** Upper 1 - alpha bound of one pair's absolute gap. */
export function pairGapUpper({ x1, n1, x2, n2, df }: RatePair, alpha: number): number {
  const level = normalLevel(alpha, df);
  return Math.max(
    miettinenNurminenUpper(x1, n1, x2, n2, level),
    miettinenNurminenUpper(x2, n2, x1, n1, level),
  );
}

/** Lower 1 - alpha bound of one pair's absolute gap, 0 where both signs are possible. */
export function pairGapLower({ x1, n1, x2, n2, df }: RatePair, alpha: number): number {
  return Math.max(0, miettinenNurminenLower(x1, n1, x2, n2, normalLevel(alpha, df)));
}

/**
 * One-sided bounds of the largest gap over all pairs: U = max U_ij at 1 - alpha (an intersection-union test needs no correction),
 * L = max L_ij at 1 - alpha / (2 pairs rates), `pairs` being all pairs of all rates here. Null without pairs.
 */
export function largestGapBounds(
  pairs: readonly RatePair[],
  alpha: number,
): { lower: number; upper: number } | null {
  if (pairs.length === 0) return null;
  const corrected = alpha / (2 * pairs.length);
  let lower = 0;
  let upper = 0;
  for (const pair of pairs) {
    const { x1, n1, x2, n2, df } = pair;
    const [z, zCorrected] = [alpha, corrected].map((level) => -normalQuantile(normalLevel(level, df))) as [
      number,
      number,
    ];
    // One score tells whether the pair moves a bound: only few pairs do.
    if (miettinenNurminenZ(x1, n1, x2, n2, lower) > zCorrected) {
      lower = Math.max(lower, pairGapLower(pair, corrected));
    }
    if (miettinenNurminenZ(x1, n1, x2, n2, upper) > -z || miettinenNurminenZ(x2, n2, x1, n1, upper) > -z)
      upper = Math.max(upper, pairGapUpper(pair, alpha));
  }
  return { lower, upper };
}

/** Independent trials PER GROUP at which this pair settles against `limit` at its observed rates. */
export function pairGapRequiredN({ x1, n1, x2, n2 }: RatePair, limit: number, alpha: number): number | null {
  return requiredNGap(x1 / n1, x2 / n2, limit, alpha);
}
