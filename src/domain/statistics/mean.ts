import type { Interval } from './interval.js';
import { tailOf } from './interval.js';
import { studentCdf, studentQuantile } from './student.js';

/** A mean of per-row losses. JSON-serialisable. */
export interface MeanStatistic {
  n: number;
  mean: number;
  /** Sample variance (divisor n - 1); 0 for one row. */
  variance: number;
}

/** Student's two-sided interval of a mean; null below two rows. */
export function meanInterval(mean: number, variance: number, n: number, confidence: number): Interval | null {
  if (n < 2) return null;
  const half = -studentQuantile(tailOf(confidence), n - 1) * Math.sqrt(variance / n);
  return { low: mean - half, high: mean + half };
}

/**
 * One-sided 1 - alpha bounds of the mean of a loss that lies in [0, max], by Student. Rows that are all equal say nothing about the
 * spread; then P(another value) <= 1 - alpha^(1/n) bounds the mean exactly.
 */
export function meanBound(stat: MeanStatistic, max: number, alpha: number): { lower: number; upper: number } {
  const { n, mean, variance } = stat;
  if (n < 1) return { lower: 0, upper: max };
  if (variance <= 0 || n < 2) {
    const other = 1 - alpha ** (1 / n);
    return { lower: mean - other * mean, upper: mean + other * (max - mean) };
  }
  const half = -studentQuantile(alpha, n - 1) * Math.sqrt(variance / n);
  return { lower: Math.max(0, mean - half), upper: Math.min(max, mean + half) };
}

/** The p-value against "the mean is at most `threshold`"; it is at most alpha exactly when the lower bound reaches the threshold. */
export function meanPValueAbove(stat: MeanStatistic, threshold: number): number {
  const { n, mean, variance } = stat;
  if (n < 1) return 1;
  if (variance <= 0 || n < 2) return mean > threshold ? Math.max(0, threshold / mean) ** n : 1;
  return studentCdf((threshold - mean) / Math.sqrt(variance / n), n - 1);
}

/** The p-value against "the mean is at least `threshold`" of a loss in [0, max]. */
export function meanPValueBelow(stat: MeanStatistic, max: number, threshold: number): number {
  return meanPValueAbove({ ...stat, mean: max - stat.mean }, max - threshold);
}
