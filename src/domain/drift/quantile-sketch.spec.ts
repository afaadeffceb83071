import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov, normalDraw, seededRandom } from '../statistics/index.js';
import { sortedValues } from './column-profile.js';
import { QuantileSketch } from './quantile-sketch.js';
import { sketchDistance } from './sketch-distance.js';

const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -100, max: 100, noNaN: true }));
const rows = fc.array(value, { minLength: 1, maxLength: 400 });

/** The largest error of the estimated distribution function over all x. */
function largestError(sketch: QuantileSketch, values: readonly number[]): number {
  const sorted = sortedValues(values);
  let worst = 0;
  sorted.forEach((x, i) => {
    if (sorted[i + 1] !== x) worst = Math.max(worst, Math.abs(sketch.cdf(x) - (i + 1) / sorted.length));
  });
  return worst;
}

describe('quantile sketch', () => {
  it('by hand: capacity 2, rows 3 1 2 5 4', () => {
    // 1 2 | 3 stays; of (1, 2) the lower goes up. Then 3 5 | 4... of (3, 4) the upper.
    const sketch = QuantileSketch.of([3, 1, 2, 5, 4], 2);
    expect(sketch.toJSON()).toEqual({
      capacity: 2,
      n: 5,
      levels: [[5], [1, 4]],
      over: 1,
      under: 1,
      keepsLower: [true, true],
    });
    expect([0.9, 1, 3.9, 4, 5].map((x) => sketch.cdf(x))).toEqual([0, 0.4, 0.4, 0.8, 1]);
  });

  it('holds what it is told exactly while it fits', () => {
    const sketch = QuantileSketch.of([5, 1, 3]);
    expect(sketch.rankError).toBe(0);
    expect([0, 0.34, 1].map((q) => sketch.quantile(q))).toEqual([1, 3, 5]);
    expect(new QuantileSketch().quantile(0.5)).toBeUndefined();
  });

  it('no rank is further off than its bound, whatever the order and however it was merged', () => {
    fc.assert(
      fc.property(
        fc.array(rows, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 12 }),
        (shards, capacity) => {
          const sketch = new QuantileSketch(capacity);
          for (const shard of shards) sketch.merge(QuantileSketch.of(shard, capacity));
          const all = shards.flat();
          expect(sketch.n).toBe(all.length);
          expect(sketch.weighted().reduce((sum, { weight }) => sum + weight, 0)).toBe(all.length);
          expect(largestError(sketch, all)).toBeLessThanOrEqual(sketch.rankError + 1e-12);
          for (const level of sketch.toJSON().levels) expect(level.length).toBeLessThanOrEqual(capacity);
        },
      ),
    );
  });

  it('merging is commutative to the bit, and a stored sketch goes on as it would have', () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const merged = (first: number[], second: number[]) => {
          const sketch = QuantileSketch.of(first, 8);
          sketch.merge(QuantileSketch.of(second, 8));
          return sketch;
        };
        const ab = merged(a, b);
        expect(merged(b, a).toJSON()).toEqual(ab.toJSON());
        const stored = QuantileSketch.from(
          JSON.parse(JSON.stringify(ab)) as ReturnType<QuantileSketch['toJSON']>,
        );
        for (const x of c) {
          ab.add(x);
          stored.add(x);
        }
        expect(stored.toJSON()).toEqual(ab.toJSON());
      }),
    );
  });

  it('200,000 normal numbers: within .9 % guaranteed, in fewer than 5,000 values', () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 200_000 }, () => normalDraw(random));
    const sketch = QuantileSketch.of(values);
    const kept = sketch.toJSON().levels.flat().length;
    expect(kept).toBeLessThan(5_000);
    expect(sketch.rankError).toBeLessThan(0.009);
    const bound = (Math.log2(sketch.n / 512) + 1) / 512;
    expect(sketch.rankError).toBeLessThanOrEqual(bound);
    for (const q of [0.01, 0.25, 0.5, 0.75, 0.99]) {
      const at = sketch.quantile(q)!;
      const share = values.filter((x) => x <= at).length / values.length;
      expect(Math.abs(share - q)).toBeLessThanOrEqual(sketch.rankError + 2 ** 9 / values.length);
    }
  });

  it('refuses what it cannot store, and a merge of unlike ones', () => {
    expect(() => new QuantileSketch().add(Number.NaN)).toThrow(RangeError);
    expect(() => new QuantileSketch().add(Infinity)).toThrow(RangeError);
    expect(() => new QuantileSketch(1)).toThrow(RangeError);
    expect(() => new QuantileSketch(8).merge(new QuantileSketch(16))).toThrow(/do not merge/);
  });
});

describe('distance of sketches', () => {
  it('brackets the distance of the rows, and its p is no smaller', () => {
    fc.assert(
      fc.property(rows, rows, fc.integer({ min: 2, max: 64 }), (x, y, capacity) => {
        const { d, error, p } = sketchDistance(
          QuantileSketch.of(x, capacity),
          QuantileSketch.of(y, capacity),
        );
        const exact = kolmogorovSmirnov(sortedValues(x), sortedValues(y));
        expect(Math.abs(d - exact.distance)).toBeLessThanOrEqual(error + 1e-12);
        expect(p).toBeGreaterThanOrEqual(exact.p - 1e-9);
      }),
    );
  });

  it('of sketches that hold every row is the distance itself', () => {
    const [x, y] = [
      [1, 2, 2, 5],
      [2, 3, 9],
    ];
    const { d, error } = sketchDistance(QuantileSketch.of(x), QuantileSketch.of(y));
    expect(error).toBe(0);
    expect(d).toBeCloseTo(kolmogorovSmirnov(sortedValues(x), sortedValues(y)).distance, 14);
  });
});
