import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { ece, eceStatistic, binOf, EceSums } from './ece.js';
import { eceChanceDraws, eceLower, ecePValueAbove, eceUpper } from './ece-bound.js';
import { ExactIntegerSum, ratioOf } from './exact-sum.js';
import { FixedPointSums, FixedPointTable } from './fixed-point.js';
import { meanBound, meanInterval, meanPValueAbove, meanPValueBelow } from './mean.js';
import { multinomialDraw } from './multinomial.js';
import { normalDraw, seededRandom } from './random.js';
import {
  requiredNFactor,
  requiredNGap,
  requiredNPaired,
  requiredNProportion,
  requiredNRatio,
} from './required-n.js';

describe('exact sums', () => {
  const term = fc.double({ min: -64, max: 64, noNaN: true });

  it('are the same to the bit for any order and any partition', () => {
    fc.assert(
      fc.property(fc.array(term, { minLength: 2, maxLength: 80 }), fc.nat(), (terms, cut) => {
        const whole = new FixedPointSums();
        terms.forEach((value) => whole.add(value));
        const left = new FixedPointSums();
        const right = new FixedPointSums();
        [...terms].reverse().forEach((value, i) => (i < cut % terms.length ? left : right).add(value));
        right.merge(left);
        expect(right.total()).toBe(whole.total());
        expect(right.totalOfSquares()).toBe(whole.totalOfSquares());
        expect(right.variance()).toBe(whole.variance());
      }),
    );
  });

  it('agree with plain arithmetic', () => {
    fc.assert(
      fc.property(fc.array(term, { minLength: 2, maxLength: 80 }), (terms) => {
        const sums = new FixedPointSums();
        terms.forEach((value) => sums.add(value));
        const mean = terms.reduce((a, b) => a + b, 0) / terms.length;
        const variance = terms.reduce((a, b) => a + (b - mean) ** 2, 0) / (terms.length - 1);
        expect(sums.total() / terms.length).toBeCloseTo(mean, 9);
        expect(sums.variance()).toBeCloseTo(variance, 7);
        expect(sums.totalOfSquares()).toBeCloseTo(
          terms.reduce((a, b) => a + b * b, 0),
          6,
        );
      }),
    );
  });

  it('of a column are those of its terms, and survive being written', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 80 }), (terms) => {
        const [one, all, each] = [1, 2, 3].map(() => FixedPointTable.of(3)) as [FixedPointTable, FixedPointTable, FixedPointTable]; // prettier-ignore
        terms.forEach((value) => one.add(1, value));
        all.addAll(1, Float64Array.from(terms));
        each.addEach(Uint16Array.from(terms, () => 1), Float64Array.from(terms)); // prettier-ignore
        expect(all.parts()).toEqual(one.parts());
        expect(each.parts()).toEqual(one.parts());
        const back = FixedPointTable.from(one.parts());
        expect(back.parts()).toEqual(one.parts());
        back.merge(one);
        terms.forEach((value) => one.add(1, value));
        expect(back.parts()).toEqual(one.parts());
      }),
    );
  });

  it('of the largest terms stay exact where they spill', () => {
    const table = FixedPointTable.of(1);
    table.addAll(0, new Float64Array(100_000).fill(-64));
    expect(table.parts()).toEqual([[100_000, String(-64n * 2n ** 40n * 100_000n), String(4096n * 2n ** 80n * 100_000n)]]); // prettier-ignore
    expect(table.variance(0)).toBe(0);
  });

  it('of many equal terms at once are exact', () => {
    const sum = new ExactIntegerSum();
    sum.addTimes(4_000_000_000_001, 500_000);
    sum.addTimes(-3, 7);
    sum.addTimes(0, 9);
    expect(sum.total()).toBe(4_000_000_000_001n * 500_000n - 21n);
  });

  it('hold what doubles lose', () => {
    const sum = new ExactIntegerSum();
    for (let i = 0; i < 1000; i++) sum.add(2 ** 52 - 1);
    expect(sum.total()).toBe(1000n * (2n ** 52n - 1n));
    expect(ratioOf(1n, 3n)).toBeCloseTo(1 / 3, 16);
    expect(ratioOf(-(10n ** 40n), 10n ** 30n)).toBe(-1e10);
  });
});

