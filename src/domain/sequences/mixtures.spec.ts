import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { normalDraw, seededRandom } from '../statistics/random.js';
import { bernoulliSequence } from './bernoulli-sequence.js';
import { betaBinomialMixture } from './beta-binomial-mixture.js';
import { gammaExponentialMixture } from './gamma-exponential-mixture.js';
import type { Mixture } from './mixture.js';
import { msprt } from './msprt.js';
import { normalMixture } from './normal-mixture.js';
import { polyStitchingBound, zeta } from './poly-stitching.js';

// Values of a reference in R: gostevehoward/confseq (MIT), test/uniform_boundaries_unittest.cpp, to 1e-5; rho: STATISTICS, section 5.
const TUNING = { vOpt: 100, alphaOpt: 0.05 };
const MIXTURES: [string, Mixture, number, number][] = [
  ['normal, two-sided', normalMixture(TUNING, 2), -0.6510052, 30.35209],
  ['normal, one-sided', normalMixture(TUNING, 1), -0.06502391, 27.66071],
  ['gamma-exponential, c 2', gammaExponentialMixture({ ...TUNING, c: 2 }), -0.2490165, 33.02017],
  [
    'beta-binomial .2 .8, two-sided',
    betaBinomialMixture({ ...TUNING, g: 0.2, h: 0.8 }, 2),
    -0.6941012,
    31.4308,
  ],
  [
    'beta-binomial .2 .8, one-sided',
    betaBinomialMixture({ ...TUNING, g: 0.2, h: 0.8 }, 1),
    -0.07134019,
    28.41238,
  ],
];

describe('mixtures, against confseq', () => {
  it.each(MIXTURES)('%s: log at (10, 100) and bound at 100', (_name, mixture, log, bound) => {
    expect(Math.abs(mixture.log(10, 100) - log)).toBeLessThan(1e-5);
    expect(Math.abs(mixture.bound(100, 0.05) - bound)).toBeLessThan(1e-5);
  });

  it('rho of the normal mixtures', () => {
    expect(normalMixture(TUNING, 2).rho).toBeCloseTo(12.60056, 5);
    expect(normalMixture(TUNING, 1).rho).toBeCloseTo(15.80063, 5);
  });

  it('poly stitching', () => {
    expect(polyStitchingBound(100, 0.05, { vMin: 10, c: 3 })).toBeCloseTo(64.48755, 5);
    expect(polyStitchingBound(100, 0.05, { vMin: 10, c: -1 })).toBeCloseTo(28.99389, 5);
    // scipy 1.17.1 special.zeta.
    expect(zeta(1.4)).toBeCloseTo(3.1055472779775806, 13);
    expect(zeta(1.05)).toBeCloseTo(20.580844302036976, 12);
    expect(zeta(2)).toBeCloseTo(Math.PI ** 2 / 6, 14);
  });

  it.each([
    [700, 1000, 100, 0.651629, 0.745949],
    [15, 50, 50, 0.129556, 0.511896],
    [5, 50, 50, 0.013021, 0.269264],
    [1, 50, 50, 0, 0.13489],
    [1, 2, 50, 0, 1],
    [100, 200, 1, 0.328923, 0.671076],
  ])('Bernoulli: %d of %d, tuned to %d', (successes, trials, optimalTrials, low, high) => {
    const found = bernoulliSequence(successes, trials, { alpha: 0.05, optimalTrials });
    expect(Math.abs(found.low - low)).toBeLessThan(1e-5);
    expect(Math.abs(found.high - high)).toBeLessThan(1e-5);
  });
});

