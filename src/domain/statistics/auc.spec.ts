import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { aucBound, aucPValueAbove, aucPValueBelow, hanleyMcNeilVariance } from './auc-bound.js';
import { aucStatistic, type AucStatistic } from './auc.js';
import { pairedAuc, pairedAucBound, pairedAucInterval, pairedAucZ } from './paired-auc.js';
import { seededRandom } from './random.js';

/** 60 rows made with numpy's default_rng(7), rounded to two digits so that scores tie. */
const LABELS = Uint8Array.from(
  '000110100011100000001101100000011101110110000010001011110100'.split('').map((digit) => Number(digit)),
);
const A = Float64Array.from([
  39, 41, 44, 45, 64, 16, 61, 6, 63, 14, 79, 55, 92, 43, 9, 55, 61, 59, 37, 9, 48, 95, 36, 47, 92, 42, 37, 24,
  27, 16, 2, 92, 65, 71, 21, 84, 37, 59, 2, 43, 98, 43, 28, 34, 57, 22, 73, 44, 23, 34, 85, 59, 45, 96, 35,
  84, 53, 44, 27, 53,
]).map((cents) => cents / 100);
const B = Float64Array.from([
  1, 50, 63, 56, 73, 18, 31, 29, 14, 28, 91, 61, 42, 22, 76, 36, 78, 41, 42, 72, 74, 61, 34, 85, 48, 74, 5,
  34, 42, 76, 20, 79, 69, 72, 50, 93, 42, 47, 16, 19, 32, 73, 67, 9, 48, 38, 63, 53, 25, 77, 52, 50, 66, 30,
  20, 48, 61, 80, 58, 9,
]).map((cents) => cents / 100);

/** DeLong by its definition: every pair of a positive and a negative, O(m n), structural components, sample covariances. */
function bruteForce(columns: readonly Float64Array[], labels: Uint8Array) {
  const positives = [...labels.keys()].filter((i) => labels[i] === 1);
  const negatives = [...labels.keys()].filter((i) => labels[i] !== 1);
  const psi = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const v10 = columns.map((s) => positives.map((i) => mean(negatives.map((j) => psi(s[i]!, s[j]!)))));
  const v01 = columns.map((s) => negatives.map((j) => mean(positives.map((i) => psi(s[i]!, s[j]!)))));
  const covariance = (x: number[], y: number[]) => {
    const [mx, my] = [mean(x), mean(y)];
    return x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0) / (x.length - 1);
  };
  const s = (r: number, t: number) =>
    covariance(v10[r]!, v10[t]!) / positives.length + covariance(v01[r]!, v01[t]!) / negatives.length;
  return { auc: v10.map(mean), s };
}

describe('aucStatistic', () => {
  it('gives scikit-learn 1.9.1 roc_auc_score, and DeLong of numpy (all pairs), on 60 rows with ties', () => {
    const stat = aucStatistic(A, LABELS)!;
    expect(stat).toMatchObject({ positives: 25, negatives: 35 });
    expect(stat.auc).toBeCloseTo(0.8902857142857142, 14);
    expect(stat.se).toBeCloseTo(0.04022639015604053, 13);
    expect(aucStatistic(B, LABELS)!.auc).toBeCloseTo(0.6714285714285715, 14);
    expect(aucStatistic(B, LABELS)!.se).toBeCloseTo(0.07000382999869217, 13);
  });

  const rows = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), fc.boolean()), {
      minLength: 4,
      maxLength: 60,
    })
    .filter((all) => {
      const positives = all.filter(([, , label]) => label).length;
      return positives >= 2 && all.length - positives >= 2;
    });
  const columnsOf = (all: readonly (readonly [number, number, boolean])[]) => ({
    a: Float64Array.from(all, ([a]) => a / 12),
    b: Float64Array.from(all, ([, b]) => b / 12),
    labels: Uint8Array.from(all, ([, , label]) => (label ? 1 : 0)),
  });

  it('equals the brute force over all pairs, alone and paired', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const { a, b, labels } = columnsOf(all);
        const { auc, s } = bruteForce([a, b], labels);
        const alone = aucStatistic(a, labels)!;
        const paired = pairedAuc(a, b, labels)!;
        expect(alone.auc).toBeCloseTo(auc[0]!, 12);
        expect(alone.se).toBeCloseTo(Math.sqrt(Math.max(0, s(0, 0))), 7);
        expect(paired.aucA).toBe(alone.auc);
        expect(paired.seA).toBe(alone.se);
        expect(paired.aucB).toBeCloseTo(auc[1]!, 12);
        expect(paired.seDiff ** 2).toBeCloseTo(s(0, 0) + s(1, 1) - 2 * s(0, 1), 12);
      }),
    );
  });

  it('is the same to the bit in any order of the rows', () => {
    fc.assert(
      fc.property(rows, fc.integer(), (all, seed) => {
        const shuffled = [...all].sort(
          (x, y) => ((JSON.stringify(x).length * seed) % 7) - ((JSON.stringify(y).length * seed) % 7),
        );
        shuffled.reverse();
        const [one, other] = [columnsOf(all), columnsOf(shuffled)];
        expect(aucStatistic(other.a, other.labels)).toEqual(aucStatistic(one.a, one.labels));
        expect(pairedAuc(other.a, other.b, other.labels)).toEqual(pairedAuc(one.a, one.b, one.labels));
      }),
    );
  });

  it('is null without both classes, has no error with one row of a class, and refuses NaN', () => {
    expect(aucStatistic(Float64Array.of(0.1, 0.2), Uint8Array.of(1, 1))).toBeNull();
    expect(aucStatistic(Float64Array.of(0.1, 0.2, 0.3), Uint8Array.of(0, 0, 1))).toMatchObject({
      auc: 1,
      se: null,
    });
    expect(() => aucStatistic(Float64Array.of(Number.NaN, 0), Uint8Array.of(0, 1))).toThrow('NaN');
  });
});

