import { betaCdf } from './beta.js';

/** Throws RangeError unless 0 <= x <= n are integers and n >= 1. */
export function checkCounts(x: number, n: number): void {
  if (!(Number.isInteger(x) && Number.isInteger(n) && n >= 1 && x >= 0 && x <= n)) {
    throw new RangeError(`expected integers 0 <= x <= n and n >= 1, found x = ${x}, n = ${n}`);
  }
}

/** Throws RangeError unless 0 <= x <= n and n >= 1: counts, or effective ones (over a design effect), which are real numbers. */
export function checkEffectiveCounts(x: number, n: number): void {
  if (!(x >= 0 && x <= n && n >= 1 && n < Infinity)) {
    throw new RangeError(`expected 0 <= x <= n and n >= 1, found x = ${x}, n = ${n}`);
  }
}

/** P(X >= x) for X ~ Binomial(n, p). */
export function binomialUpperTail(x: number, n: number, p: number): number {
  if (x <= 0) return 1;
  if (x > n) return 0;
  return betaCdf(p, x, n - x + 1);
}

/** P(X <= x) for X ~ Binomial(n, p). */
export function binomialLowerTail(x: number, n: number, p: number): number {
  if (x >= n) return 1;
  if (x < 0) return 0;
  return betaCdf(1 - p, n - x, x + 1, p);
}

/** The exact p-value against "the proportion is at most p0": small when x successes of n are too many. */
export function binomialTestGreater(x: number, n: number, p0: number): number {
  checkCounts(x, n);
  return binomialUpperTail(x, n, p0);
}

/** The exact p-value against "the proportion is at least p0": small when x successes of n are too few. */
export function binomialTestLess(x: number, n: number, p0: number): number {
  checkCounts(x, n);
  return binomialLowerTail(x, n, p0);
}