describe('means of losses', () => {
  it('Student, against scipy stats.t.interval: n = 60, mean .1458, see the metrics spec for its rows', () => {
    expect(meanInterval(5, 4, 25, 0.95)).toEqual({
      low: expect.closeTo(5 - (2.0638985616280205 * 2) / 5, 11) as number,
      high: expect.closeTo(5 + (2.0638985616280205 * 2) / 5, 11) as number,
    });
  });

  it('rows that are all equal bound the mean by what may not have been seen', () => {
    const { lower, upper } = meanBound({ n: 10, mean: 0, variance: 0 }, 1, 0.05);
    expect(lower).toBe(0);
    expect(upper).toBeCloseTo(1 - 0.05 ** 0.1, 14);
    expect(meanBound({ n: 0, mean: Number.NaN, variance: 0 }, 1, 0.05)).toEqual({ lower: 0, upper: 1 });
  });

  // Exact: errors are Binomial(100, .03), scores of 0 and 1, so that Brier score and ECE are the share of errors. Wald passes 19 %.
  it('few errors of hard scores pass no more often than alpha', () => {
    const shares = [0.0476, 0.1471, 0.2252, 0.2275, 0.1706];
    const passes = (upper: (errors: number) => number) =>
      shares.reduce((sum, share, errors) => sum + (upper(errors) <= 0.03 ? share : 0), 0);
    const variance = (errors: number) => (errors * (100 - errors)) / 100 / 99;
    expect(
      passes(
        (errors) => meanBound({ n: 100, mean: errors / 100, variance: variance(errors) }, 1, 0.05).upper,
      ),
    ).toBeLessThanOrEqual(0.05);
    const conf = new Float64Array(100).fill(1);
    expect(
      passes((errors) =>
        eceUpper(
          eceStatistic(
            conf,
            conf.map((_, i) => (i < errors ? 0 : 1)),
          ),
          0.05,
        ),
      ),
    ).toBeLessThanOrEqual(0.05);
  });

  it('bound and p-value agree', () => {
    const stat = fc.record({
      n: fc.integer({ min: 1, max: 1000 }),
      mean: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      variance: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 0.25, noNaN: true })),
    });
    fc.assert(
      fc.property(stat, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (one, threshold) => {
        const { lower, upper } = meanBound(one, 1, 0.05);
        if (Math.abs(upper - threshold) > 1e-9 && upper < 1)
          expect(upper < threshold).toBe(meanPValueBelow(one, 1, threshold) < 0.05);
        if (Math.abs(lower - threshold) > 1e-9)
          expect(lower > threshold).toBe(meanPValueAbove(one, threshold) < 0.05);
      }),
    );
  });
});

describe('calibration error', () => {
  it('bins are (lo, hi]; 0 falls into the first', () => {
    expect([0, 0.1, 0.1000001, 0.3, 0.2, 1].map((confidence) => binOf(confidence, 10))).toEqual([
      0, 0, 1, 2, 1, 9,
    ]);
    for (let k = 1; k <= 15; k++) expect(binOf(k / 15, 15)).toBe(k - 1);
  });

  it('by hand: two bins, |.2 - 0| and |.8 - 1/2| over 1 + 2 rows', () => {
    const stat = eceStatistic([0.2, 0.8, 0.8], [0, 1, 0], 2);
    expect(ece(stat)).toBeCloseTo((1 * 0.2 + 2 * 0.3) / 3, 12);
  });

  it('merges to the bit', () => {
    const rows = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, fc.nat(), (all, cut) => {
        const parts = [new EceSums(15), new EceSums(15)];
        all.forEach(([confidence, outcome], i) =>
          parts[(i * (cut + 1)) % 2]!.add(confidence, outcome ? 1 : 0),
        );
        parts[1]!.merge(parts[0]!);
        const whole = eceStatistic(
          all.map(([c]) => c),
          all.map(([, y]) => (y ? 1 : 0)),
        );
        expect(parts[1]!.finish()).toEqual(whole);
        expect(ece(whole)).toBeGreaterThanOrEqual(0);
        expect(ece(whole)).toBeLessThanOrEqual(1);
        expect(eceUpper(whole, 0.05)).toBeGreaterThanOrEqual(ece(whole));
        expect(eceLower(whole, 0.05, seededRandom(1))).toBeLessThanOrEqual(ece(whole));
      }),
    );
  });

  it('a calibrated model is rarely convicted, a wrong one is', () => {
    const random = seededRandom('calibration');
    let convicted = 0;
    for (let trial = 0; trial < 100; trial++) {
      const conf = Float64Array.from({ length: 500 }, () => random());
      const y = Uint8Array.from(conf, (p) => (random() < p ? 1 : 0));
      const stat = eceStatistic(conf, y);
      if (ecePValueAbove(stat, 0, eceChanceDraws(stat, seededRandom(trial), 1000)) <= 0.05) convicted++;
    }
    expect(convicted).toBeLessThanOrEqual(12);
    const sure = eceStatistic(
      new Float64Array(500).fill(0.99),
      Uint8Array.from({ length: 500 }, (_, i) => i % 2),
    );
    expect(eceLower(sure, 0.05, seededRandom(1))).toBeGreaterThan(0.4);
  });

  it('a handful of perfect rows does not show calibration', () => {
    expect(eceUpper(eceStatistic([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]), 0.05)).toBeGreaterThan(0.4);
  });
});

