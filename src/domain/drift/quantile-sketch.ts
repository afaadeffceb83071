/** A sketch as stored: plain data. `levels[h]` holds values that stand for 2^h each. */
export interface QuantileSketchData {
  capacity: number;
  n: number;
  levels: readonly (readonly number[])[];
  /** By how many rows at most a rank is too large, and too small. */
  over: number;
  under: number;
  /** Of each level, which half its next compaction keeps. */
  keepsLower: readonly boolean[];
}

/** Values a level holds before it is halved: of 1,000,000 rows it keeps fewer than 5,700 values, and every rank within .8 %. */
export const SKETCH_CAPACITY = 512;

/**
 * A mergeable summary of a numeric column's distribution: a stack of compactors (Manku, Rajagopalan and Lindsay 1998; Agarwal and
 * others 2012; Karnin, Lang and Liberty 2016) of equal capacity. A full level is sorted and every second value of it, twice as
 * heavy, moves up. Which half stays alternates, so that nothing is random, and each halving moves any rank by at most its weight
 * in a known direction: the sketch adds these up, and `rankError` is a bound that holds always, not with a probability. It is at most
 * (log2(n / capacity) + 1) / capacity for rows added one by one.
 *
 * Merging in another order gives another sketch within its own bound; the same order gives the same bits.
 */
export class QuantileSketch {
  private rows = 0;
  private levels: number[][] = [[]];
  private over = 0;
  private under = 0;
  private keepsLower: boolean[] = [true];

  constructor(private readonly capacity = SKETCH_CAPACITY) {
    if (!(Number.isInteger(capacity) && capacity >= 2))
      throw new RangeError(`a sketch needs a capacity of two or more, found ${capacity}`);
  }

  static from(data: QuantileSketchData): QuantileSketch {
    const sketch = new QuantileSketch(data.capacity);
    sketch.rows = data.n;
    sketch.levels = data.levels.map((level) => [...level]);
    sketch.over = data.over;
    sketch.under = data.under;
    sketch.keepsLower = [...data.keepsLower];
    return sketch;
  }

  static of(values: Iterable<number>, capacity = SKETCH_CAPACITY): QuantileSketch {
    const sketch = new QuantileSketch(capacity);
    for (const value of values) sketch.add(value);
    return sketch;
  }

  /** A finite number; throws RangeError for others, which have no place in JSON. */
  add(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`a sketch takes finite numbers, found ${value}`);
    this.rows++;
    this.levels[0]!.push(value + 0); // -0 is 0.
    if (this.levels[0]!.length > this.capacity) this.compact();
  }

  /** Takes in another's rows; both of one capacity. */
  merge(other: QuantileSketch): void {
    if (other.capacity !== this.capacity)
      throw new RangeError(
        `sketches of capacities ${this.capacity} and ${other.capacity} do not merge: build both with one`,
      );
    this.rows += other.rows;
    this.over += other.over;
    this.under += other.under;
    other.levels.forEach((level, h) => {
      this.levels[h] = [...(this.levels[h] ?? []), ...level];
      this.keepsLower[h] = (this.keepsLower[h] ?? true) === other.keepsLower[h]!;
    });
    this.compact();
  }

  get n(): number {
    return this.rows;
  }

  /** The bound of |estimated - true share of rows <= x|, for every x at once. */
  get rankError(): number {
    return this.rows === 0 ? 0 : Math.max(this.over, this.under) / this.rows;
  }

  /** Values ascending, with the number of rows that each stands for. */
  weighted(): { value: number; weight: number }[] {
    return this.levels
      .flatMap((level, h) => level.map((value) => ({ value, weight: 2 ** h })))
      .sort((a, b) => a.value - b.value);
  }

  /** The estimated share of rows at or below x; NaN without rows. */
  cdf(x: number): number {
    let below = 0;
    this.levels.forEach((level, h) => {
      for (const value of level) if (value <= x) below += 2 ** h;
    });
    return below / this.rows;
  }

  /** A value whose share of rows below it is `q` within `rankError`; undefined without rows. */
  quantile(q: number): number | undefined {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile needs q in [0, 1], found ${q}`);
    const values = this.weighted();
    let below = 0;
    for (const { value, weight } of values) {
      below += weight;
      if (below >= q * this.rows) return value;
    }
    return values.at(-1)?.value;
  }

  toJSON(): QuantileSketchData {
    return {
      capacity: this.capacity,
      n: this.rows,
      levels: this.levels.map((level) => [...level].sort((a, b) => a - b)),
      over: this.over,
      under: this.under,
      keepsLower: [...this.keepsLower],
    };
  }

  /** Halves every level that holds more than its capacity, from below. */
  private compact(): void {
    for (let h = 0; h < this.levels.length; h++) {
      const level = this.levels[h]!;
      if (level.length <= this.capacity) continue;
      // A typed array is sorted without a call for each comparison.
      const sorted = new Float64Array(level).sort();
      const pairs = level.length - (level.length % 2);
      const lower = this.keepsLower[h] ?? true;
      // The lower of each pair counts the pair from its first value on: too early. The upper: too late.
      if (lower) this.over += 2 ** h;
      else this.under += 2 ** h;
      this.keepsLower[h] = !lower;
      const up = (this.levels[h + 1] ??= []);
      this.keepsLower[h + 1] ??= true;
      for (let i = lower ? 0 : 1; i < pairs; i += 2) up.push(sorted[i]!);
      this.levels[h] = pairs < level.length ? [sorted[pairs]!] : [];
    }
  }
}
