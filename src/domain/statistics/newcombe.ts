import type { Interval } from './interval.js';
import { wilson } from './wilson.js';

/** The hybrid score interval of p1 - p2, for display: Wilson's intervals, squared and added. Newcombe 1998, method 10. */
export function newcombeInterval(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  confidence: number,
): Interval {
  const [p1, p2] = [x1 / n1, x2 / n2];
  const first = wilson(x1, n1, confidence);
  const second = wilson(x2, n2, confidence);
  return {
    low: p1 - p2 - Math.hypot(p1 - first.low, second.high - p2),
    high: p1 - p2 + Math.hypot(first.high - p1, p2 - second.low),
  };
}
