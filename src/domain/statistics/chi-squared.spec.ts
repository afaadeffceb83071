import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquaredUpperTail } from './chi-squared.js';
import { normalCdf } from './normal.js';

describe('chiSquaredUpperTail', () => {
  it.each([
    [3.84, 1, 0.05004352124870519],
    [16.918977604620448, 9, 0.05],
    [1.6, 5, 0.9012493445012736],
    [0.01, 3, 0.9997348349413444],
    [400, 380, 0.23049826965070694],
    [100, 9, 1.5735176303753876e-17],
    [1000, 30, 5.131435321572562e-191],
  ])('scipy 1.17.1 chi2.sf(%f, %i)', (x, df, expected) => {
    expect(chiSquaredUpperTail(x, df) / expected).toBeCloseTo(1, 11);
  });

  it('with one degree of freedom is both tails of the normal, with two exponential', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 30, noNaN: true }), (z) => {
        expect(chiSquaredUpperTail(z * z, 1)).toBeCloseTo(2 * normalCdf(-z), 12);
        expect(chiSquaredUpperTail(2 * z, 2) / Math.exp(-z)).toBeCloseTo(1, 11);
      }),
    );
  });

  it('falls in x, rises in df, and satisfies Q(x; df + 2) = Q(x; df) + 2 density', () => {
    const number = fc.double({ min: 0.01, max: 200, noNaN: true });
    fc.assert(
      fc.property(number, fc.integer({ min: 1, max: 150 }), (x, df) => {
        const q = chiSquaredUpperTail(x, df);
        expect(chiSquaredUpperTail(x * 1.01, df)).toBeLessThanOrEqual(q);
        expect(chiSquaredUpperTail(x, df + 1)).toBeGreaterThanOrEqual(q);
        let logTerm = (df / 2) * Math.log(x / 2) - x / 2;
        // ln Gamma(df / 2 + 1) by its recurrence, independent of the product's.
        for (let a = df / 2; a > 0; a--) logTerm -= Math.log(a);
        if (df % 2 === 1) logTerm -= Math.log(Math.sqrt(Math.PI));
        expect(chiSquaredUpperTail(x, df + 2) - q).toBeCloseTo(Math.exp(logTerm), 11);
      }),
    );
  });

  it('ends, and what it refuses', () => {
    expect(chiSquaredUpperTail(0, 3)).toBe(1);
    expect(chiSquaredUpperTail(Infinity, 3)).toBe(0);
    expect(() => chiSquaredUpperTail(1, 0)).toThrow(RangeError);
    expect(() => chiSquaredUpperTail(Number.NaN, 2)).toThrow(RangeError);
  });
});
