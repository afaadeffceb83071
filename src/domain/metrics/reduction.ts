import {
  aucOfSorted,
  averagePrecisionOfSorted,
  EceSums,
  ExactIntegerTable,
  FIXED_POINT_BITS,
  FixedPointTable,
  ratioOf,
  sortDoubles,
  type MeanStatistic,
  type SortedScores,
} from '../statistics/index.js';
import { ErrorSums } from './error-sums.js';
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
  /** Labels and predictions are numbers: no classes, no cells. `quantile`: level of the quantile loss. */
  regression?: { quantile: number };
}

/** Of more cells of protected attributes than these, calibration is not kept. */
export const CALIBRATED_CELLS = 256;

/** Slots of `Reduction.losses`. */
export const LOG_LOSS = 0;
export const BRIER = 1;

/** A state of the reduction: exact counts and sums, and the scores. See `emptyReduction`. As secret as the labels. */
export interface Reduction {
  shape: ReductionShape;
  n: number;
  confusion: Float64Array;
  /** Four counts per cell: tp, fp, fn, tn. */
  cells: Float64Array;
  scored: number;
  positiveScores: Float64Array[];
  negativeScores: Float64Array[];
  losses: FixedPointTable;
  ece: EceSums;
  /** Per cell and bin, confidence less outcome in units of 2^-40; no slots without cells, or with too many. */
  calibration: ExactIntegerTable;
  /** Null where there are classes. */
  errors: ErrorSums | null;
}

/** The neutral element of `mergeReductions`. */
export function emptyReduction(shape: ReductionShape): Reduction {
  const { regression } = shape;
  if (regression ? shape.classes.length + shape.cells.length > 0 : shape.classes.length < 1)
    throw new RangeError(regression ? 'numbers have no classes' : 'expected at least one class');
  const kept = isBinary(shape) && shape.cells.length <= CALIBRATED_CELLS ? shape.cells.length : 0;
  return {
    shape,
    n: 0,
    confusion: new Float64Array(shape.classes.length ** 2),
    cells: new Float64Array(shape.cells.length * 4),
    scored: 0,
    positiveScores: [],
    negativeScores: [],
    losses: FixedPointTable.of(2),
    ece: new EceSums(shape.bins),
    calibration: new ExactIntegerTable(kept * shape.bins),
    errors: regression ? new ErrorSums(regression.quantile) : null,
  };
}

export function isBinary(shape: ReductionShape): boolean {
  return shape.classes.length === 2 && shape.positive !== null;
}

/**
 * Adds `other` into `state`. Associative and commutative to the bit: shards give what one worker would. Throws RangeError for
 * reductions of different shapes.
 */
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
  state.losses.merge(other.losses);
  state.ece.merge(other.ece);
  state.calibration.merge(other.calibration);
  if (state.errors && other.errors) state.errors.merge(other.errors);
}

/** Runs of scores as one, ascending. */
export function sortedScores(runs: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(runs.reduce((sum, run) => sum + run.length, 0));
  let offset = 0;
  for (const run of runs) {
    all.set(run, offset);
    offset += run.length;
  }
  return sortDoubles(all);
}

function meanOf(sums: FixedPointTable, slot: number): MeanStatistic {
  const n = sums.count(slot);
  return { n, mean: sums.total(slot) / n, variance: n < 2 ? 0 : sums.variance(slot) };
}

/** The scores of both classes of all rows added; null where they are not binary or have none. */
export function scoresOfReduction(state: Reduction): SortedScores | null {
  if (!isBinary(state.shape) || state.n === 0 || state.scored !== state.n) return null;
  return { positives: sortedScores(state.positiveScores), negatives: sortedScores(state.negativeScores) };
}

/**
 * The evidence of all rows added. Throws RangeError where some rows had scores and others none. `sorted`: what `scoresOfReduction` says,
 * where the caller has it already.
 */
export function finishReduction(state: Reduction, sorted = scoresOfReduction(state)): SplitEvidence {
  const { shape, n } = state;
  if (state.scored !== 0 && state.scored !== n)
    throw new RangeError(`${state.scored} of ${n} rows have scores`);
  const size = shape.classes.length;
  const scored = n > 0 && state.scored === n;
  return {
    n,
    classes: [...shape.classes],
    positive: isBinary(shape) ? shape.positive : null,
    confusion: shape.classes.map((_, label) =>
      Array.from(state.confusion.slice(label * size, (label + 1) * size)),
    ),
    auc: sorted && aucOfSorted(sorted),
    averagePrecision: sorted && averagePrecisionOfSorted(sorted),
    losses: scored ? { logLoss: meanOf(state.losses, LOG_LOSS), brier: meanOf(state.losses, BRIER) } : null,
    ece: scored ? state.ece.finish() : null,
    groups: isBinary(shape) ? cellsOf(state, scored) : [],
    ...(state.errors ? { regression: state.errors.finish() } : {}),
    seed: shape.seed,
  };
}

const ONE = 1n << BigInt(FIXED_POINT_BITS);

function cellsOf({ shape, cells, calibration }: Reduction, scored: boolean): GroupCell[] {
  const { bins } = shape;
  const totals = calibration.totals();
  return shape.cells.map(({ attributes }, cell) => {
    const [tp, fp, fn, tn] = cells.slice(cell * 4, cell * 4 + 4);
    const counts = { attributes, tp: tp!, fp: fp!, fn: fn!, tn: tn! };
    if (!scored || totals.length === 0) return counts;
    const sums = totals.slice(cell * bins, (cell + 1) * bins);
    return { ...counts, calibration: sums.map((sum) => ratioOf(sum, ONE)) };
  });
}
