import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceUpTo, expectationOver, likelyCounts } from './likely-counts.js';

/** P(X = x) of Binomial(n, k / 2^10) for every x, in whole numbers: nothing is rounded but the last quotient. */
function exactly(n: number, k: number): number[] {
  const [yes, no, scale] = [BigInt(k), BigInt(1024 - k), 2n ** 1074n];
  const whole = 1024n ** BigInt(n);
  let ways = 1n;
  return Array.from({ length: n + 1 }, (_, x) => {
    if (x > 0) ways = (ways * BigInt(n - x + 1)) / BigInt(x);
    const share = (ways * yes ** BigInt(x) * no ** BigInt(n - x) * scale) / whole;
    return Number(share >> 500n) / Number(2n ** 574n);
  });
}

describe('likely counts, against whole numbers', () => {
  it.each([
    [1, 512],
    [12, 3],
    [40, 1000],
    [200, 307],
    [700, 512],
  ])('Binomial(%i, %i/1024)', (n, k) => {
    const counts = likelyCounts(n, k / 1024);
    const expected = exactly(n, k);
    const end = counts.start + counts.chances.length;
    counts.chances.forEach((chance, i) =>
      expect(Math.abs(chance / expected[counts.start + i]! - 1)).toBeLessThan(1e-9),
    );
    // What is left out is rare, one by one and together.
    expected.forEach((chance, x) => {
      if (x < counts.start || x >= end) expect(chance).toBeLessThan(1e-9);
    });
    let sum = 0;
    expected.forEach((chance, x) => {
      sum += chance;
      expect(Math.abs(chanceUpTo(counts, x) - sum)).toBeLessThan(1e-7);
    });
    expect(chanceUpTo(counts, -1)).toBe(0);
    expect(expectationOver(counts, (x) => x)).toBeCloseTo((n * k) / 1024, 5);
  });

  it('a chance of 0 or 1 leaves one count', () => {
    expect(likelyCounts(7, 0)).toMatchObject({ start: 0, chances: Float64Array.of(1) });
    expect(likelyCounts(7, 1)).toMatchObject({ start: 7, chances: Float64Array.of(1) });
    expect(chanceUpTo(likelyCounts(7, 1), 6)).toBe(0);
    expect(chanceUpTo(likelyCounts(7, 1), 7)).toBe(1);
  });
});

it('an expectation counts what was left out in full: it is never below the truth', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      fc.nat(5000),
      (n, p, from) => {
        const counts = likelyCounts(n, p);
        const least = Math.min(from, n);
        const tail = expectationOver(counts, (x) => (x >= least ? 1 : 0));
        expect(tail).toBeGreaterThanOrEqual(1 - chanceUpTo(counts, least - 1) - 1e-9);
        expect(expectationOver(counts, () => 1)).toBeCloseTo(1, 9);
        expect(counts.start).toBeGreaterThanOrEqual(0);
        expect(counts.start + counts.chances.length).toBeLessThanOrEqual(n + 1);
      },
    ),
  );
});
