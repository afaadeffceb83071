import type { SortedScores } from './auc.js';

/** All that is known about one average precision. JSON-serialisable. */
export interface AveragePrecisionStatistic {
  /** Sum over thresholds of (R_n - R_{n-1}) P_n, in (0, 1]; the share of positives is chance. */
  value: number;
  positives: number;
  negatives: number;
}

/**
 * Average precision from sorted scores, without interpolation: each distinct score is one threshold, from the highest down, so that
 * ties count together. Terms are summed with compensation in the order of the scores: any order of the rows gives the same
 * bits. Null when a class is missing. As scikit-learn's `average_precision_score`.
 */
export function averagePrecisionOfSorted({
  positives,
  negatives,
}: SortedScores): AveragePrecisionStatistic | null {
  const [m, n] = [positives.length, negatives.length];
  if (m === 0 || n === 0) return null;
  let p = m - 1;
  let q = n - 1;
  let sum = 0;
  let lost = 0;
  // Negatives alone move no recall: only the scores of positives are thresholds that count.
  while (p >= 0) {
    const score = positives[p]!;
    const before = p;
    while (p >= 0 && positives[p] === score) p--;
    while (q >= 0 && negatives[q]! >= score) q--;
    const found = m - 1 - p;
    const term = ((before - p) * found) / (found + (n - 1 - q)) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return { value: Math.min(1, sum / m), positives: m, negatives: n };
}
