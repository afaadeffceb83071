import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { fisherExact, fisherExactGreater } from './fisher-exact.js';

/** The definition, with binomial coefficients as integers. */
function byEnumeration(x1: number, n1: number, x2: number, n2: number): number {
  const choose = (n: number, k: number): bigint => {
    let result = 1n;
    for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
    return result;
  };
  const drawn = x1 + x2;
  const observed = choose(n1, x1) * choose(n2, x2);
  let extreme = 0n;
  for (let x = Math.max(0, drawn - n2); x <= Math.min(n1, drawn); x++) {
    const ways = choose(n1, x) * choose(n2, drawn - x);
    if (ways <= observed) extreme += ways;
  }
  return Number((extreme * 10n ** 20n) / choose(n1 + n2, drawn)) / 1e20;
}

describe('fisherExact', () => {
  // Tables and rounded p: evidently (Apache-2.0), tests/stattests/test_stattests.py; digits: scipy 1.17.1, stats.fisher_exact.
  it.each([
    [45, 90, 30, 90, 0.033972274322700745],
    [3, 6, 6, 6, 0.1818181818181818],
    [6, 6, 0, 6, 0.0021645021645021645],
    [90, 150, 60, 150, 0.0007843987149579247],
    [3, 4, 1, 4, 0.48571428571428565],
    [8, 10, 1, 6, 0.034965034965034975],
    [120, 150, 400, 650, 1.1568240345744287e-5],
    [0, 5, 7, 7, 0.0012626262626262627],
    [10, 2010, 40, 2140, 4.369987446488795e-5],
  ])('%d of %d against %d of %d', (x1, n1, x2, n2, p) => {
    expect(fisherExact(x1, n1, x2, n2) / p).toBeCloseTo(1, 11);
  });

  const counts = fc
    .integer({ min: 1, max: 40 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));

  it('is the sum over tables no likelier, whichever group and outcome come first', () => {
    fc.assert(
      fc.property(counts, counts, ([x1, n1], [x2, n2]) => {
        const p = fisherExact(x1, n1, x2, n2);
        expect(p).toBeCloseTo(byEnumeration(x1, n1, x2, n2), 11);
        expect(fisherExact(x2, n2, x1, n1)).toBeCloseTo(p, 11);
        expect(fisherExact(n1 - x1, n1, n2 - x2, n2)).toBeCloseTo(p, 11);
      }),
    );
  });

  it('takes no successes anywhere, large groups, and refuses what is no table', () => {
    expect(fisherExact(0, 10, 0, 20)).toBe(1);
    expect(fisherExact(500_000, 1_000_000, 500_000, 1_000_000)).toBe(1);
    expect(fisherExact(510_000, 1_000_000, 490_000, 1_000_000)).toBeLessThan(1e-100);
    expect(() => fisherExact(2, 1, 0, 1)).toThrow(RangeError);
  });
});

describe('fisherExactGreater', () => {
  // Exact: hypergeometric tails by integers. The first is scipy's documented example, stats.fisher_exact, alternative="greater".
  it.each([
    [8, 10, 1, 6, 196 / 8008],
    [3, 4, 1, 4, 17 / 70],
    [6, 6, 0, 6, 1 / 924],
    [0, 6, 6, 6, 1],
    [0, 5, 0, 7, 1],
    [5, 5, 7, 7, 1],
  ])('%d of %d above %d of %d', (x1, n1, x2, n2, p) => {
    expect(fisherExactGreater(x1, n1, x2, n2)).toBeCloseTo(p, 13);
  });

  it('is the sum over tables with as many or more, by integers', () => {
    const choose = (n: number, k: number): bigint => {
      let result = 1n;
      for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
      return result;
    };
    const counts = fc
      .integer({ min: 1, max: 40 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, counts, ([x1, n1], [x2, n2]) => {
        let more = 0n;
        for (let x = x1; x <= Math.min(n1, x1 + x2); x++) more += choose(n1, x) * choose(n2, x1 + x2 - x);
        const exact = Number((more * 10n ** 20n) / choose(n1 + n2, x1 + x2)) / 1e20;
        expect(fisherExactGreater(x1, n1, x2, n2)).toBeCloseTo(exact, 11);
      }),
    );
  });
});
