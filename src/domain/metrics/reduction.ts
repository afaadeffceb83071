import {
  aucOfSorted,
  averagePrecisionOfSorted,
  EceSums,
  FixedPointSums,
  type MeanStatistic,
} from '../statistics/index.js';
import type { GroupCell, SplitEvidence } from './evidence.js';

/** What every batch of one reduction shares. */
export interface ReductionShape {
  /** Label classes in canonical order; binary: [negative, positive]. */
  classes: readonly string[];
  positive: string | null;
  /** The cells of the full cross of protected attributes; empty without any. */
  cells: readonly { attributes: Record<string, string> }[];
  /** Bins of the reliability table. */
  bins: number;
  seed: number;
}

/** Columns of some rows, all of one length n. */
export interface Batch {
  /** Class index per row, shape (n). */
  labels: ArrayLike<number>;
  /** Predicted class index per row, shape (n). */
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
/** The largest log loss that a row can have. */
export const LOG_LOSS_MAX = -Math.log(LOG_LOSS_EPSILON);

/** A state of the reduction: exact counts and sums, and the scores. See `emptyReduction`. */
export interface Reduction {
  shape: ReductionShape;
  n: number;
  confusion: Float64Array;
  /** Four counts per cell: tp, fp, fn, tn. */
  cells: Float64Array;
  scored: number;
  positiveScores: Float64Array[];
  negativeScores: Float64Array[];
  logLoss: FixedPointSums;
  brier: FixedPointSums;
  ece: EceSums;
}

/** The neutral element of `mergeReductions`. */
export function emptyReduction(shape: ReductionShape): Reduction {
  if (shape.classes.length < 1) throw new RangeError('expected at least one class');
  return {
    shape,
    n: 0,
    confusion: new Float64Array(shape.classes.length ** 2),
    cells: new Float64Array(shape.cells.length * 4),
    scored: 0,
    positiveScores: [],
    negativeScores: [],
    logLoss: new FixedPointSums(),
    brier: new FixedPointSums(),
    ece: new EceSums(shape.bins),
  };
}

function isBinary(shape: ReductionShape): boolean {
  return shape.classes.length === 2 && shape.positive !== null;
}

/** Adds the rows of a batch to a state, in place. Throws RangeError where the columns do not fit each other. */
export function addBatch(state: Reduction, batch: Batch): void {
  checkBatch(state.shape, batch);
  countRows(state, batch);
  if (batch.scores) addScores(state, batch.labels, batch.scores);
  else if (batch.classScores) addClassScores(state, batch.labels, batch.classScores);
}

function checkBatch({ classes, positive, cells }: ReductionShape, batch: Batch): void {
  const n = batch.labels.length;
  const columns = [batch.predictions, batch.scores, batch.cellOf, ...(batch.classScores ?? [])];
  if (columns.some((column) => column && column.length !== n))
    throw new RangeError(`every column needs ${n} rows`);
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
  const withCells = state.shape.cells.length > 0 && isBinary(state.shape);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const prediction = predictions[i]!;
    if (!(label < classes && prediction < classes))
      throw new RangeError(`row ${i} names a class beyond ${classes}`);
    state.confusion[label * classes + prediction]!++;
    if (!withCells) continue;
    const cell = cellOf![i]!;
    if (!(cell < state.shape.cells.length)) throw new RangeError(`row ${i} names an unknown cell`);
    // tp, fp, fn, tn
    state.cells[cell * 4 + (prediction === 1 ? (label === 1 ? 0 : 1) : label === 1 ? 2 : 3)]!++;
  }
  state.n += labels.length;
}

function clipped(p: number): number {
  return Math.min(1 - LOG_LOSS_EPSILON, Math.max(LOG_LOSS_EPSILON, p));
}

function addScores(state: Reduction, labels: ArrayLike<number>, scores: Float64Array): void {
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += labels[i] === 1 ? 1 : 0;
  const ofPositives = new Float64Array(positives);
  const ofNegatives = new Float64Array(scores.length - positives);
  let p = 0;
  let n = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (!(score >= 0 && score <= 1)) throw new RangeError(`score ${i} lies outside [0, 1]: ${score}`);
    const label = labels[i] === 1 ? 1 : 0;
    if (label === 1) ofPositives[p++] = score;
    else ofNegatives[n++] = score;
    state.logLoss.add(-Math.log(label === 1 ? clipped(score) : 1 - clipped(score)));
    state.brier.add((score - label) ** 2);
    state.ece.add(score, label);
  }
  state.positiveScores.push(ofPositives);
  state.negativeScores.push(ofNegatives);
  state.scored += scores.length;
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
    state.logLoss.add(-Math.log(clipped(columns[label]![i]!)));
    state.brier.add(brier);
    state.ece.add(columns[top]![i]!, top === label ? 1 : 0);
  }
  state.scored += labels.length;
}

/** Adds `other` into `state`. Associative and commutative to the bit: shards give what one worker would. */
export function mergeReductions(state: Reduction, other: Reduction): void {
  if (JSON.stringify(state.shape) !== JSON.stringify(other.shape)) {
    throw new RangeError('reductions of different shapes cannot be merged');
  }
  state.n += other.n;
  state.scored += other.scored;
  for (let i = 0; i < state.confusion.length; i++) state.confusion[i]! += other.confusion[i]!;
  for (let i = 0; i < state.cells.length; i++) state.cells[i]! += other.cells[i]!;
  state.positiveScores.push(...other.positiveScores);
  state.negativeScores.push(...other.negativeScores);
  state.logLoss.merge(other.logLoss);
  state.brier.merge(other.brier);
  state.ece.merge(other.ece);
}

function joined(runs: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(runs.reduce((sum, run) => sum + run.length, 0));
  let offset = 0;
  for (const run of runs) {
    all.set(run, offset);
    offset += run.length;
  }
  return all.sort();
}

function meanOf(sums: FixedPointSums): MeanStatistic {
  return { n: sums.count, mean: sums.total() / sums.count, variance: sums.count < 2 ? 0 : sums.variance() };
}

/** The evidence of all rows added. Throws RangeError where some rows had scores and others none. */
export function finishReduction(state: Reduction): SplitEvidence {
  const { shape, n } = state;
  if (state.scored !== 0 && state.scored !== n)
    throw new RangeError(`${state.scored} of ${n} rows have scores`);
  const size = shape.classes.length;
  const scored = n > 0 && state.scored === n;
  const sorted =
    scored && isBinary(shape)
      ? { positives: joined(state.positiveScores), negatives: joined(state.negativeScores) }
      : null;
  return {
    n,
    classes: [...shape.classes],
    positive: isBinary(shape) ? shape.positive : null,
    confusion: shape.classes.map((_, label) =>
      Array.from(state.confusion.slice(label * size, (label + 1) * size)),
    ),
    auc: sorted && aucOfSorted(sorted),
    averagePrecision: sorted && averagePrecisionOfSorted(sorted),
    losses: scored ? { logLoss: meanOf(state.logLoss), brier: meanOf(state.brier) } : null,
    ece: scored ? state.ece.finish() : null,
    groups: isBinary(shape) ? cellsOf(state) : [],
    seed: shape.seed,
  };
}

function cellsOf(state: Reduction): GroupCell[] {
  return state.shape.cells.map(({ attributes }, cell) => {
    const [tp, fp, fn, tn] = state.cells.slice(cell * 4, cell * 4 + 4);
    return { attributes, tp: tp!, fp: fp!, fn: fn!, tn: tn! };
  });
}
