import { ExactIntegerSum, ratioOf } from './exact-sum.js';
import { sortDoubles } from './sort-doubles.js';

/** All that decisions about one ROC AUC need. JSON-serialisable. */
export interface AucStatistic {
  /** P(score of a positive > score of a negative) + P(equal) / 2, in [0, 1]; 1 ranks perfectly. */
  auc: number;
  /** DeLong's standard error; null with fewer than two rows of either class. */
  se: number | null;
  positives: number;
  negatives: number;
}

/** Scores by class, ascending. */
export interface SortedScores {
  positives: Float64Array;
  negatives: Float64Array;
}

/** Splits scores by class (`labels` is 1 for the positive class, otherwise 0) and sorts each. Throws RangeError on NaN. */
export function sortScores(scores: Float64Array, labels: ArrayLike<number>): SortedScores {
  if (scores.length !== labels.length) {
    throw new RangeError(`expected as many labels as scores, found ${labels.length} and ${scores.length}`);
  }
  let count = 0;
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) throw new RangeError(`score ${i} is NaN`);
    if (labels[i] === 1) count++;
  }
  const positives = new Float64Array(count);
  const negatives = new Float64Array(scores.length - count);
  let p = 0;
  let n = 0;
  for (let i = 0; i < scores.length; i++) {
    if (labels[i] === 1) positives[p++] = scores[i]!;
    else negatives[n++] = scores[i]!;
  }
  return { positives: sortDoubles(positives), negatives: sortDoubles(negatives) };
}

/** Sums over one class of the doubled placements (integers), exact. */
interface Placements {
  count: number;
  sum: bigint;
  squares: bigint;
}

/**
 * For each score of one class: twice the number of scores of the other class below it plus the number equal to it. Both ascending; one
 * merge pass over the distinct scores.
 */
function placementsOf({
  positives,
  negatives,
}: SortedScores): [positives: Placements, negatives: Placements] {
  const [m, n] = [positives.length, negatives.length];
  const sums = [0, 1].map(() => ({ sum: new ExactIntegerSum(), squares: new ExactIntegerSum() }));
  const [ofPositives, ofNegatives] = sums as [(typeof sums)[0], (typeof sums)[0]];
  let i = 0;
  let j = 0;
  while (i < m || j < n) {
    const score = j === n || (i < m && positives[i]! < negatives[j]!) ? positives[i]! : negatives[j]!;
    const fromI = i;
    const fromJ = j;
    while (i < m && positives[i] === score) i++;
    while (j < n && negatives[j] === score) j++;
    if (i > fromI) put(ofPositives, fromJ + j, i - fromI);
    if (j > fromJ) put(ofNegatives, fromI + i, j - fromJ);
  }
  return [
    { count: m, sum: ofPositives.sum.total(), squares: ofPositives.squares.total() },
    { count: n, sum: ofNegatives.sum.total(), squares: ofNegatives.squares.total() },
  ];
}

function put(
  { sum, squares }: { sum: ExactIntegerSum; squares: ExactIntegerSum },
  doubled: number,
  times: number,
): void {
  if (times === 1) {
    sum.add(doubled);
    squares.add(doubled * doubled);
    return;
  }
  sum.addTimes(doubled, times);
  squares.addTimes(doubled * doubled, times);
}

/** Sample variance of placements, as fractions of `others`: DeLong's S10 and S01. */
function placementVariance({ count, sum, squares }: Placements, others: number): number {
  const n = BigInt(count);
  const m = BigInt(others);
  return ratioOf(n * squares - sum * sum, n * (n - 1n) * 4n * m * m);
}

/**
 * ROC AUC with DeLong's standard error from sorted scores: Mann-Whitney with midranks, O(n log n), exact integer sums, so any
 * order of the rows gives the same bits. Null when a class is missing. DeLong, DeLong and Clarke-Pearson 1988; Sun and Xu 2014.
 */
export function aucOfSorted({ positives, negatives }: SortedScores): AucStatistic | null {
  const m = positives.length;
  const n = negatives.length;
  if (m === 0 || n === 0) return null;
  const [ofPositives, ofNegatives] = placementsOf({ positives, negatives });
  const auc = ratioOf(ofPositives.sum, 2n * BigInt(m) * BigInt(n));
  if (m < 2 || n < 2) return { auc, se: null, positives: m, negatives: n };
  // Placements of negatives counted from below differ from DeLong's by a sign only: the variance is the same.
  const variance = placementVariance(ofPositives, n) / m + placementVariance(ofNegatives, m) / n;
  return { auc, se: Math.sqrt(variance), positives: m, negatives: n };
}

/** ROC AUC of scores against 0/1 labels; null when a class is missing. Throws RangeError on NaN. */
export function aucStatistic(scores: Float64Array, labels: ArrayLike<number>): AucStatistic | null {
  return aucOfSorted(sortScores(scores, labels));
}
