import {
  doubleOf,
  ExactDoubleTable,
  ratioOf,
  residue,
  unitsOf,
  type MeanStatistic,
} from '../statistics/index.js';

/** The default level of the quantile loss: the median. */
export const DEFAULT_QUANTILE = 0.5;

/** Numbers beyond this have fourth powers that no sum of doubles holds. */
export const LARGEST_NUMBER = 2 ** 220;
/** Numbers below this have fourth powers that doubles do not hold: they count as 0. */
export const SMALLEST_NUMBER = 2 ** -200;

/** What a split of numbers says of their predictions. JSON-serialisable; in the label's unit, or its square. */
export interface RegressionEvidence {
  /** Level of the quantile loss, in (0, 1). */
  quantile: number;
  /** Rows whose label or prediction lies beyond `LARGEST_NUMBER`. */
  tooLarge: number;
  /** Null without rows, or where one is too large. */
  errors: ErrorStatistics | null;
}

export interface ErrorStatistics {
  /** Prediction less label. */
  signed: MeanStatistic;
  absolute: MeanStatistic;
  squared: MeanStatistic;
  /** The quantile loss. */
  quantile: MeanStatistic;
  /** Of the labels. */
  label: MeanStatistic;
  /**
   * The sum of squared errors over that of squared deviations of the labels from their mean, 1 - R2, with its relative standard error by
   * the delta method; null where all labels are equal.
   */
  unexplained: { share: number; relativeSe: number } | null;
}

/** Sums of one value of each row; of products without rounding, as differences of large sums are taken. */
const [ERROR, ERROR2, ABSOLUTE, SQUARE, SQUARE2, LOSS, LOSS2, Y, Y2, Y3, Y4, SQUARE_Y, SQUARE_Y2] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
];
const SLOTS = 13;

/** The sums as texts, and the counts beside them. */
export interface ErrorParts {
  n: number;
  tooLarge: number;
  sums: string[];
}

/**
 * Sufficient statistics of numbers and their predictions: every sum without rounding, so that shards in any order give the same bits,
 * and R2 does not depend on where the labels' zero lies.
 */
export class ErrorSums {
  n = 0;
  private tooLarge = 0;
  private sums = new ExactDoubleTable(SLOTS);

  /** `quantile`: level of the quantile loss, in (0, 1). */
  constructor(readonly quantile: number) {}

  /** Throws RangeError for what `parts` cannot have written. */
  static from(quantile: number, { n, tooLarge, sums }: ErrorParts): ErrorSums {
    const state = new ErrorSums(quantile);
    if (!isCount(n) || !isCount(tooLarge) || tooLarge > n || sums.length !== SLOTS)
      throw new RangeError('the sums of errors are not those of so many rows');
    state.sums = ExactDoubleTable.from(sums);
    state.n = n;
    state.tooLarge = tooLarge;
    return state;
  }

  parts(): ErrorParts {
    return { n: this.n, tooLarge: this.tooLarge, sums: this.sums.parts() };
  }

  /** Adds rows. Throws RangeError for a number that is none. */
  addAll(labels: ArrayLike<number>, predictions: ArrayLike<number>): void {
    for (let i = 0; i < labels.length; i++) this.add(labels[i]!, predictions[i]!);
  }

  merge(other: ErrorSums): void {
    this.n += other.n;
    this.tooLarge += other.tooLarge;
    this.sums.merge(other.sums);
  }

  finish(): RegressionEvidence {
    const { quantile, tooLarge } = this;
    return { quantile, tooLarge, errors: this.n === 0 || tooLarge > 0 ? null : this.statistics() };
  }

  private add(label: number, prediction: number): void {
    if (!(Number.isFinite(label) && Number.isFinite(prediction)))
      throw new RangeError(`row ${this.n} has a label or a prediction that is no number`);
    this.n += 1;
    if (Math.abs(label) > LARGEST_NUMBER || Math.abs(prediction) > LARGEST_NUMBER) {
      this.tooLarge += 1;
      return;
    }
    const { sums, quantile } = this;
    const error = held(prediction - label);
    const square = error * error;
    const loss = error < 0 ? -quantile * error : (1 - quantile) * error;
    sums.add(ERROR, error);
    sums.addProduct(ERROR2, error, error);
    sums.add(ABSOLUTE, Math.abs(error));
    sums.add(SQUARE, square);
    sums.addProduct(SQUARE2, square, square);
    sums.add(LOSS, loss);
    sums.addProduct(LOSS2, loss, loss);

    // y y = p + r, and so on for its powers.
    const y = held(label);
    const p = y * y;
    const r = residue(y, y, p);
    sums.add(Y, y);
    sums.add(Y2, p);
    sums.add(Y2, r);
    sums.addProduct(Y3, p, y);
    sums.addProduct(Y3, r, y);
    sums.addProduct(Y4, p, p);
    sums.addProduct(Y4, 2 * p, r);
    sums.addProduct(Y4, r, r);
    sums.addProduct(SQUARE_Y, square, y);
    sums.addProduct(SQUARE_Y2, square, p);
    sums.addProduct(SQUARE_Y2, square, r);
  }

  private statistics(): ErrorStatistics {
    return {
      signed: this.mean(ERROR, ERROR2),
      // The squares of the errors and of their sizes are the same.
      absolute: this.mean(ABSOLUTE, ERROR2),
      squared: this.mean(SQUARE, SQUARE2),
      quantile: this.mean(LOSS, LOSS2),
      label: this.mean(Y, Y2),
      unexplained: this.unexplained(),
    };
  }

  private mean(slot: number, squares: number): MeanStatistic {
    const n = BigInt(this.n);
    const sum = this.sums.total(slot);
    const spread = n * this.sums.total(squares) * unitsOf(1) - sum * sum;
    return {
      n: this.n,
      mean: doubleOf(sum, 1, n),
      variance: n < 2n ? 0 : doubleOf(spread, 2, n * (n - 1n)),
    };
  }

  /** With s the squared errors and c the squared deviations of the labels: sum s / sum c, and the variance of its logarithm. */
  private unexplained(): ErrorStatistics['unexplained'] {
    const n = BigInt(this.n);
    const of = (slot: number) => this.sums.total(slot);
    const [s, y] = [of(SQUARE), of(Y)];
    // n times the sum of c, in units of two factors.
    const c = n * of(Y2) * unitsOf(1) - y * y;
    if (c <= 0n) return null;
    const share = ratioOf(s * n * unitsOf(1), c);
    if (s === 0n) return { share, relativeSe: 0 };
    // n^3 times the sum of c^2, of four factors; n^2 times the sum of s c, of three.
    const c2 =
      n ** 3n * of(Y4) * unitsOf(3) -
      4n * n * n * y * of(Y3) * unitsOf(2) +
      6n * n * y * y * of(Y2) * unitsOf(1) -
      3n * y ** 4n;
    const sc = n * n * of(SQUARE_Y2) * unitsOf(2) - 2n * n * y * of(SQUARE_Y) * unitsOf(1) + y * y * s;
    // The squared coefficients of variation: n sum s^2 / (sum s)^2 - 1, and so on.
    const s2 = n * of(SQUARE2) * unitsOf(1);
    const ofErrors = ratioOf(s2 - s * s, s * s);
    const ofLabels = ratioOf(c2 - c * c, c * c);
    const together = ratioOf(sc - s * c, s * c);
    const variance = (ofErrors + ofLabels - 2 * together) / Math.max(1, this.n - 1);
    return { share, relativeSe: Math.sqrt(Math.max(0, variance)) };
  }
}

const held = (value: number): number => (Math.abs(value) < SMALLEST_NUMBER ? 0 : value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
