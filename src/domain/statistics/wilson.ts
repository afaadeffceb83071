import { checkCounts } from './binomial.js';
import { tailOf, type Interval } from './interval.js';
import { normalQuantile } from './normal.js';

/** The score interval of a proportion, x successes of n, for display. Wilson 1927, without continuity correction. */
export function wilson(x: number, n: number, confidence: number): Interval {
  checkCounts(x, n);
  const z = -normalQuantile(tailOf(confidence));
  const p = x / n;
  const scale = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / scale;
  // At the ends the formula gives exactly 0 or 1, but for rounding.
  return { low: x === 0 ? 0 : Math.max(0, centre - half), high: x === n ? 1 : Math.min(1, centre + half) };
}
