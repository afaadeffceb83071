import { binaryCounts, notBinary, type SplitEvidence } from '../metrics/evidence.js';
import { undefinedMetric, type UndefinedMetric } from '../metrics/metric.js';

/** What a metric could be, at the least and at the most, if some labels were wrong. */
export type NoiseBound = { defined: true; low: number; high: number } | UndefinedMetric;

interface Cells {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

/** Numerator and denominator, both sums of cells. */
const RATIOS: Record<string, (cells: Cells) => [number, number]> = {
  accuracy: ({ tp, fp, fn, tn }) => [tp + tn, tp + fp + fn + tn],
  precision: ({ tp, fp }) => [tp, tp + fp],
  recall: ({ tp, fn }) => [tp, tp + fn],
  f1: ({ tp, fp, fn }) => [2 * tp, 2 * tp + fp + fn],
  specificity: ({ fp, tn }) => [tn, tn + fp],
  negative_predictive_value: ({ fn, tn }) => [tn, tn + fn],
  false_positive_rate: ({ fp, tn }) => [fp, fp + tn],
  false_negative_rate: ({ tp, fn }) => [fn, fn + tp],
};

/** How many labels a share of n rows is, at most. */
export function noisyLabels(n: number, share: number): number {
  // 0.29 of 100 is 29.
  return Math.floor(share * n * (1 + 1e-12));
}

/**
 * The least and the largest value of a metric over every way in which at most floor(share n) labels of these rows could be wrong,
 * 0 <= share < 1: no assumption on which. Accuracy moves by one row for each label. Of two classes the other metrics are ratios of
 * sums of cells, extreme at a corner of the flips that are possible (Charnes and Cooper 1962), which are tried; undefined where so many
 * flips could leave no row to divide by, and for metrics that are no such ratio.
 */
export function labelNoiseBound(evidence: SplitEvidence, metric: string, share: number): NoiseBound {
  const { n, confusion } = evidence;
  if (n === 0) return undefinedMetric('no rows');
  const flips = noisyLabels(n, share);
  if (metric === 'accuracy') {
    const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
    return { defined: true, low: Math.max(0, right - flips) / n, high: Math.min(n, right + flips) / n };
  }
  const ratio = Object.hasOwn(RATIOS, metric) ? RATIOS[metric] : undefined;
  if (!ratio) return undefinedMetric('no bound is known for this metric');
  const counts = binaryCounts(evidence);
  if (counts === null) return undefinedMetric(notBinary(evidence));
  let [low, high] = [Infinity, -Infinity];
  for (const [a, b, c, d] of corners([counts.tp, counts.fp, counts.fn, counts.tn], flips)) {
    const { tp, fp, fn, tn } = counts;
    const [over, under] = ratio({ tp: tp - a + b, fp: fp + a - b, fn: fn - c + d, tn: tn + c - d });
    if (under === 0) return undefinedMetric(`${flips} wrong labels could leave no row to divide by`);
    low = Math.min(low, over / under);
    high = Math.max(high, over / under);
  }
  return { defined: true, low, high };
}

/**
 * The corners of 0 <= x_i <= caps[i], sum x_i <= total, four numbers each: every one at a bound, but for one at most, which takes what
 * is left.
 */
function corners(caps: readonly number[], total: number): [number, number, number, number][] {
  const found: number[][] = [];
  for (let full = 0; full < 16; full++) {
    const corner = caps.map((cap, i) => ((full >> i) & 1 ? cap : 0));
    const left = total - corner.reduce((sum, one) => sum + one, 0);
    if (left < 0) continue;
    found.push(corner);
    caps.forEach((cap, i) => {
      if (((full >> i) & 1) === 0) found.push(corner.map((one, j) => (i === j ? Math.min(cap, left) : one)));
    });
  }
  return found as [number, number, number, number][];
}
