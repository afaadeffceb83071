import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { betaCdf, betaQuantile } from './beta.js';
import { binomialTestGreater, binomialTestLess } from './binomial.js';
import { logGamma } from './gamma.js';
import { normalCdf, normalQuantile } from './normal.js';
import { studentCdf, studentQuantile } from './student.js';

/** Relative closeness, as the tails matter. */
function close(found: number, expected: number, relative: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + 1e-300);
}

// Every expected value of this file: scipy 1.17.1 (stats.norm, stats.t, stats.beta, stats.binomtest, special.gammaln).
describe('distributions, against scipy', () => {
  it.each([
    [-8.5, 9.47953482220325e-18],
    [-6, 9.865876450376946e-10],
    [-3.3, 0.00048342414238377744],
    [-1.96, 0.024997895148220435],
    [-0.5, 0.3085375387259869],
    [0.3, 0.6179114221889526],
    [1.2, 0.8849303297782918],
    [2.5, 0.9937903346742238],
    [5, 0.9999997133484281],
  ])('normalCdf(%d)', (z, expected) => close(normalCdf(z), expected, 1e-14));

  it.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798409],
    [1e-6, -4.753424308822899],
    [0.001, -3.090232306167813],
    [0.025, -1.9599639845400545],
    [0.05, -1.6448536269514729],
    [0.3, -0.5244005127080409],
    [0.8, 0.8416212335729143],
    [0.9999, 3.719016485455709],
  ])('normalQuantile(%d)', (p, expected) => close(normalQuantile(p), expected, 1e-13));

  it.each([
    [-2.5, 1, 0.12111894159084341],
    [-1.3, 4, 0.13172579823561206],
    [0.7, 10, 0.7500562149135578],
    [-6, 30, 6.971384383602382e-7],
    [2, 1e6, 0.9772497330743404],
  ])('studentCdf(%d, %d)', (t, df, expected) => close(studentCdf(t, df), expected, 1e-12));

  it.each([
    [0.975, 1, 12.706204736174694],
    [0.95, 2, 2.9199855803537242],
    [0.025, 9, -2.2621571627982053],
    [0.995, 33, 2.7332766423508357],
    [0.975, 7213, 1.9602929270863725],
    [0.95, 1e6, 1.6448551507220404],
  ])('studentQuantile(%d, %d)', (p, df, expected) => close(studentQuantile(p, df), expected, 1e-11));

  it.each([
    [0.3, 2, 5, 0.5798250000000003],
    [0.01, 0.5, 0.5, 0.06376856085851985],
    [0.62, 300, 200, 0.8190699881577963],
    [0.4486, 80500, 99000, 0.5448412867663065],
    [0.999, 1000, 2, 0.7353908495419277],
  ])('betaCdf(%d, %d, %d)', (x, a, b, expected) => close(betaCdf(x, a, b), expected, 1e-11));

  it.each([
    [0.05, 2, 5, 0.06284989170835438],
    [0.025, 81, 20, 0.7193020420263876],
    [0.975, 805, 991, 0.4712634978308882],
    [0.05, 1, 1000, 5.129197890901781e-5],
    [0.95, 0.5, 0.5, 0.9938441702975689],
    [0.5, 100000, 30, 0.9997034136682647],
    [1e-8, 3, 7, 0.0004922975191879924],
  ])('betaQuantile(%d, %d, %d)', (p, a, b, expected) => close(betaQuantile(p, a, b), expected, 1e-12));

  it.each([
    [0.1, 2.252712651734206],
    [0.5, 0.5723649429247],
    [1.5, -0.12078223763524526],
    [10.3, 13.482036786138359],
    [171, 706.5730622457875],
    [1e5, 1051287.7089736569],
  ])('logGamma(%d)', (x, expected) => close(logGamma(x), expected, 1e-13));

  it.each([
    [7, 10, 0.5, 0.171875, 0.9453125],
    [81, 263, 0.25, 0.01947781592511318, 0.9861258861862842],
    [805, 1795, 0.42, 0.007884961440103333, 0.9930871687561741],
    [0, 20, 0.1, 1, 0.12157665459056925],
    [20, 20, 0.9, 0.12157665459056931, 1],
  ])('exact binomial of %d of %d against %d', (x, n, p0, greater, less) => {
    close(binomialTestGreater(x, n, p0), greater, 1e-11);
    close(binomialTestLess(x, n, p0), less, 1e-11);
  });
});

describe('distributions, properties', () => {
  const open = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });

  it('quantiles invert their distribution functions', () => {
    fc.assert(
      fc.property(open, fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (p, a, b) => {
        expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
        expect(studentCdf(studentQuantile(p, a), a)).toBeCloseTo(p, 9);
        expect(betaCdf(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 9);
      }),
    );
  });

  it('refuses arguments outside its range', () => {
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
    expect(() => betaQuantile(0.5, 0, 1)).toThrow(RangeError);
    expect(() => studentQuantile(Number.NaN, 3)).toThrow(RangeError);
    expect(() => binomialTestGreater(3, 2, 0.5)).toThrow(RangeError);
  });
});
