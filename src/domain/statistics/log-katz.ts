import { checkCounts } from './binomial.js';
import { tailOf, type Interval } from './interval.js';
import { normalQuantile } from './normal.js';

/**
 * The log interval of p1 / p2 for two independent proportions x1/n1 and x2/n2: for display, as others print it; `koopmanInterval`
 * and the score tests are better and decide. Null where a group has no success: the logarithm has no error then. Katz et al. 1978.
 */
export function logKatzInterval(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  confidence: number,
): Interval | null {
  checkCounts(x1, n1);
  checkCounts(x2, n2);
  const z = -normalQuantile(tailOf(confidence));
  if (x1 === 0 || x2 === 0) return null;
  const ratio = x1 / n1 / (x2 / n2);
  const half = z * Math.sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2);
  return { low: ratio * Math.exp(-half), high: ratio * Math.exp(half) };
}