describe('mixtures, properties', () => {
  const time = fc.double({ min: 0.5, max: 1e5, noNaN: true });
  const alpha = fc.double({ min: 1e-6, max: 0.5, noNaN: true });

  it.each(MIXTURES)('%s: starts at 1, and its bound is where it reaches 1/alpha', (_name, mixture) => {
    expect(mixture.log(0, 0)).toBeCloseTo(0, 12);
    fc.assert(
      fc.property(time, alpha, (v, a) => {
        const s = mixture.bound(v, a);
        const log = mixture.log(s, v);
        // The sum of bounded steps may end below it.
        if (s < v / 0.2 || !_name.startsWith('beta')) expect(log).toBeCloseTo(Math.log(1 / a), 6);
        else expect(log).toBeLessThanOrEqual(Math.log(1 / a) + 1e-6);
        expect(mixture.bound(v, a / 2)).toBeGreaterThanOrEqual(s);
      }),
    );
  });

  it('of a Bernoulli process the beta-binomial keeps its expectation of 1, exactly', () => {
    // All paths of 12 steps: E exp(log M) over Binomial(12, p).
    for (const sides of [1, 2] as const) {
      for (const p of [0.1, 0.5, 0.8]) {
        const mixture = betaBinomialMixture({ vOpt: 4, g: p, h: 1 - p }, sides);
        let [mean, chance] = [0, (1 - p) ** 12];
        for (let x = 0; x <= 12; x++) {
          mean += chance * Math.exp(mixture.log(x - 12 * p, 12 * p * (1 - p)));
          chance *= ((12 - x) / (x + 1)) * (p / (1 - p));
        }
        expect(mean).toBeCloseTo(1, 9);
      }
    }
  });

  it('the Bernoulli interval holds its estimate and mirrors', () => {
    const counts = fc
      .integer({ min: 1, max: 3000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([x, n]) => {
        const options = { alpha: 0.05, optimalTrials: 200 };
        const { low, high } = bernoulliSequence(x, n, options);
        expect(low).toBeLessThanOrEqual(x / n);
        expect(high).toBeGreaterThanOrEqual(x / n);
        const mirror = bernoulliSequence(n - x, n, options);
        expect(mirror.low).toBeCloseTo(1 - high, 9);
        expect(mirror.high).toBeCloseTo(1 - low, 9);
      }),
    );
  });

  it('looking at every step does not cross more often than alpha; a fixed-sample bound does', () => {
    const random = seededRandom('peeking');
    const [mixture, one] = [normalMixture({ vOpt: 300 }, 2), normalMixture({ vOpt: 300 }, 1)];
    const [gamma, level] = [gammaExponentialMixture({ vOpt: 300, c: 1 }), Math.log(1 / 0.05)];
    const crossed = { two: 0, one: 0, gamma: 0, stitched: 0, fixed: 0 };
    for (let run = 0; run < 400; run++) {
      const seen = { two: false, one: false, gamma: false, stitched: false, fixed: false };
      let [s, g] = [0, 0];
      for (let t = 1; t <= 1000; t++) {
        s += normalDraw(random);
        // Exponential steps, centred: sub-exponential with c = 1 and unit variance.
        g += -Math.log(1 - random()) - 1;
        seen.two ||= mixture.log(s, t) >= level;
        seen.one ||= one.log(s, t) >= level;
        seen.gamma ||= gamma.log(g, t) >= level;
        seen.stitched ||= s >= polyStitchingBound(t, 0.05, { vMin: 10 });
        seen.fixed ||= Math.abs(s) >= 1.96 * Math.sqrt(t);
      }
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) if (seen[key]) crossed[key]++;
    }
    // .05 and three standard errors of 400 runs.
    for (const key of ['two', 'one', 'gamma', 'stitched'] as const)
      expect(crossed[key], key).toBeLessThanOrEqual(33);
    expect(crossed.two).toBeGreaterThan(0);
    expect(crossed.fixed).toBeGreaterThan(120);
  });

  it('refuses what is no time, level or scale', () => {
    expect(() => normalMixture({ vOpt: 0 }, 2)).toThrow(RangeError);
    expect(() => normalMixture({ vOpt: 1, alphaOpt: 0.6 }, 1)).toThrow(RangeError);
    expect(() => gammaExponentialMixture({ vOpt: 1, c: 0 })).toThrow(RangeError);
    expect(() => betaBinomialMixture({ vOpt: 1, g: 0, h: 1 }, 2)).toThrow(RangeError);
    expect(() => polyStitchingBound(1, 0.05, { vMin: 0 })).toThrow(RangeError);
    expect(() => bernoulliSequence(3, 2, { alpha: 0.05, optimalTrials: 10 })).toThrow(RangeError);
    expect(() => normalMixture({ vOpt: 1 }, 1).bound(1, 1)).toThrow(RangeError);
  });
});

describe('mSPRT', () => {
  const tuning = { vOpt: 100 };

  it('is the two-sided normal mixture at s = n d, v = 2 sigma^2 n', () => {
    // n = 100, sigma^2 = .5, d = .1: s = 10, v = 100, the mixture's known answers above.
    const arm = (mean: number) => ({ n: 100, mean, variance: 0.5 });
    const found = msprt(arm(0.6), arm(0.5), tuning, 0.05);
    if (!found.defined) throw new Error(found.reason);
    expect(found.difference).toBeCloseTo(0.1, 12);
    expect(found.high - found.difference).toBeCloseTo(0.3035209, 6);
    // The log mixture is negative: nothing is shown.
    expect(found.p).toBe(1);
    const far = msprt(arm(1.1), arm(0.5), tuning, 0.05);
    if (!far.defined) throw new Error(far.reason);
    expect(far.p).toBeCloseTo(Math.exp(-normalMixture(tuning, 2).log(60, 100)), 9);
  });

  it('claims nothing below 100 values an arm, or without variation', () => {
    expect(
      msprt({ n: 99, mean: 1, variance: 1 }, { n: 1e6, mean: 0, variance: 1 }, tuning, 0.05),
    ).toMatchObject({
      defined: false,
      reason: 'an arm has 99 values; the sequential test needs 100',
    });
    expect(
      msprt({ n: 100, mean: 1, variance: 0 }, { n: 100, mean: 0, variance: 0 }, tuning, 0.05).defined,
    ).toBe(false);
  });

  it('interval and p agree, and swapping the arms mirrors', () => {
    const arm = fc.record({
      n: fc.integer({ min: 100, max: 5000 }),
      mean: fc.double({ min: -1, max: 1, noNaN: true }),
      variance: fc.double({ min: 0.01, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(arm, arm, (one, other) => {
        const [found, mirror] = [msprt(one, other, tuning, 0.05), msprt(other, one, tuning, 0.05)];
        if (!found.defined || !mirror.defined) throw new Error('undefined');
        expect(mirror.p).toBe(found.p);
        expect(mirror.low).toBeCloseTo(-found.high, 9);
        if (Math.abs(found.p - 0.05) > 1e-9) expect(found.low > 0 || found.high < 0).toBe(found.p < 0.05);
      }),
    );
  });
});
