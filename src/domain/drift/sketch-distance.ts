import { smirnovP, type SmirnovP } from '../statistics/index.js';
import type { QuantileSketch } from './quantile-sketch.js';

export interface SketchDistance extends SmirnovP {
  /** The largest distance between the estimated distribution functions, in [0, 1]. */
  d: number;
  /** e1 + e2: the true distance lies within d -+ this, always. */
  error: number;
}

/**
 * Kolmogorov-Smirnov between two sketches, of any capacities and rows: d -+ (e1 + e2), the p-value at the lower end, so that it is
 * never smaller than that of the rows themselves. Both hold rows.
 */
export function sketchDistance(x: QuantileSketch, y: QuantileSketch): SketchDistance {
  const steps = [
    ...x.weighted().map(({ value, weight }) => ({ value, step: weight / x.n })),
    ...y.weighted().map(({ value, weight }) => ({ value, step: -weight / y.n })),
  ].sort((a, b) => a.value - b.value);
  let gap = 0;
  let d = 0;
  steps.forEach(({ value, step }, i) => {
    gap += step;
    if (steps[i + 1]?.value !== value) d = Math.max(d, Math.abs(gap));
  });
  d = Math.min(1, d);
  const error = x.rankError + y.rankError;
  return { d, error, ...smirnovP(Math.max(0, d - error), x.n, y.n) };
}
