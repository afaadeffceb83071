import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { kthDifference } from './kth-difference.js';
import { mannWhitney } from './mann-whitney.js';
import { rankSumLowerTails } from './rank-sum.js';

const sorted = (values: readonly number[]) => Float64Array.from(values).sort();
const differences = (a: Float64Array, b: Float64Array) =>
  sorted([...a].flatMap((x) => [...b].map((y) => x - y)));

/** Permeability of membranes at term and before. Hollander and Wolfe 1973, p. 69; also the example of R's wilcox.test. */
const TERM = sorted([0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]);
const EARLY = sorted([1.15, 0.88, 0.9, 0.74, 1.21]);
/** Made with numpy's default_rng(5), rounded so that values tie. */
const C = sorted([
  -0.8, -1.32, -0.25, 0.42, 1.14, 0.11, -0.55, -0.78, 0.75, 1.63, 0.27, -1.23, -0.96, 1.6, 0.2, -1.73, -0.08,
  -1.16, -0.63, -0.49, -0.71, 0.55, -0.06, -0.59, 0.41, 0.83, -1.64, -0.26, -0.98, -0.17, -1.29, 0.02, -0.04,
  -0.3, -1.05, -0.4, -1.09, -1.36, 0.22, -1.11,
]);
const D = sorted([
  1.9, 1.36, -1.9, 0.83, -0.82, 0.54, 0.55, -1.89, 0.22, 0.19, 1.65, -0.92, 1.39, -0.82, 0.1, -0.51, 2.24,
  1.18, 3.42, 1.27, 1.51, 1.51, -0.23, 0.42, 2.12, 0.02, 0.73, 0.47, 1.23, 0.06,
]);

describe('mannWhitney', () => {
  it('Hollander and Wolfe: shift .305, 95 % interval (-.15, .76), p .2544 (R; scipy 1.17.1 mannwhitneyu exact)', () => {
    const found = mannWhitney(TERM, EARLY, 0.95);
    expect(found).toMatchObject({ u: 35, method: 'exact' });
    expect(found.p).toBeCloseTo(0.2544122544122544, 12);
    expect(found.shift).toBeCloseTo(0.305, 12);
    expect(found.ci!.low).toBeCloseTo(-0.15, 12);
    expect(found.ci!.high).toBeCloseTo(0.76, 12);
  });

  it('with ties: normal, scipy 1.17.1 mannwhitneyu asymptotic; the shift is the median of all 1,200 differences', () => {
    const found = mannWhitney(C, D, 0.95);
    expect(found).toMatchObject({ u: 306.5, method: 'normal' });
    expect(found.p).toBeCloseTo(0.0005061447386496404, 14);
    expect(found.shift).toBeCloseTo(-0.985, 12);
    expect(found.ci!.high).toBeLessThan(0);
  });

  it('three against three allow no 95 % interval; equal values no difference', () => {
    expect(mannWhitney(sorted([1, 2, 3]), sorted([4, 5, 6]), 0.95)).toMatchObject({ ci: null, shift: -3 });
    expect(mannWhitney(sorted([1, 1, 1]), sorted([1, 1]), 0.95)).toMatchObject({ p: 1, shift: 0 });
    expect(() => mannWhitney(sorted([]), sorted([1]), 0.95)).toThrow(RangeError);
    expect(() => mannWhitney(sorted([1]), sorted([Number.NaN]), 0.95)).toThrow(RangeError);
  });

  it('the exact distribution: 3,003 orders of 10 against 5, counted', () => {
    // 1, 1, 2, 3, 5, 7, 10, 13, 18, 23 orders give U = 0 ... 9.
    const tails = rankSumLowerTails(10, 5);
    [1, 2, 4, 7, 12, 19, 29, 42, 60, 83].forEach((orders, u) =>
      expect(tails[u]).toBeCloseTo(orders / 3003, 14),
    );
    expect(tails[50]).toBeCloseTo(1, 12);
  });
});

describe('mannWhitney, properties', () => {
  const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 30 }).map(sorted);
  const reals = fc
    .array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 15 })
    .map(sorted);

  it('the k-th difference is the k-th of all of them, to the bit', () => {
    fc.assert(
      fc.property(fc.oneof(sample, reals), fc.oneof(sample, reals), fc.nat(), (a, b, at) => {
        const all = differences(a, b);
        const k = (at % all.length) + 1;
        // 0 and -0 are one value here.
        expect(kthDifference(a, b, k) === all[k - 1], `${k} of ${all.length}`).toBe(true);
      }),
    );
  });

  it('swapping the samples mirrors; moving one moves the shift and its interval with it', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -100, max: 100 }), (a, b, by) => {
        const found = mannWhitney(a, b, 0.9);
        const mirror = mannWhitney(b, a, 0.9);
        expect(mirror.p).toBeCloseTo(found.p, 11);
        expect(mirror.u).toBe(a.length * b.length - found.u);
        expect(mirror.shift).toBeCloseTo(-found.shift, 11);
        const moved = mannWhitney(
          a.map((x) => x + by),
          b,
          0.9,
        );
        expect(moved.shift).toBeCloseTo(found.shift + by, 11);
        if (found.ci && moved.method === found.method) {
          expect(moved.ci!.low).toBeCloseTo(found.ci.low + by, 11);
          expect(found.ci.low).toBeLessThanOrEqual(found.shift);
          expect(found.ci.high).toBeGreaterThanOrEqual(found.shift);
        }
        expect(found.p).toBeGreaterThanOrEqual(0);
        expect(found.p).toBeLessThanOrEqual(1);
      }),
    );
  });
});
