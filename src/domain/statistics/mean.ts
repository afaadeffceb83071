import type { Interval } from './interval.js';
import { tailOf } from './interval.js';
import { levelOf, rareEventMargin } from './score-margin.js';
import { studentCdf, studentQuantile } from './student.js';

/** A mean of per-row losses. JSON-serialisable. */
export interface MeanStatistic {
  n: number;
  mean: number;
  /** Sample variance (divisor n - 1); 0 for one row. */
  variance: number;
  /** As how many rows those that were not seen count, where fewer than n: of clusters of unequal size. */
  whole?: number;
}

/** Student's two-sided interval of a mean; null below two rows. */
export function meanInterval(mean: number, variance: number, n: number, confidence: number): Interval | null {
  if (n < 2) return null;
  const half = -studentQuantile(tailOf(confidence), n - 1) * Math.sqrt(variance / n);
  return { low: mean - half, high: mean + half };
}

/**
 * One-sided 1 - alpha bounds of the mean of a loss that lies in [0, max], by Student; above, with the standard error that losses of
 * the same shape have at the bound (in proportion to their mean). Losses are skewed, and a sample with few large ones shows too
 * little of either: plain Student passes 11 to 19 % of violated log losses at n = 30 and alpha .05. And rows that are seldom and
 * cost `max`, a sure score that is wrong, may not be among those seen at all, nor rows that are seldom and cost nothing: each bound is at
 * least that of so many (`rareEventMargin`), or 63 % of log losses so violated pass, and 23 % of those so met fail. Rows that are all equal
 * say nothing about the spread; then P(another value) <= 1 - alpha^(1/n) bounds the mean exactly.
 */
export function meanBound(stat: MeanStatistic, max: number, alpha: number): { lower: number; upper: number } {
  const { n, mean, variance, whole = n } = stat;
  if (n < 1) return { lower: 0, upper: max };
  if (variance <= 0 || n < 2) {
    const other = 1 - alpha ** (1 / whole);
    return { lower: mean - other * mean, upper: mean + other * (max - mean) };
  }
  const half = -studentQuantile(alpha, n - 1) * Math.sqrt(variance / n);
  // The root u of (u - mean) = half u / mean.
  const byShape = half < mean ? mean / (1 - half / mean) : max;
  return {
    lower: Math.max(0, mean - unseenMargin(stat, mean)(alpha)),
    upper: Math.min(max, Math.max(byShape, mean + unseenMargin(stat, max)(alpha))),
  };
}

/** What rows that were not seen leave open, when each may lie `reach` beyond the mean. */
function unseenMargin({ n, variance, whole = n }: MeanStatistic, reach: number): (alpha: number) => number {
  return (alpha) => rareEventMargin(-studentQuantile(alpha, n - 1), alpha, variance / n, reach / whole);
}

/** The p-value against "the mean is at most `threshold`" of a loss in [0, max]; it agrees with the lower bound. */
export function meanPValueAbove(stat: MeanStatistic, threshold: number): number {
  const { n, mean, variance, whole = n } = stat;
  if (n < 1) return 1;
  if (variance <= 0 || n < 2) return mean > threshold ? Math.max(0, threshold / mean) ** whole : 1;
  if (threshold < 0) return 0;
  const byStudent = studentCdf((threshold - mean) / Math.sqrt(variance / n), n - 1);
  return Math.max(byStudent, levelOf(unseenMargin(stat, mean), mean - threshold));
}

/** The p-value against "the mean is at least `threshold`" of a loss in [0, max]; it agrees with the upper bound. */
export function meanPValueBelow(stat: MeanStatistic, max: number, threshold: number): number {
  const { n, mean, variance } = stat;
  if (n < 2 || variance <= 0) return meanPValueAbove({ ...stat, mean: max - mean }, max - threshold);
  if (threshold <= 0) return 1;
  if (threshold >= max) return 0;
  const byShape = studentCdf(
    (mean - threshold) / (Math.sqrt(variance / n) * Math.max(1, threshold / mean)),
    n - 1,
  );
  return Math.max(byShape, levelOf(unseenMargin(stat, max), threshold - mean));
}
