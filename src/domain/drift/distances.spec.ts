import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquaredUpper, seededRandom } from '../statistics/index.js';
import type { OccupiedCounts } from './binned-sample.js';
import {
  cramersV,
  hellinger,
  homogeneityChiSquared,
  jensenShannonBase2,
  jensenShannonNatural,
  lInfinity,
  psiJeffreys,
  psiRaw,
  totalVariation,
} from './distances.js';
import { enoughForChiSquared, homogeneityP, psiP } from './homogeneity.js';

const SHARED = new URL('../../../../shared/', import.meta.url);
const VECTORS = new URL('vectors/evaluation.json', SHARED).pathname;
const present = existsSync(VECTORS);
if (!present) console.error(`SKIPPED: the reference vectors of drift need ${SHARED.pathname}`);

function counts(reference: number[], current: number[]): OccupiedCounts {
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  return { reference, current, n: sum(reference), m: sum(current) };
}

// Counts of Evidently's tests of its statistics (a4aa4c2); the numbers by scipy 1.17.1.
const SAMPLE = counts([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8]);

describe('distances between counts', () => {
  it.each([
    [psiRaw, 0.037218381577290835],
    [psiJeffreys, 0.03451012126325888],
    [jensenShannonNatural, 0.06804819617703867],
    [jensenShannonBase2, 0.08173421330573756],
    [hellinger, 0.06812774370983345],
    [totalVariation, 0.06818181818181819],
    [lInfinity, 0.04545454545454547],
    [homogeneityChiSquared, 1.6224089635854342],
  ])('%o on the counts of Evidently', (distance, expected) => {
    expect(distance(SAMPLE)).toBeCloseTo(expected, 14);
  });

  it('p-values: homogeneity .8985 (both samples random), PSI by its chi-squared', () => {
    expect(homogeneityP(SAMPLE, 0)).toEqual({
      p: expect.closeTo(0.8985262394026607, 13) as number,
      method: 'chi-squared',
    });
    expect(psiP(SAMPLE, psiJeffreys, 0).p).toBeCloseTo(0.9109314622336305, 13);
    expect(psiP(SAMPLE, psiRaw, 0).p).toBeCloseTo(0.8966643288037311, 13);
  });

  it('the p that takes the reference for known, .67309 in evidently, is another', () => {
    const [reference, current] = [
      [16, 18, 16, 14, 12, 12],
      [16, 16, 16, 16, 16, 8],
    ] as const;
    const statistic = reference.reduce((sum, n, bin) => sum + (current[bin]! - n) ** 2 / n, 0);
    expect(chiSquaredUpper(statistic, 5)).toBeCloseTo(0.67309, 5);
    expect(homogeneityP(SAMPLE, 0).p).toBeGreaterThan(0.89);
  });

  it("Cramér's V of samples of one size is the root of chi-squared per row", () => {
    expect(cramersV(SAMPLE)).toBeCloseTo(Math.sqrt(1.6224089635854342 / 176), 14);
  });

  it('an empty bin makes raw PSI infinite, and that of Jeffreys not', () => {
    const empty = counts([10, 0], [5, 5]);
    expect(psiRaw(empty)).toBe(Infinity);
    expect(psiRaw(counts([5, 5], [10, 0]))).toBe(Infinity);
    // (10.5 - 5.5) / 11 ln(10.5 / 5.5) + (5.5 - .5) / 11 ln(11), by hand.
    expect(psiJeffreys(empty)).toBeCloseTo((5 / 11) * (Math.log(10.5 / 5.5) + Math.log(11)), 14);
  });

  const cell = fc.nat(500);
  const table = fc
    .array(fc.tuple(cell, cell), { minLength: 2, maxLength: 12 })
    .map((rows) => rows.filter(([a, b]) => a + b > 0))
    .map((rows) =>
      counts(
        rows.map(([a]) => a),
        rows.map(([, b]) => b),
      ),
    )
    .filter(({ n, m }) => n > 0 && m > 0);

  it('are symmetric, 0 for equal shares, and in their ranges', () => {
    const all = [
      [psiRaw, Infinity],
      [psiJeffreys, Infinity],
      [jensenShannonNatural, Math.sqrt(Math.LN2)],
      [jensenShannonBase2, 1],
      [hellinger, 1],
      [totalVariation, 1],
      [lInfinity, 1],
      [cramersV, 1],
    ] as const;
    fc.assert(
      fc.property(table, (one) => {
        const mirrored = { reference: one.current, current: one.reference, n: one.m, m: one.n };
        for (const [distance, most] of all) {
          const value = distance(one);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(most * (1 + 1e-12));
          if (Number.isFinite(value)) expect(distance(mirrored)).toBeCloseTo(value, 10);
          else expect(distance(mirrored)).toBe(value);
          const held = one.reference.filter((count) => count > 0);
          if (distance !== psiJeffreys)
            expect(
              distance(
                counts(
                  held,
                  held.map((count) => count * 2),
                ),
              ),
            ).toBeCloseTo(0, 7);
        }
      }),
    );
  });

  it('are ordered as the inequalities say', () => {
    fc.assert(
      fc.property(table, (one) => {
        const [tv, h, js] = [totalVariation(one), hellinger(one), jensenShannonNatural(one)];
        expect(h * h).toBeLessThanOrEqual(tv + 1e-12);
        expect(tv).toBeLessThanOrEqual(Math.SQRT2 * h + 1e-12);
        expect(lInfinity(one)).toBeLessThanOrEqual(tv + 1e-12);
        // Lin 1991: divergence in nats at most ln 2 times total variation.
        expect(js * js).toBeLessThanOrEqual(Math.LN2 * tv + 1e-12);
      }),
    );
  });
});

