const SPILL = 2 ** 52;

/**
 * A sum of integers without rounding, the same in any order and over any partition. Each term is an integer in
 * [-2^52, 2^52]; the running part stays below 2^53 and spills into a BigInt.
 */
export class ExactIntegerSum {
  private spilled = 0n;
  private running = 0;

  add(term: number): void {
    this.running += term;
    if (this.running >= SPILL || this.running <= -SPILL) {
      this.spilled += BigInt(this.running);
      this.running = 0;
    }
  }

  merge(other: ExactIntegerSum): void {
    this.spilled += other.total();
  }

  total(): bigint {
    return this.spilled + BigInt(this.running);
  }
}

/** Fractional bits of a summed loss. */
export const FIXED_POINT_BITS = 40;
const SCALE = 2 ** FIXED_POINT_BITS;
const LIMB = 2 ** 24;

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

/**
 * Sum and sum of squares of real terms, |term| <= 64, each rounded once to a multiple of 2^-40 and then added exactly. So shards
 * merged in any order give bit-identical means and variances; the rounding moves a mean by 2^-41 at most.
 */
export class FixedPointSums {
  private n = 0;
  private readonly sum = new ExactIntegerSum();
  // The square of h 2^24 + l, in three exact parts.
  private readonly highSquares = new ExactIntegerSum();
  private readonly crossed = new ExactIntegerSum();
  private readonly lowSquares = new ExactIntegerSum();

  add(term: number): void {
    const scaled = Math.round(term * SCALE);
    const high = Math.floor(scaled / LIMB);
    const low = scaled - high * LIMB;
    this.n++;
    this.sum.add(scaled);
    this.highSquares.add(high * high);
    this.crossed.add(high * low);
    this.lowSquares.add(low * low);
  }

  merge(other: FixedPointSums): void {
    this.n += other.n;
    this.sum.merge(other.sum);
    this.highSquares.merge(other.highSquares);
    this.crossed.merge(other.crossed);
    this.lowSquares.merge(other.lowSquares);
  }

  get count(): number {
    return this.n;
  }

  /** The sum of the terms. */
  total(): number {
    return ratioOf(this.sum.total(), BigInt(SCALE));
  }

  /** The sum of the squared terms. */
  totalOfSquares(): number {
    return ratioOf(this.scaledSquares(), BigInt(SCALE) * BigInt(SCALE));
  }

  /** The sample variance (divisor n - 1) of the terms; NaN below two. */
  variance(): number {
    const n = BigInt(this.n);
    const sum = this.sum.total();
    return ratioOf(n * this.scaledSquares() - sum * sum, n * (n - 1n) * BigInt(SCALE) * BigInt(SCALE));
  }

  private scaledSquares(): bigint {
    return (this.highSquares.total() << 48n) + (this.crossed.total() << 25n) + this.lowSquares.total();
  }
}
