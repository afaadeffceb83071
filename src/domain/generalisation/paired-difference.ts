import type { Metric } from '../metrics/metric.js';
import { undefinedMetric } from '../metrics/metric.js';
import { FixedPointSums, meanBound, meanInterval } from '../statistics/index.js';

/** One arm's scores, row by row. `rows` identifies the rows and their order: arms pair only where it is the same. */
export interface RowScores {
  rows: string;
  scores: ArrayLike<number>;
}

/** Rows are summed exactly in fixed point of 2^-40; beyond this the squares would not be. */
const LARGEST_SCORE = 256;

/** Throws RangeError where two arms were not measured on the same rows. */
export function checkSameRows(first: RowScores, second: RowScores): void {
  if (first.rows !== second.rows || first.scores.length !== second.scores.length)
    throw new RangeError(
      `arms pair on the same rows only: found ${first.scores.length} of ${first.rows} and ${second.scores.length} of ${second.rows}`,
    );
}

/**
 * The mean of per-row differences, with Student's interval at `confidence`; the same whatever the order of rows. `range` is the
 * largest difference that one row can show: where all rows differ equally, it bounds what may not have been seen.
 * Undefined without rows or with a score that is no number; throws RangeError for scores beyond +-256.
 */
export function meanDifference(
  differences: ArrayLike<number>,
  range: number,
  confidence: number,
  formulaId: string,
): Metric {
  const n = differences.length;
  if (n === 0) return undefinedMetric('no rows');
  const sums = new FixedPointSums();
  for (let i = 0; i < n; i++) {
    const difference = differences[i]!;
    if (!Number.isFinite(difference)) return undefinedMetric(`row ${i} has no score on both sides`);
    if (Math.abs(difference) > Math.min(range, LARGEST_SCORE) + 1e-9)
      throw new RangeError(
        `row ${i} differs by ${difference}, expected at most ${Math.min(range, LARGEST_SCORE)}`,
      );
    sums.add(difference);
  }
  const mean = sums.total() / n;
  const variance = n > 1 ? sums.variance() : 0;
  const interval = meanInterval(mean, variance, n, confidence);
  if (interval !== null && variance > 0)
    return {
      defined: true,
      value: mean,
      ci: [Math.max(-range, interval.low), Math.min(range, interval.high)],
      n,
      formulaId,
    };
  const { lower, upper } = meanBound({ n, mean: mean + range, variance: 0 }, 2 * range, (1 - confidence) / 2);
  return { defined: true, value: mean, ci: [lower - range, upper - range], n, formulaId };
}
