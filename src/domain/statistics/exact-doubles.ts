import { ratioOf } from './exact-sum.js';

/** Biased exponents of a double; those of subnormals count as 1. */
const EXPONENTS = 2048;
/** Two sums for each exponent: of the upper 21 bits and of the lower 32. */
const LANES = 2;
/** So many lower halves stay below 2^52 together. */
const UNSETTLED = 2 ** 20;
/** The sums are counted in these: 2^-1074, the smallest double. */
const UNIT_BITS = 1074n;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
const HIGH = words[1] === 0x3ff00000 ? 1 : 0;
const LOW = 1 - HIGH;

/**
 * Sums of doubles without rounding in `slots` slots, whatever their size: the same in any order and over any partition. Terms are dealt
 * out by exponent, as two integers each, to sums that stay below 2^53 (after Neal 2015, Fast exact summation using small and large
 * superaccumulators).
 */
export class ExactDoubleTable {
  private readonly lanes: Float64Array;
  private readonly settled: bigint[];
  private unsettled = 0;

  constructor(readonly slots: number) {
    this.lanes = new Float64Array(slots * EXPONENTS * LANES);
    this.settled = Array.from({ length: slots }, () => 0n);
  }

  /** Throws RangeError for what `parts` cannot have written. */
  static from(parts: readonly string[]): ExactDoubleTable {
    const table = new ExactDoubleTable(parts.length);
    parts.forEach((part, slot) => {
      const [, sign, digits] = /^(-?)([0-9a-f]{1,600})$/.exec(part) ?? [];
      if (digits === undefined) throw new RangeError(`slot ${slot} holds no exact sum`);
      table.settled[slot] = BigInt(`0x${digits}`) * (sign === '-' ? -1n : 1n);
    });
    return table;
  }

  /** The sums in units of 2^-1074, hexadecimal: the same for the same terms, however they were added. */
  parts(): string[] {
    return Array.from({ length: this.slots }, (_, slot) => this.total(slot).toString(16));
  }

  /** Throws RangeError for a term that is not finite. */
  add(slot: number, term: number): void {
    double[0] = term;
    const top = words[HIGH]!;
    const exponent = (top >>> 20) & 0x7ff;
    if (exponent === 0x7ff) throw new RangeError(`cannot add ${term}`);
    const sign = top >>> 31 === 1 ? -1 : 1;
    const high = exponent === 0 ? top & 0xfffff : (top & 0xfffff) | 0x100000;
    const at = (slot * EXPONENTS + (exponent || 1)) * LANES;
    this.lanes[at]! += sign * high;
    this.lanes[at + 1]! += sign * words[LOW]!;
    if (++this.unsettled >= UNSETTLED) this.settle();
  }

  /** Adds a b without rounding; 2^-480 < |a|, |b| < 2^480, or 0. Dekker 1971. */
  addProduct(slot: number, a: number, b: number): void {
    const product = a * b;
    this.add(slot, product);
    this.add(slot, residue(a, b, product));
  }

  /** Throws RangeError for a table of another number of slots. */
  merge(other: ExactDoubleTable): void {
    if (other.slots !== this.slots)
      throw new RangeError(`cannot merge ${other.slots} slots into ${this.slots}`);
    for (let slot = 0; slot < this.slots; slot++) this.settled[slot]! += other.total(slot);
  }

  /** The sum in units of 2^-1074. */
  total(slot: number): bigint {
    this.settle();
    return this.settled[slot]!;
  }

  private settle(): void {
    if (this.unsettled === 0) return;
    this.unsettled = 0;
    const { lanes, settled } = this;
    for (let slot = 0; slot < this.slots; slot++) {
      let total = settled[slot]!;
      for (let exponent = 1; exponent < EXPONENTS; exponent++) {
        const at = (slot * EXPONENTS + exponent) * LANES;
        const [high, low] = [lanes[at]!, lanes[at + 1]!];
        if (high === 0 && low === 0) continue;
        total += ((BigInt(high) << 32n) + BigInt(low)) << BigInt(exponent - 1);
        lanes[at] = 0;
        lanes[at + 1] = 0;
      }
      settled[slot] = total;
    }
  }
}

/** A total of an `ExactDoubleTable`, or a product of `powers` of them, over `divisor`, as the nearest double. */
export function doubleOf(total: bigint, powers = 1, divisor = 1n): number {
  return ratioOf(total, divisor << (UNIT_BITS * BigInt(powers)));
}

/** One unit of 2^-1074 to the power: what a total of fewer factors is multiplied by to be added to one of more. */
export function unitsOf(powers: number): bigint {
  return 1n << (UNIT_BITS * BigInt(powers));
}

/** a b less its rounded product, exactly. */
export function residue(a: number, b: number, product: number): number {
  const aHigh = upper(a);
  const bHigh = upper(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The upper 26 bits. Veltkamp 1968. */
function upper(a: number): number {
  const c = 134_217_729 * a;
  return c - (c - a);
}
