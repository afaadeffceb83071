import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { logKatzInterval } from './log-katz.js';
import { mcnemarChiSquared, mcnemarChiSquaredP, mcnemarExact } from './mcnemar.js';
import {
  minimalDetectableMean,
  minimalDetectableProportion,
  minimalGapLimit,
  minimalMargin,
} from './minimal-detectable.js';
import { pairedMean } from './paired-mean.js';
import { requiredNGap, requiredNMean, requiredNPaired, requiredNProportion } from './required-n.js';
import { miettinenNurminenZ } from './score-difference.js';
import { koopmanInterval } from './score-ratio.js';

describe('paired mean difference', () => {
  it('is scipy 1.17.1 stats.ttest_rel on ten pairs: mean .083, variance .0596456', () => {
    const found = pairedMean({ n: 10, mean: 0.08299999999999995, variance: 0.059645555555555535 }, 0.95);
    if (!found.defined) throw new Error(found.reason);
    expect(found.t).toBeCloseTo(1.0747044529294558, 12);
    expect(found.p).toBeCloseTo(0.31047347031025246, 12);
    expect(found.low).toBeCloseTo(-0.09170760821773159, 12);
    expect(found.high).toBeCloseTo(0.2577076082177315, 12);
    expect(found.df).toBe(9);
  });

  it('has no error below two rows, or where every row differs by the same', () => {
    expect(pairedMean({ n: 1, mean: 0.3, variance: 0 }, 0.95)).toMatchObject({ defined: false });
    expect(pairedMean({ n: 50, mean: 0.3, variance: 0 }, 0.95)).toMatchObject({
      defined: false,
      reason: 'every row differs by the same: the error of the mean is unknown',
    });
  });

  it('rejects 0 exactly when the interval leaves it out', () => {
    const stat = fc.record({
      n: fc.integer({ min: 2, max: 500 }),
      mean: fc.double({ min: -1, max: 1, noNaN: true }),
      variance: fc.double({ min: 1e-3, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(stat, (one) => {
        const found = pairedMean(one, 0.95);
        if (!found.defined) throw new Error(found.reason);
        if (Math.min(Math.abs(found.low), Math.abs(found.high)) > 1e-9)
          expect(found.low > 0 || found.high < 0).toBe(found.p < 0.05);
      }),
    );
  });
});

describe('McNemar', () => {
  // R's mcnemar.test on its own example (Agresti 1990, p. 350): 150 and 86; scipy 1.17.1 stats.chi2.sf for p.
  it('chi-squared with and without correction, and their p', () => {
    expect(mcnemarChiSquared(59, 121)).toBeCloseTo(20.672222, 6);
    expect(mcnemarChiSquared(150, 86)).toBeCloseTo(16.81779661016949, 12);
    expect(mcnemarChiSquaredP(150, 86) / 4.114562281345944e-5).toBeCloseTo(1, 10);
    expect(mcnemarChiSquared(150, 86, false)).toBeCloseTo(17.35593220338983, 12);
    expect(mcnemarChiSquaredP(150, 86, false) / 3.099293441045215e-5).toBeCloseTo(1, 10);
    expect(mcnemarChiSquaredP(25, 15)).toBeCloseTo(0.15472892348537437, 12);
    expect(mcnemarExact(25, 15)).toBeCloseTo(0.1538599441628321, 12);
    expect(mcnemarChiSquaredP(0, 0)).toBe(1);
  });

  it('with many pairs the corrected p is the exact one, on its conservative side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 2000 }), fc.integer({ min: -60, max: 60 }), (half, shift) => {
        const [b, c] = [half + shift, half - shift];
        const corrected = mcnemarChiSquaredP(b, c);
        expect(Math.abs(corrected - mcnemarExact(b, c))).toBeLessThan(0.003);
        expect(mcnemarChiSquaredP(b, c, false)).toBeLessThanOrEqual(corrected);
        expect(mcnemarChiSquaredP(c, b)).toBe(corrected);
      }),
    );
  });
});