describe('pairedAuc', () => {
  it('gives the standard error of numpy (all pairs) on the 60 rows', () => {
    const stat = pairedAuc(A, B, LABELS)!;
    expect(stat.seDiff).toBeCloseTo(0.07553890156905979, 12);
    // 25 positives, 35 negatives.
    const difference = 0.8902857142857142 - 0.6714285714285715;
    expect(pairedAucZ(stat, 0)).toBeCloseTo(
      difference / Math.sqrt(0.07553890156905979 ** 2 + difference / 25),
      10,
    );
  });

  it('its interval for display: the difference -+ 1.96 standard errors (DeLong), inside the bounds that decide', () => {
    const stat = pairedAuc(A, B, LABELS)!;
    const { low, high } = pairedAucInterval(stat, 0.95)!;
    const difference = 0.8902857142857142 - 0.6714285714285715;
    expect(low).toBeCloseTo(difference - 1.959963984540054 * 0.07553890156905979, 12);
    expect(high).toBeCloseTo(difference + 1.959963984540054 * 0.07553890156905979, 12);
    const { lower, upper } = pairedAucBound(stat, 0.025);
    expect(lower).toBeLessThan(low);
    expect(upper).toBeGreaterThan(high);
    expect(pairedAucInterval({ ...stat, seDiff: 0 }, 0.95)).toBeNull();
  });

  it('its bound inverts its z', () => {
    const stat = pairedAuc(A, B, LABELS)!;
    const { lower, upper } = pairedAucBound(stat, 0.05);
    expect(pairedAucZ(stat, lower)).toBeCloseTo(1.6448536269514722, 10);
    expect(pairedAucZ(stat, upper)).toBeCloseTo(-1.6448536269514722, 10);
  });

  it('rankings that agree on few rows do not show that they always do', () => {
    const stat = pairedAuc(A, A, LABELS)!;
    expect(stat.seDiff).toBe(0);
    expect(pairedAucZ(stat, -0.01)).toBeCloseTo(Math.sqrt(25 * 0.01), 12);
    expect(pairedAucBound(stat, 0.05).lower).toBeCloseTo(-(1.6448536269514722 ** 2) / 25, 12);
    // On 271 rows of each class they show it to within .01.
    const many = { ...stat, positives: 271, negatives: 271 };
    expect(pairedAucBound(many, 0.05).lower).toBeGreaterThan(-0.01);
  });

  it('a candidate worse by the margin on few rows is rarely waved through: 39 % by plain DeLong', () => {
    const random = seededRandom('paired-boundary');
    const labels = Uint8Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 0));
    const perfect = Float64Array.from(labels);
    let passed = 0;
    for (let trial = 0; trial < 400; trial++) {
      // One in a hundred positives falls to the bottom: AUC .99 against 1.
      const candidate = perfect.map((score) => (score === 1 && random() < 0.01 ? -1 : score));
      if (pairedAucZ(pairedAuc(candidate, perfect, labels)!, -0.01) >= 1.6448536269514722) passed++;
    }
    expect(passed).toBeLessThanOrEqual(400 * 0.05 + 13);
  });

  it('a difference without variation decides nothing', () => {
    const perfect = Float64Array.from(LABELS);
    const constant = new Float64Array(LABELS.length);
    const stat = pairedAuc(perfect, constant, LABELS)!;
    expect(pairedAucZ(stat, -0.01)).toBe(0);
    expect(pairedAucBound(stat, 0.05)).toEqual({ lower: -1, upper: 1 });
  });
});