describe('p-values of small counts', () => {
  it("Cochran's rule: none expected below 1, a fifth below 5 at most", () => {
    const many = [100, 100, 100, 100];
    expect(enoughForChiSquared(counts([...many, 1], [...many, 1]))).toBe(true);
    expect(enoughForChiSquared(counts([...many, 1], [...many, 0]))).toBe(false);
    expect(enoughForChiSquared(counts([...many, 4, 4], [...many, 4, 4]))).toBe(false);
    expect(enoughForChiSquared(counts([...many, 5, 5], [...many, 5, 5]))).toBe(true);
  });

  it('are drawn: three against three, apart, is 2 of 20 splits', () => {
    const apart = counts([3, 0], [0, 3]);
    expect(enoughForChiSquared(apart)).toBe(false);
    const { p, method } = homogeneityP(apart, 'a seed');
    expect(Math.abs(p - 0.1)).toBeLessThan(0.03); // Three standard errors.
    expect(method).toBe('permutation-9999/xoshiro128**/sha256/seed-a seed');
    expect(homogeneityP(apart, 'a seed').p).toBe(p);
  });

  it('a new category in 5 of 50 rows against 10,000 of one: C(50, 5) / C(10050, 5), as small as draws can tell', () => {
    expect(homogeneityP(counts([10_000, 0], [45, 5]), 0).p).toBe(1 / 10_000);
  });

  it('one bin for all rows: p = 1', () => {
    expect(homogeneityP(counts([10], [4]), 0)).toEqual({ p: 1, method: 'one-bin' });
  });

  // Where chi-squared rejects 6 to 14 % of samples that are alike. 120 samples; seeded.
  it('keep their level with many rare categories', () => {
    const random = seededRandom(11);
    const draw = (rows: number) => {
      const cells = new Array<number>(21).fill(0);
      for (let i = 0; i < rows; i++) cells[random() < 0.95 ? 0 : 1 + Math.floor(random() * 20)]!++;
      return cells;
    };
    let rejected = 0;
    for (let run = 0; run < 120; run++) {
      const [a, b] = [draw(600), draw(60)];
      const held = a.map((count, i) => count + b[i]! > 0);
      const one = counts(
        a.filter((_, i) => held[i]),
        b.filter((_, i) => held[i]),
      );
      expect(enoughForChiSquared(one)).toBe(false);
      if (homogeneityP(one, run).p <= 0.05) rejected++;
    }
    // Binomial(120, .05): 14 or more has probability .002.
    expect(rejected).toBeLessThan(14);
  });
});

describe.skipIf(!present)('the reference vectors of drift', () => {
  it('PSI, Jensen-Shannon by both logarithms, Hellinger, two-sample homogeneity', () => {
    interface Drift {
      ref_counts: number[];
      cur_counts: number[];
      hellinger: number;
      psi_nat: number;
      js_distance_nat: number;
      js_distance_base2: number;
      note: string;
    }
    const { drift } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { drift: Drift };
    const one = counts(drift.ref_counts, drift.cur_counts);
    expect(psiRaw(one)).toBeCloseTo(drift.psi_nat, 14);
    expect(jensenShannonNatural(one)).toBeCloseTo(drift.js_distance_nat, 14);
    expect(jensenShannonBase2(one)).toBeCloseTo(drift.js_distance_base2, 14);
    // Published to five digits, the last truncated: .0681277.
    expect(Math.abs(hellinger(one) - drift.hellinger)).toBeLessThan(1e-5);
    expect(drift.note).toContain(
      `two-sample homogeneity p on the same data is ${homogeneityP(one, 0).p.toFixed(4)}`,
    );
  });
});
