import { betaQuantile } from './beta.js';
import { checkCounts } from './binomial.js';
import { tailOf, type Interval } from './interval.js';

/** The exact one-sided lower 1 - alpha bound of a proportion, x successes of n; 0 at x = 0. Clopper and Pearson 1934. */
export function clopperPearsonLower(x: number, n: number, alpha: number): number {
  checkCounts(x, n);
  return x === 0 ? 0 : betaQuantile(alpha, x, n - x + 1);
}

/** The exact one-sided upper 1 - alpha bound of a proportion, x successes of n; 1 at x = n. */
export function clopperPearsonUpper(x: number, n: number, alpha: number): number {
  checkCounts(x, n);
  return x === n ? 1 : 1 - betaQuantile(alpha, n - x, x + 1);
}

/** The exact two-sided interval of a proportion: it covers at least `confidence` for every proportion. */
export function clopperPearson(x: number, n: number, confidence: number): Interval {
  const alpha = tailOf(confidence);
  return { low: clopperPearsonLower(x, n, alpha), high: clopperPearsonUpper(x, n, alpha) };
}