describe('seeded random numbers', () => {
  it('repeat for a seed, differ between seeds, and are pinned for ever', () => {
    const take = (seed: string) => Array.from({ length: 3 }, seededRandom(seed));
    expect(take('a')).toEqual(take('a'));
    expect(take('a')).not.toEqual(take('b'));
    expect(take('assay')).toMatchInlineSnapshot(`
      [
        0.9102536331862453,
        0.6157609033409212,
        0.8729369037410003,
      ]
    `);
  });

  it('are uniform and normal enough', () => {
    const random = seededRandom(42);
    let [sum, square] = [0, 0];
    for (let i = 0; i < 100_000; i++) {
      const z = normalDraw(random);
      sum += z;
      square += z * z;
    }
    expect(Math.abs(sum / 100_000)).toBeLessThan(0.015);
    expect(square / 100_000).toBeCloseTo(1, 1);
  });

  it('multinomial draws keep the total and have the mean and variance of their cells', () => {
    const random = seededRandom('cells');
    const counts = [3, 0, 500, 1200, 40];
    const total = 1743;
    const sums = counts.map(() => [0, 0] as [number, number]);
    for (let i = 0; i < 4000; i++) {
      const drawn = multinomialDraw(random, counts);
      expect(drawn.reduce((a, b) => a + b, 0)).toBe(total);
      drawn.forEach((value, k) => {
        sums[k]![0] += value;
        sums[k]![1] += value * value;
      });
    }
    counts.forEach((count, k) => {
      const mean = sums[k]![0] / 4000;
      const sd = Math.sqrt(count * (1 - count / total));
      expect(Math.abs(mean - count)).toBeLessThanOrEqual((4 * sd) / Math.sqrt(4000));
      const variance = sums[k]![1] / 4000 - mean * mean;
      if (count > 0) expect(variance / (sd * sd)).toBeCloseTo(1, 0);
    });
  });
});

describe('required n', () => {
  it('paired accuracy: 6.18 psi / d^2 at .05, 80 %, delta 0 (STATISTICS, section 3)', () => {
    expect(requiredNPaired(0.1, 0, 0.01, 0.05)).toBeGreaterThan(6180);
    expect(requiredNPaired(0.1, 0, 0.01, 0.05)).toBeLessThan(6190);
    // Models that agreed on every row seen (.99^299 is .0495: the rule of three), rates of 1: never two rows.
    expect(requiredNPaired(0, 0, 0.01, 0.05)).toBe(300);
    expect(requiredNRatio(1, 1, 0.8, 0.05)).toBeGreaterThan(10);
    // STATISTICS: 344 per group at base rate .5, 3,096 at .1.
    expect(Math.abs(requiredNRatio(0.5, 0.5, 0.8, 0.05)! - 344)).toBeLessThan(40);
    expect(Math.abs(requiredNRatio(0.1, 0.1, 0.8, 0.05)! - 3096)).toBeLessThan(310);
    expect(requiredNFactor(0.05, 0.0005)).toBeCloseTo(((3.290526731 + 0.841621234) / 2.486474861) ** 2, 6);
  });

  it('proportion: .9 against .8 (Fleiss 1981, one-sided .05, 80 %)', () => {
    // ((1.6449 * .4 + .8416 * .3) / .1)^2 = 82.8...
    expect(requiredNProportion(0.9, 0.8, 0.05)).toBe(83);
    expect(requiredNProportion(0.8, 0.8, 0.05)).toBeNull();
  });

  it('gap: more room, fewer rows', () => {
    expect(requiredNGap(0.5, 0.5, 0.1, 0.05)!).toBeGreaterThan(requiredNGap(0.5, 0.5, 0.2, 0.05)!);
    expect(requiredNGap(0.5, 0.4, 0.1, 0.05)).not.toBe(0);
  });
});
