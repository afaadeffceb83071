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
 * Sums of integers without rounding in `slots` slots, the same in any order and over any partition. Each term is an integer in
 * [-2^52, 2^52]; the running parts stay below 2^53, and what spills is counted in units.
 */
export class ExactIntegerTable {
  private readonly sums: Float64Array;

  constructor(readonly slots: number) {
    this.sums = new Float64Array(2 * slots);
  }

  static from(totals: readonly bigint[]): ExactIntegerTable {
    const table = new ExactIntegerTable(totals.length);
    totals.forEach((total, slot) => putTotal(table.sums, 2 * slot, total));
    return table;
  }

  add(slot: number, term: number): void {
    accumulate(this.sums, 2 * slot, term);
  }

  /** Throws RangeError for a table of another number of slots. */
  merge(other: ExactIntegerTable): void {
    if (other.slots !== this.slots)
      throw new RangeError(`cannot merge ${other.slots} slots into ${this.slots}`);
    for (let at = 0; at < this.sums.length; at += 2) {
      accumulate(this.sums, at, other.sums[at]!);
      this.sums[at + 1]! += other.sums[at + 1]!;
    }
  }

  total(slot: number): bigint {
    return totalAt(this.sums, 2 * slot);
  }

  /** Of every slot. */
  totals(): bigint[] {
    return Array.from({ length: this.slots }, (_, slot) => this.total(slot));
  }
}

/** One slot of an `ExactIntegerTable`. */
export class ExactIntegerSum {
  private readonly table = new ExactIntegerTable(1);

  add(term: number): void {
    this.table.add(0, term);
  }

  /** `times` terms of the same size, `times` a number from 0 on. */
  addTimes(term: number, times: number): void {
    const most = Math.max(1, Math.floor(SPILL / Math.abs(term)));
    for (let left = times; left > 0; left -= most) this.add(term * Math.min(left, most));
  }

  merge(other: ExactIntegerSum): void {
    this.table.merge(other.table);
  }

  total(): bigint {
    return this.table.total(0);
  }
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
