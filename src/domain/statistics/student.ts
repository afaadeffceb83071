import { betaCdf, betaQuantile } from './beta.js';

/** Student's distribution function with `df` > 0 degrees of freedom. */
export function studentCdf(t: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`studentCdf needs df > 0, found ${df}`);
  if (t === Infinity) return 1;
  if (t === -Infinity) return 0;
  const square = t * t;
  // The tail, not its complement, so that small p-values keep their digits.
  const tail = betaCdf(df / (df + square), df / 2, 0.5, square / (df + square)) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The p-quantile of Student's distribution with `df` > 0 degrees of freedom; infinite at p = 0 and 1. */
export function studentQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`studentQuantile needs p in [0, 1], found ${p}`);
  if (!(df > 0)) throw new RangeError(`studentQuantile needs df > 0, found ${df}`);
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  if (p === 0.5) return 0;
  const square = squareOf(Math.min(p, 1 - p), df);
  return Math.sign(p - 0.5) * Math.sqrt(square);
}

/** t^2 with probability `tail` beyond |t| on either side, by whichever of t^2/(df+t^2) and df/(df+t^2) keeps its digits. */
function squareOf(tail: number, df: number): number {
  const y = betaQuantile(1 - 2 * tail, 0.5, df / 2);
  if (y <= 0.5) return (df * y) / (1 - y);
  const x = betaQuantile(2 * tail, df / 2, 0.5);
  return (df * (1 - x)) / x;
}
