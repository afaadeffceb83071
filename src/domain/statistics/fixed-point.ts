import { ExactIntegerTable, ratioOf } from './exact-sum.js';

/** Fractional bits of a summed loss. */
export const FIXED_POINT_BITS = 40;
const SCALE = 2 ** FIXED_POINT_BITS;
const LIMB = 2 ** 24;
const LIMBS = 2 ** -24;

/** A real term, |term| <= 64, as a multiple of 2^-40: an integer below 2^47. */
export function fixedPoint(term: number): number {
  return Math.round(term * SCALE);
}

/** The exact sums of one slot. The square of h 2^24 + l needs three. */
const SUM = 0;
const HIGH_SQUARES = 1;
const CROSSED = 2;
const LOW_SQUARES = 3;
const WIDTH = 4;

/** So many terms are summed in doubles without rounding: low squares stay below 2^48 each. */
const UNSPILLED = 16;

/** A slot as text: n, sum and sum of squares, in units of 2^-40 and 2^-80. */
export type FixedPointParts = [n: number, sum: string, squares: string];

/**
 * Sum and sum of squares of real terms, |term| <= 64, in each of `slots` slots. Each term is rounded once to a multiple of 2^-40 and
 * then added exactly: shards merged in any order give bit-identical means and variances; the rounding moves a mean by 2^-41
 * at most.
 */
export class FixedPointTable {
  private readonly counts: Float64Array;
  private readonly sums: ExactIntegerTable;

  private constructor(counts: Float64Array, sums: ExactIntegerTable) {
    this.counts = counts;
    this.sums = sums;
  }

  static of(slots: number): FixedPointTable {
    return new FixedPointTable(new Float64Array(slots), new ExactIntegerTable(slots * WIDTH));
  }

  /** Throws RangeError for what `parts` cannot have written. */
  static from(parts: readonly FixedPointParts[]): FixedPointTable {
    const totals = parts.flatMap(([n, sum, squares], slot) => {
      if (
        !(Number.isSafeInteger(n) && n >= 0 && isInteger(sum) && isInteger(squares)) ||
        BigInt(squares) < 0n
      )
        throw new RangeError(`slot ${slot} holds no exact sums`);
      return [BigInt(sum), BigInt(squares) >> 48n, 0n, BigInt.asUintN(48, BigInt(squares))];
    });
    return new FixedPointTable(
      Float64Array.from(parts, ([n]) => n),
      ExactIntegerTable.from(totals),
    );
  }

  get slots(): number {
    return this.counts.length;
  }

  /** The same for the same terms, however they were added. */
  parts(): FixedPointParts[] {
    return Array.from(this.counts, (n, slot) => [
      n,
      this.scaledSum(slot).toString(),
      this.scaledSquares(slot).toString(),
    ]);
  }

  add(slot: number, term: number): void {
    const { sums } = this;
    const at = slot * WIDTH;
    const scaled = fixedPoint(term);
    const high = Math.floor(scaled * LIMBS);
    const low = scaled - high * LIMB;
    this.counts[slot]! += 1;
    sums.add(at + SUM, scaled);
    sums.add(at + HIGH_SQUARES, high * high);
    sums.add(at + CROSSED, high * low);
    sums.add(at + LOW_SQUARES, low * low);
  }

  /** As `add` of each term to its slot. */
  addEach(slots: Uint16Array, terms: Float64Array): void {
    for (let i = 0; i < terms.length; i++) this.add(slots[i]!, terms[i]!);
  }

  /** As `add` of each term to one slot. */
  addAll(slot: number, terms: Float64Array): void {
    const { sums } = this;
    const at = slot * WIDTH;
    this.counts[slot]! += terms.length;
    for (let from = 0; from < terms.length; from += UNSPILLED) {
      const end = Math.min(terms.length, from + UNSPILLED);
      let sum = 0;
      let highSquares = 0;
      let crossed = 0;
      let lowSquares = 0;
      for (let i = from; i < end; i++) {
        const scaled = Math.round(terms[i]! * SCALE);
        const high = Math.floor(scaled * LIMBS);
        const low = scaled - high * LIMB;
        sum += scaled;
        highSquares += high * high;
        crossed += high * low;
        lowSquares += low * low;
      }
      sums.add(at + SUM, sum);
      sums.add(at + HIGH_SQUARES, highSquares);
      sums.add(at + CROSSED, crossed);
      sums.add(at + LOW_SQUARES, lowSquares);
    }
  }

  /** Throws RangeError for a table of another number of slots. */
  merge(other: FixedPointTable): void {
    this.sums.merge(other.sums);
    for (let slot = 0; slot < this.slots; slot++) this.counts[slot]! += other.counts[slot]!;
  }

  count(slot: number): number {
    return this.counts[slot]!;
  }

  /** The sum of the terms. */
  total(slot: number): number {
    return ratioOf(this.scaledSum(slot), BigInt(SCALE));
  }

  /** The sum of the squared terms. */
  totalOfSquares(slot: number): number {
    return ratioOf(this.scaledSquares(slot), BigInt(SCALE) * BigInt(SCALE));
  }

  /** The sample variance (divisor n - 1) of the terms; NaN below two. */
  variance(slot: number): number {
    const n = BigInt(this.count(slot));
    const sum = this.scaledSum(slot);
    return ratioOf(n * this.scaledSquares(slot) - sum * sum, n * (n - 1n) * BigInt(SCALE) * BigInt(SCALE));
  }

  private scaledSum(slot: number): bigint {
    return this.sums.total(slot * WIDTH + SUM);
  }

  private scaledSquares(slot: number): bigint {
    const at = slot * WIDTH;
    const part = (sum: number) => this.sums.total(at + sum);
    return (part(HIGH_SQUARES) << 48n) + (part(CROSSED) << 25n) + part(LOW_SQUARES);
  }
}

const isInteger = (text: unknown): text is string => typeof text === 'string' && /^-?\d{1,60}$/.test(text);

/** One slot of a `FixedPointTable`: sum, sum of squares and variance of real terms, |term| <= 64. */
export class FixedPointSums {
  private readonly table = FixedPointTable.of(1);

  add(term: number): void {
    this.table.add(0, term);
  }

  merge(other: FixedPointSums): void {
    this.table.merge(other.table);
  }

  get count(): number {
    return this.table.count(0);
  }

  /** The sum of the terms. */
  total(): number {
    return this.table.total(0);
  }

  /** The sum of the squared terms. */
  totalOfSquares(): number {
    return this.table.totalOfSquares(0);
  }

  /** The sample variance (divisor n - 1) of the terms; NaN below two. */
  variance(): number {
    return this.table.variance(0);
  }
}
