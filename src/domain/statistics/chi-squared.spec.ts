import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { chiSquaredUpper } from './chi-squared.js';
import { gammaLower, gammaUpper, logLowerGamma } from './incomplete-gamma.js';
import { logGamma } from './gamma.js';
import { normalCdf } from './normal.js';

function close(found: number, expected: number, relative: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

// Every expected value: scipy 1.17.1 (special.gammainc, special.gammaincc, stats.chi2.sf).
describe('incomplete gamma and chi-squared, against scipy', () => {
  it.each([
    [0.5, 0.1, 0.34527915398142317, 0.6547208460185768],
    [0.5, 3, 0.9856941215645704, 0.014305878435429641],
    [3, 2, 0.32332358381693654, 0.6766764161830634],
    [10, 25, 0.9997785233617512, 0.0002214766382487835],
    [100, 110, 0.8417213299399129, 0.15827867006008706],
    [1000, 900, 0.0005499022657117818, 0.9994500977342882],
    [31.7, 29, 0.33206931330824285, 0.6679306866917571],
    [5, 0.001, 8.326391864211505e-18, 1],
  ])('P and Q(%d, %d)', (a, x, lower, upper) => {
    close(gammaLower(a, x), lower, 1e-12);
    close(gammaUpper(a, x), upper, 1e-12);
    expect(logLowerGamma(a, x)).toBeCloseTo(Math.log(lower) + logGamma(a), 9);
  });

  it.each([
    [3.84, 1, 0.05004352124870519],
    [17.35593220338983, 1, 3.099293441045215e-5],
    [25.3, 10, 0.004804952978983564],
    [100, 50, 3.454931382984871e-5],
    [0.5, 3, 0.9188914116546758],
    [1500, 1000, 1.0454640385980825e-22],
    [200, 5, 2.8406228986415534e-41],
  ])('P(chi-squared >= %d), %d degrees', (x, df, p) => close(chiSquaredUpper(x, df), p, 1e-11));
});

describe('incomplete gamma and chi-squared, properties', () => {
  it('both tails add to 1, and one degree is the square of a normal', () => {
    const size = fc.double({ min: 0.01, max: 5000, noNaN: true });
    fc.assert(
      fc.property(size, size, (a, x) => {
        expect(gammaLower(a, x) + gammaUpper(a, x)).toBeCloseTo(1, 11);
        expect(gammaUpper(a, x * 1.01)).toBeLessThanOrEqual(gammaUpper(a, x) + 1e-13);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 0, max: 20, noNaN: true }), (z) => {
        close(chiSquaredUpper(z * z, 1), 2 * normalCdf(-z), 1e-11);
      }),
    );
  });

  it('two degrees are exponential; the ends and what lies outside', () => {
    close(chiSquaredUpper(30, 2), Math.exp(-15), 1e-13);
    expect(chiSquaredUpper(0, 3)).toBe(1);
    expect(chiSquaredUpper(Infinity, 3)).toBe(0);
    expect(() => chiSquaredUpper(1, 0)).toThrow(RangeError);
    expect(() => gammaLower(1, -1)).toThrow(RangeError);
  });
});