describe('aucBound', () => {
  const stat = (auc: number, se: number | null, positives: number, negatives: number): AucStatistic => ({
    auc,
    se,
    positives,
    negatives,
  });

  it('logit-DeLong on the 60 rows, against scipy (special.expit, logit)', () => {
    const bound = aucBound(aucStatistic(A, LABELS)!, 0.05);
    // min(25, 35) (1 - A) = 2.7: the small-sample rule may only lower the bound.
    expect(bound.smallSample).toBe(true);
    expect(bound.lower).toBeLessThanOrEqual(0.8047517486011212);
    expect(bound.upper).toBeCloseTo(0.9410919833953243, 12);
    const claimed = aucBound(stat(0.8902857142857142, 0.04022639015604053, 100, 100), 0.05);
    expect(claimed).toMatchObject({ smallSample: false, method: 'logit-delong' });
    expect(claimed.lower).toBeCloseTo(0.8047517486011212, 12);
  });

  it('takes the Hanley-McNeil root where it is lower (scipy brentq)', () => {
    const bound = aucBound(stat(0.95, 0.02, 30, 50), 0.05);
    expect(bound.lower).toBeCloseTo(0.8775797613538802, 10);
    expect(bound.smallSample).toBe(true);
  });

  it('has the variance of Hanley and McNeil 1982 (A = .8, 50 + 50: 0.0445; table: A = .893, 51 + 58: 0.032)', () => {
    expect(Math.sqrt(hanleyMcNeilVariance(0.8, 50, 50))).toBeCloseTo(0.04450218471540969, 12);
    expect(Math.abs(Math.sqrt(hanleyMcNeilVariance(0.893, 51, 58)) - 0.032)).toBeLessThan(0.001);
  });

  it('a perfect ranking of few rows is no proof: alpha^(1/min), and its mirror', () => {
    expect(aucBound(stat(1, 0, 20, 300), 0.05)).toMatchObject({
      lower: 0.05 ** (1 / 20),
      upper: 1,
      smallSample: true,
    });
    const mirror = aucBound(stat(0, 0, 20, 300), 0.05);
    expect(mirror.lower).toBe(0);
    expect(mirror.upper).toBeCloseTo(1 - 0.05 ** (1 / 20), 14);
  });

  it('constant scores have no error of their own, and still do not show an AUC of one half', () => {
    const bound = aucBound(stat(0.5, 0, 50, 50), 0.05);
    expect(bound.lower).toBeLessThan(0.45);
    expect(bound.upper).toBeGreaterThan(0.55);
  });

  it('bounds agree with the p-values, and widen as alpha falls', () => {
    const any = fc.record({
      auc: fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0.01, max: 0.99, noNaN: true })),
      se: fc.oneof(fc.constant(null), fc.double({ min: 0.002, max: 0.1, noNaN: true })),
      positives: fc.integer({ min: 1, max: 500 }),
      negatives: fc.integer({ min: 1, max: 500 }),
    });
    const level = fc.constantFrom(0.01, 0.05, 0.2);
    fc.assert(
      fc.property(any, level, fc.double({ min: 0.02, max: 0.98, noNaN: true }), (one, alpha, threshold) => {
        const { lower, upper } = aucBound(one, alpha);
        expect(lower).toBeLessThanOrEqual(one.auc);
        expect(upper).toBeGreaterThanOrEqual(one.auc);
        expect(aucBound(one, alpha / 2).lower).toBeLessThanOrEqual(lower);
        if (Math.abs(upper - threshold) > 1e-7)
          expect(upper < threshold).toBe(aucPValueBelow(one, threshold) < alpha);
        if (Math.abs(lower - threshold) > 1e-7)
          expect(lower > threshold).toBe(aucPValueAbove(one, threshold) < alpha);
      }),
    );
  });
});
