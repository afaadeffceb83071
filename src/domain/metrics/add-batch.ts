import { fixedPoint } from '../statistics/index.js';
import { BRIER, isBinary, LOG_LOSS, type Reduction, type ReductionShape } from './reduction.js';

/** Columns of some rows, all of one length n. */
export interface Batch {
  /** Class index per row, shape (n); of a regression the number. */
  labels: ArrayLike<number>;
  /** Predicted class index per row, shape (n); of a regression the number. */
  predictions: ArrayLike<number>;
  /** Score of the positive class per row, in [0, 1], shape (n); binary only. */
  scores?: Float64Array;
  /** Score of each class per row, one array of shape (n) per class, each row summing to 1; more than two classes only. */
  classScores?: readonly Float64Array[];
  /** Index into `cells` per row, shape (n); needed where there are cells. */
  cellOf?: ArrayLike<number>;
}

/** Probabilities are clipped to [1e-15, 1 - 1e-15] before their logarithm is taken. */
export const LOG_LOSS_EPSILON = 1e-15;
/** The largest log loss that a row can have: of a negative, whose 1 - (1 - 1e-15) rounds to less than 1e-15. */
export const LOG_LOSS_MAX = -Math.log(1 - (1 - LOG_LOSS_EPSILON));

/** Adds the rows of a batch to a state, in place. Throws RangeError where the columns do not fit each other; the state is then spoilt. */
export function addBatch(state: Reduction, batch: Batch): void {
  checkBatch(state.shape, batch);
  if (state.errors) {
    state.errors.addAll(batch.labels, batch.predictions);
    state.n += batch.labels.length;
    return;
  }
  countRows(state, batch);
  if (batch.scores) addScores(state, batch, batch.scores);
  else if (batch.classScores) addClassScores(state, batch.labels, batch.classScores);
}

function checkBatch({ classes, positive, cells, regression }: ReductionShape, batch: Batch): void {
  const n = batch.labels.length;
  const columns = [batch.predictions, batch.scores, batch.cellOf, ...(batch.classScores ?? [])];
  if (columns.some((column) => column && column.length !== n))
    throw new RangeError(`every column needs ${n} rows`);
  if (regression && (batch.scores ?? batch.classScores))
    throw new RangeError('predicted numbers have no scores');
  if (batch.scores && (classes.length !== 2 || positive === null)) {
    throw new RangeError('scores of the positive class need two classes, one of them positive');
  }
  if (batch.classScores && batch.classScores.length !== classes.length) {
    throw new RangeError(`expected scores of ${classes.length} classes, found ${batch.classScores.length}`);
  }
  if (cells.length > 0 && !batch.cellOf) throw new RangeError('the rows need their cells');
}

function countRows(state: Reduction, { labels, predictions, cellOf }: Batch): void {
  const classes = state.shape.classes.length;
  const cellCount = isBinary(state.shape) ? state.shape.cells.length : 0;
  const { confusion, cells } = state;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const prediction = predictions[i]!;
    if (!(label < classes && prediction < classes))
      throw new RangeError(`row ${i} names a class beyond ${classes}`);
    confusion[label * classes + prediction]! += 1;
    if (cellCount === 0) continue;
    const cell = cellOf![i]!;
    if (!(cell < cellCount)) throw new RangeError(`row ${i} names an unknown cell`);
    // tp, fp, fn, tn
    cells[cell * 4 + (prediction === 1 ? (label === 1 ? 0 : 1) : label === 1 ? 2 : 3)]! += 1;
  }
  state.n += labels.length;
}

function clipped(p: number): number {
  return Math.min(1 - LOG_LOSS_EPSILON, Math.max(LOG_LOSS_EPSILON, p));
}

/** Rows at once: their columns stay in the processor's cache. */
const BLOCK = 4096;

