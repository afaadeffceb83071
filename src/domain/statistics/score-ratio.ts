import { checkEffectiveCounts } from './binomial.js';
import { tailOf, type Interval } from './interval.js';
import { normalQuantile } from './normal.js';
import { bisect } from './root.js';
import { scoreOf } from './score-difference.js';

/** Which variance: `corrected` has Miettinen and Nurminen's N/(N-1) and decides; `plain` is Koopman's. */
export type RatioVariance = 'corrected' | 'plain';

/**
 * The score statistic of p1 / p2 = c for two independent proportions, c > 0; falls as c grows.
 * 0 when neither group has a success: nothing is known about the ratio. Koopman 1984; Miettinen and Nurminen 1985.
 */
export function ratioScoreZ(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  c: number,
  kind: RatioVariance = 'corrected',
): number {
  checkEffectiveCounts(x1, n1);
  checkEffectiveCounts(x2, n2);
  if (!(c >= 0)) throw new RangeError(`a ratio must not be negative, found ${c}`);
  if (x1 + x2 === 0) return 0;
  const total = n1 + n2;
  const [p1, p2] = restrictedProportions(x1, n1, x2, n2, c);
  const correction = kind === 'corrected' ? total / (total - 1) : 1;
  const variance = ((p1 * (1 - p1)) / n1 + (c * c * p2 * (1 - p2)) / n2) * correction;
  const numerator = x1 / n1 - c * (x2 / n2);
  return scoreOf(Math.abs(numerator) < 1e-15 ? 0 : numerator, variance < 1e-30 ? 0 : variance);
}

/** Maximum-likelihood p1 and p2 under p1 = c p2. */
function restrictedProportions(x1: number, n1: number, x2: number, n2: number, c: number): [number, number] {
  if (c === 0) return [0, x2 / n2];
  const n = n1 + n2;
  const b = n1 * c + x1 + n2 + x2 * c;
  const root = Math.sqrt(Math.max(0, b * b - 4 * n * c * (x1 + x2)));
  // The same root as (b - root) / (2 n c), without its cancellation at small c.
  const p2 = Math.min(1, 1 / c, (2 * (x1 + x2)) / (b + root));
  return [Math.min(1, c * p2), p2];
}

/** Ratios are searched on log c, within e^-40 to e^40: beyond lie 0 and Infinity. */
const REACH = 40;

/** The one-sided lower 1 - alpha bound of p1 / p2; 0 when x1 = 0. */
export function ratioLower(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  alpha: number,
  kind: RatioVariance = 'corrected',
): number {
  if (x1 === 0) return 0;
  const z = -normalQuantile(alpha);
  return Math.exp(
    bisect((l) => ratioScoreZ(x1, n1, x2, n2, Math.exp(l), kind) - z, -REACH, centre(x1, n1, x2, n2)),
  );
}

/** The one-sided upper 1 - alpha bound of p1 / p2; Infinity when x2 = 0. */
export function ratioUpper(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  alpha: number,
  kind: RatioVariance = 'corrected',
): number {
  if (x2 === 0) return Infinity;
  const z = -normalQuantile(alpha);
  return Math.exp(
    bisect((l) => ratioScoreZ(x1, n1, x2, n2, Math.exp(l), kind) + z, centre(x1, n1, x2, n2), REACH),
  );
}

/** Where the statistic is 0 or the search's end: the score falls from there on either side. */
function centre(x1: number, n1: number, x2: number, n2: number): number {
  if (x1 === 0) return -REACH;
  if (x2 === 0) return REACH;
  return Math.log(x1 / n1 / (x2 / n2));
}

/** The two-sided score interval of p1 / p2 as Koopman published it (without N/(N-1)). Koopman 1984. */
export function koopmanInterval(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  confidence: number,
): Interval {
  const alpha = tailOf(confidence);
  return {
    low: ratioLower(x1, n1, x2, n2, alpha, 'plain'),
    high: ratioUpper(x1, n1, x2, n2, alpha, 'plain'),
  };
}
