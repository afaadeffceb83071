/** How many labels are wrong, by a model's out-of-sample probabilities. */
export interface LabelErrors {
  /** thresholds[k]: the mean probability of k over the items labelled k; NaN for a class that no item has. */
  thresholds: number[];
  /** joint[given][true]: items counted where the model is confident, each class in use at least once right. */
  confidentJoint: number[][];
  /** The same scaled to the number of items of each label: not rounded, and rounded so that rows keep their sums. */
  calibrated: number[][];
  calibratedCounts: number[][];
  /** Estimated wrong labels: off the diagonal of `calibratedCounts`, of `calibrated`, of `confidentJoint`. */
  estimated: number;
  unrounded: number;
  uncalibrated: number;
  /** Items whose confident class is another than their label, in their order. */
  suspects: { item: number; given: number; suggested: number }[];
}

/** Slack below a threshold, so that rounding does not part equal probabilities. As cleanlab. */
const SLACK = 1e-6;

/**
 * Confident learning: an item belongs to the most probable of the classes whose threshold it reaches. `probabilities[i]` is over the
 * classes, from a model that did not see item i. Northcutt, Jiang and Chuang 2021, with the rounding of cleanlab.
 */
export function confidentLearning(
  labels: ArrayLike<number>,
  probabilities: readonly ArrayLike<number>[],
  classes: number,
): LabelErrors {
  if (labels.length !== probabilities.length)
    throw new RangeError(
      `${labels.length} labels do not match ${probabilities.length} rows of probabilities`,
    );
  const perClass = new Array<number>(classes).fill(0);
  const sums = new Array<number>(classes).fill(0);
  probabilities.forEach((row, i) => {
    const given = labels[i]!;
    if (!(Number.isInteger(given) && given >= 0 && given < classes && row.length === classes))
      throw new RangeError(
        `item ${i} has label ${given} and ${row.length} probabilities of ${classes} classes`,
      );
    perClass[given]!++;
    sums[given]! += row[given]!;
  });
  const thresholds = sums.map((sum, k) => sum / perClass[k]!);
  const confidentJoint = thresholds.map(() => new Array<number>(classes).fill(0));
  const suspects: LabelErrors['suspects'] = [];
  probabilities.forEach((row, item) => {
    const given = labels[item]!;
    const suggested = confidentClass(row, thresholds);
    if (suggested === null) return;
    confidentJoint[given]![suggested]!++;
    if (suggested !== given) suspects.push({ item, given, suggested });
  });
  perClass.forEach((count, k) => {
    if (count > 0) confidentJoint[k]![k] = Math.max(1, confidentJoint[k]![k]!);
  });
  const calibrated = confidentJoint.map((row, k) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count) => (sum === 0 ? 0 : (count / sum) * perClass[k]!));
  });
  const calibratedCounts = calibrated.map((row, k) => roundedTo(row, perClass[k]!));
  return {
    thresholds,
    confidentJoint,
    calibrated,
    calibratedCounts,
    estimated: offDiagonal(calibratedCounts),
    unrounded: offDiagonal(calibrated),
    uncalibrated: offDiagonal(confidentJoint),
    suspects,
  };
}

function confidentClass(row: ArrayLike<number>, thresholds: readonly number[]): number | null {
  let best: number | null = null;
  thresholds.forEach((threshold, k) => {
    if (row[k]! >= threshold - SLACK && (best === null || row[k]! > row[best]!)) best = k;
  });
  return best;
}

/** Whole numbers that sum to `total`, the largest remainders rounded up, ties to the first. */
function roundedTo(row: readonly number[], total: number): number[] {
  const counts = row.map((value) => Math.floor(value + 1e-12));
  const order = row.map((_, k) => k).sort((a, b) => row[b]! - counts[b]! - (row[a]! - counts[a]!) || a - b);
  let missing = total - counts.reduce((sum, count) => sum + count, 0);
  for (const k of order) if (missing-- > 0) counts[k]!++;
  return counts;
}

function offDiagonal(table: readonly (readonly number[])[]): number {
  return table.reduce(
    (sum, row, i) => sum + row.reduce((part, value, j) => part + (i === j ? 0 : value), 0),
    0,
  );
}