function addScores(state: Reduction, { labels, cellOf }: Batch, scores: Float64Array): void {
  const hits = new Uint8Array(scores.length);
  let positives = 0;
  for (let i = 0; i < scores.length; i++) {
    if (labels[i] !== 1) continue;
    hits[i] = 1;
    positives++;
  }
  const ofPositives = new Float64Array(positives);
  const ofNegatives = new Float64Array(scores.length - positives);
  let p = 0;
  let n = 0;
  for (let i = 0; i < scores.length; i++) {
    // -0 is 0: equal scores have equal bits.
    const score = scores[i]! + 0;
    if (!(score >= 0 && score <= 1)) throw new RangeError(`score ${i} lies outside [0, 1]: ${score}`);
    if (hits[i] === 1) ofPositives[p++] = score;
    else ofNegatives[n++] = score;
  }
  for (let from = 0; from < scores.length; from += BLOCK)
    addBlock(state, hits.subarray(from, from + BLOCK), scores.subarray(from, from + BLOCK), cellOf, from);
  state.positiveScores.push(ofPositives);
  state.negativeScores.push(ofNegatives);
  state.scored += scores.length;
}

/** Losses and calibration of the rows from `from` on. */
function addBlock(
  { losses, ece, calibration, shape: { bins } }: Reduction,
  labels: Uint8Array,
  scores: Float64Array,
  cellOf: ArrayLike<number> | undefined,
  from: number,
): void {
  const terms = new Float64Array(scores.length);
  for (let i = 0; i < terms.length; i++) {
    const p = clipped(scores[i]!);
    terms[i] = -Math.log(labels[i] === 1 ? p : 1 - p);
  }
  losses.addAll(LOG_LOSS, terms);
  for (let i = 0; i < terms.length; i++) {
    const r = scores[i]! - labels[i]!;
    terms[i] = r * r;
  }
  losses.addAll(BRIER, terms);
  const slots = ece.addAll(scores, labels, terms);
  if (calibration.slots === 0 || !cellOf) return;
  for (let i = 0; i < terms.length; i++) {
    const slot = slots[i]!;
    // Confidence less outcome: of a hit it is the distance, negative.
    const r = fixedPoint(terms[i]!) * (1 - 2 * (slot & 1));
    calibration.add(cellOf[from + i]! * bins + (slot >> 1), r);
  }
}

/** The losses of each row that has scores, as `addBatch` sums them; null without scores. */
export function rowLosses({
  labels,
  scores,
  classScores,
}: Batch): { logLoss: Float64Array; brier: Float64Array } | null {
  if (!scores && !classScores) return null;
  const [logLoss, brier] = [new Float64Array(labels.length), new Float64Array(labels.length)];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (scores) {
      const p = clipped(scores[i]!);
      logLoss[i] = -Math.log(label === 1 ? p : 1 - p);
      brier[i] = (scores[i]! - (label === 1 ? 1 : 0)) ** 2;
      continue;
    }
    logLoss[i] = -Math.log(clipped(classScores![label]![i]!));
    classScores!.forEach((column, k) => (brier[i]! += (column[i]! - (k === label ? 1 : 0)) ** 2));
  }
  return { logLoss, brier };
}

/** Top-label calibration: the confidence is the highest score, the outcome whether that class is the label. */
function addClassScores(state: Reduction, labels: ArrayLike<number>, columns: readonly Float64Array[]): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    let brier = 0;
    let top = 0;
    for (let k = 0; k < columns.length; k++) {
      const score = columns[k]![i]!;
      if (!(score >= 0 && score <= 1)) throw new RangeError(`score ${i} lies outside [0, 1]: ${score}`);
      brier += (score - (k === label ? 1 : 0)) ** 2;
      if (score > columns[top]![i]!) top = k;
    }
    state.losses.add(LOG_LOSS, -Math.log(clipped(columns[label]![i]!)));
    state.losses.add(BRIER, brier);
    state.ece.add(columns[top]![i]!, top === label ? 1 : 0);
  }
  state.scored += labels.length;
}
