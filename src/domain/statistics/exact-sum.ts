const SPILL = 2 ** 52;
/** What spills is counted in these. */
const UNIT = 2 ** 40;

/** Adds an integer in [-2^52, 2^52] to the sum at `at` (below 2^52) and `at + 1` (in units of 2^40). */
function accumulate(sums: Float64Array, at: number, term: number): void {
  const low = sums[at]! + term;
  if (low < SPILL && low > -SPILL) {
    sums[at] = low;
    return;
  }
  const units = Math.floor(low / UNIT);
  sums[at] = low - units * UNIT;
  sums[at + 1]! += units;
}

function totalAt(sums: Float64Array, at: number): bigint {
  return BigInt(sums[at + 1]!) * BigInt(UNIT) + BigInt(sums[at]!);
}

function putTotal(sums: Float64Array, at: number, total: bigint): void {
  const low = BigInt.asUintN(40, total);
  sums[at] = Number(low);
  sums[at + 1] = Number((total - low) / BigInt(UNIT));
}

/**
 * A sum of integers without rounding, the same in any order and over any partition. Each term is an integer in
 * [-2^52, 2^52]; the running part stays below 2^53, and what spills is counted in units.
 */
export class ExactIntegerSum {
  private readonly sums = new Float64Array(2);

  static of(total: bigint): ExactIntegerSum {
    const made = new ExactIntegerSum();
    putTotal(made.sums, 0, total);
    return made;
  }

  add(term: number): void {
    accumulate(this.sums, 0, term);
  }

  /** `times` terms of the same size, `times` a number from 0 on. */
  addTimes(term: number, times: number): void {
    const most = Math.max(1, Math.floor(SPILL / Math.abs(term)));
    for (let left = times; left > 0; left -= most) this.add(term * Math.min(left, most));
  }

  merge(other: ExactIntegerSum): void {
    this.add(other.sums[0]!);
    this.sums[1]! += other.sums[1]!;
  }

  total(): bigint {
    return totalAt(this.sums, 0);
  }
}

/** Fractional bits of a summed loss. */
export const FIXED_POINT_BITS = 40;
const SCALE = 2 ** FIXED_POINT_BITS;
const LIMB = 2 ** 24;
const LIMBS = 2 ** -24;

/** A real term, |term| <= 64, as a multiple of 2^-40: an integer below 2^47. */
export function fixedPoint(term: number): number {
  return Math.round(term * SCALE);
}

/** numerator / denominator as the nearest double (within one unit in the last place), for integers of any size. */
export function ratioOf(numerator: bigint, denominator: bigint): number {
  if (denominator === 0n) return Number.NaN;
  const negative = numerator < 0n !== denominator < 0n;
  const top = numerator < 0n ? -numerator : numerator;
  const bottom = denominator < 0n ? -denominator : denominator;
  // 64 further bits below the integer part, more when the quotient is small.
  const shift = BigInt(Math.max(0, bottom.toString(2).length - top.toString(2).length) + 64);
  const quotient = Number((top << shift) / bottom) / 2 ** Number(shift);
  return negative ? -quotient : quotient;
}

/** Columns of one slot: n, then the two parts of each exact sum. The square of h 2^24 + l needs three. */
const [SUM, HIGH_SQUARES, CROSSED, LOW_SQUARES, WIDTH] = [1, 3, 5, 7, 9];

/** A slot as text: n, sum and sum of squares, in units of 2^-40 and 2^-80. */
export type FixedPointParts = [n: number, sum: string, squares: string];

/**
 * Sum and sum of squares of real terms, |term| <= 64, in each of `slots` slots. Each term is rounded once to a multiple of 2^-40 and
 * then added exactly: shards merged in any order give bit-identical means and variances; the rounding moves a mean by 2^-41
 * at most.
 */
export class FixedPointTable {
  private readonly values: Float64Array;

  constructor(readonly slots: number) {
    this.values = new Float64Array(slots * WIDTH);
  }

  /** Throws RangeError for what `parts` cannot have written. */
  static from(parts: readonly FixedPointParts[]): FixedPointTable {
    const table = new FixedPointTable(parts.length);
    parts.forEach(([n, sum, squares], slot) => {
      if (
        !(Number.isSafeInteger(n) && n >= 0 && isInteger(sum) && isInteger(squares)) ||
        BigInt(squares) < 0n
      )
        throw new RangeError(`slot ${slot} holds no exact sums`);
      const at = slot * WIDTH;
      table.values[at] = n;
      putTotal(table.values, at + SUM, BigInt(sum));
      putTotal(table.values, at + HIGH_SQUARES, BigInt(squares) >> 48n);
      putTotal(table.values, at + LOW_SQUARES, BigInt.asUintN(48, BigInt(squares)));
    });
    return table;
  }

  /** The same for the same terms, however they were added. */
  parts(): FixedPointParts[] {
    return Array.from({ length: this.slots }, (_, slot) => [
      this.count(slot),
      this.scaledSum(slot).toString(),
      this.scaledSquares(slot).toString(),
    ]);
  }

  add(slot: number, term: number): void {
    const { values } = this;
    const at = slot * WIDTH;
    const scaled = fixedPoint(term);
    const high = Math.floor(scaled * LIMBS);
    const low = scaled - high * LIMB;
    values[at]! += 1;
    accumulate(values, at + SUM, scaled);
    accumulate(values, at + HIGH_SQUARES, high * high);
    accumulate(values, at + CROSSED, high * low);
    accumulate(values, at + LOW_SQUARES, low * low);
  }

  /** As `add` of each term to its slot; `slot` for all where it is a number. */
  addAll(slots: Uint16Array | number, terms: Float64Array): void {
    const one = typeof slots === 'number';
    for (let i = 0; i < terms.length; i++) this.add(one ? slots : slots[i]!, terms[i]!);
  }

  /** Throws RangeError for a table of another number of slots. */
  merge(other: FixedPointTable): void {
    if (other.slots !== this.slots)
      throw new RangeError(`cannot merge ${other.slots} slots into ${this.slots}`);
    for (let at = 0; at < this.values.length; at += WIDTH) {
      this.values[at]! += other.values[at]!;
      for (const sum of [SUM, HIGH_SQUARES, CROSSED, LOW_SQUARES]) {
        accumulate(this.values, at + sum, other.values[at + sum]!);
        this.values[at + sum + 1]! += other.values[at + sum + 1]!;
      }
    }
  }

  count(slot: number): number {
    return this.values[slot * WIDTH]!;
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
    return totalAt(this.values, slot * WIDTH + SUM);
  }

  private scaledSquares(slot: number): bigint {
    const at = slot * WIDTH;
    const part = (sum: number) => totalAt(this.values, at + sum);
    return (part(HIGH_SQUARES) << 48n) + (part(CROSSED) << 25n) + part(LOW_SQUARES);
  }
}

const isInteger = (text: unknown): text is string => typeof text === 'string' && /^-?\d{1,60}$/.test(text);

/** One slot of a `FixedPointTable`: sum, sum of squares and variance of real terms, |term| <= 64. */
export class FixedPointSums {
  constructor(private readonly table = new FixedPointTable(1)) {}

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