describe('ratio intervals for display', () => {
  it('log-Katz: scipy 1.17.1 stats.contingency.relative_risk', () => {
    const { low, high } = logKatzInterval(36, 40, 16, 80, 0.95)!;
    expect(low).toBeCloseTo(2.8685501986034843, 12);
    expect(high).toBeCloseTo(7.059315193388787, 12);
    const other = logKatzInterval(30, 100, 50, 100, 0.9)!;
    expect(other.low).toBeCloseTo(0.4443541339286578, 12);
    expect(other.high).toBeCloseTo(0.8101646243664719, 12);
    expect(logKatzInterval(0, 40, 16, 80, 0.95)).toBeNull();
    expect(logKatzInterval(3, 40, 0, 80, 0.95)).toBeNull();
  });

  it('Koopman: 36/40 against 16/80 (STATISTICS, section 3; Koopman 1984)', () => {
    const { low, high } = koopmanInterval(36, 40, 16, 80, 0.95);
    expect(low).toBeCloseTo(2.9396, 4);
    expect(high).toBeCloseTo(7.1522, 4);
  });

  it('swapping the groups inverts the interval', () => {
    const counts = fc
      .integer({ min: 1, max: 300 })
      .chain((n) => fc.tuple(fc.integer({ min: 1, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, counts, ([x1, n1], [x2, n2]) => {
        const one = logKatzInterval(x1, n1, x2, n2, 0.95)!;
        const other = logKatzInterval(x2, n2, x1, n1, 0.95)!;
        expect(other.low * one.high).toBeCloseTo(1, 9);
        expect(other.high * one.low).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('effective counts', () => {
  it('the score of real counts lies between those of the integers around', () => {
    const at = (x: number) => miettinenNurminenZ(x, 60, 20, 50, 0.05);
    expect(at(30.5)).toBeGreaterThan(at(30));
    expect(at(30.5)).toBeLessThan(at(31));
    expect(() => miettinenNurminenZ(61, 60, 20, 50, 0)).toThrow(RangeError);
    expect(() => miettinenNurminenZ(Number.NaN, 60, 20, 50, 0)).toThrow(RangeError);
  });
});

describe('minimal detectable effects', () => {
  it('by hand at .05 and 80 %: (1.64485 + .84162) sd / sqrt(n), and what required n says', () => {
    expect(minimalDetectableMean(1, 100, 0.05, 10)).toBeCloseTo(0.24864748605243573, 8);
    // .9 against .8 takes 82.8 rows (Fleiss 1981): 83 of them show .0999 and no less.
    expect(minimalDetectableProportion(0.8, 'above', 83, 0.05)).toBeCloseTo(0.0999, 4);
    expect(minimalDetectableProportion(0.8, 'below', 83, 0.05)).toBeGreaterThan(0.1);
    expect(minimalDetectableProportion(0.8, 'above', 5, 0.05)).toBeNull();
    // 6.18 psi / d^2 (STATISTICS, section 3).
    expect(minimalMargin(0.1, 6183, 0.05)).toBeCloseTo(0.01, 5);
  });

  it('are the smallest that the required n allows', () => {
    const n = fc.integer({ min: 50, max: 100_000 });
    const p = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    const smallest = (effect: number | null, required: (effect: number) => number | null, rows: number) => {
      expect(effect).not.toBeNull();
      expect(required(effect!)).toBeLessThanOrEqual(rows);
      expect(required(effect! * (1 - 1e-6)) ?? Infinity).toBeGreaterThan(rows);
    };
    fc.assert(
      fc.property(n, p, (rows, rate) => {
        smallest(
          minimalDetectableMean(rate, rows, 0.05, 100),
          (effect) => requiredNMean(effect, rate, 0, 0.05),
          rows,
        );
        smallest(minimalGapLimit(rate, rows, 0.05), (limit) => requiredNGap(rate, rate, limit, 0.05), rows);
        smallest(minimalMargin(rate, rows, 0.05), (margin) => requiredNPaired(rate, 0, margin, 0.05), rows);
        const above = minimalDetectableProportion(rate, 'above', rows, 0.05);
        if (above !== null)
          smallest(above, (effect) => requiredNProportion(Math.min(1, rate + effect), rate, 0.05), rows);
      }),
    );
  });
});
