import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../statistics/index.js';
import { cohenKappaErrors } from './cohen-kappa.js';
import { measureAgreement } from './measure-agreement.js';
import { pairTable, ratedUnits } from './ratings.js';

const SCALE = { categories: ['no', 'yes'] };

/** Two raters who agree on four in five units. */
function pairs(n: number, seed: number): [number, number][] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => {
    const first = random() < 0.5 ? 1 : 0;
    return [first, random() < 0.8 ? first : 1 - first];
  });
}

describe('measureAgreement', () => {
  it('reports the coefficient and, beside it, how often raters agreed', () => {
    const units = [
      ...new Array<[number, number]>(80).fill([0, 0]),
      ...new Array<[number, number]>(10).fill([0, 1]),
      ...new Array<[number, number]>(5).fill([1, 0]),
      ...new Array<[number, number]>(5).fill([1, 1]),
    ];
    const { coefficient, raw } = measureAgreement('kappa', units, SCALE, { seed: 3 });
    expect(coefficient).toMatchObject({
      defined: true,
      value: expect.closeTo(0.31818181818181823, 14) as number,
      n: 100,
      formulaId: 'cohen-kappa/unweighted/pinned-categories/unit-bootstrap-2000/xoshiro128**/sha256/seed-3',
    });
    expect(raw).toMatchObject({ value: expect.closeTo(0.85, 14) as number, n: 100 });
  });

  it('the interval is near the asymptotic one where that holds, and the seed fixes it', () => {
    const units = pairs(2_000, 1);
    const table = pairTable(ratedUnits(units, SCALE), 2);
    const [low, high] = cohenKappaErrors(table, 'none')!.ci;
    const { coefficient } = measureAgreement('kappa', units, SCALE, { seed: 1 });
    const ci: [number, number] = coefficient.defined ? coefficient.ci! : [0, 0];
    expect(Math.abs(ci[0] - low)).toBeLessThan(0.006);
    expect(Math.abs(ci[1] - high)).toBeLessThan(0.006);
    expect(measureAgreement('kappa', units, SCALE, { seed: 1 }).coefficient).toEqual(coefficient);
    expect(measureAgreement('kappa', units, SCALE, { seed: 2 }).coefficient).not.toEqual(coefficient);
  });

  // 200 samples of 60 units; true kappa .6. Binomial(200, .95): below 177 has probability .00005, and percentile intervals are short.
  it('covers', () => {
    let covered = 0;
    for (let run = 0; run < 200; run++) {
      const { coefficient } = measureAgreement('kappa', pairs(60, 1000 + run), SCALE, {
        seed: run,
        replicates: 400,
      });
      if (coefficient.defined && coefficient.ci && coefficient.ci[0] <= 0.6 && 0.6 <= coefficient.ci[1])
        covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(177);
  });

  it('no interval where resampled labels are often constant, or from one unit', () => {
    const rare = [...new Array<[number, number]>(20).fill([0, 0]), [1, 1] as [number, number]];
    const { coefficient } = measureAgreement('kappa', rare, SCALE);
    expect(coefficient).toMatchObject({ defined: true, value: 1, ci: null });
    expect(measureAgreement('alpha_nominal', [[0, 1]], SCALE).coefficient).toMatchObject({
      defined: true,
      ci: null,
    });
  });

  it('constant labels are undefined, whatever the coefficient', () => {
    for (const id of ['kappa', 'pi', 'fleiss', 'alpha_nominal'])
      expect(
        measureAgreement(
          id,
          [
            [1, 1],
            [1, 1],
          ],
          SCALE,
        ).coefficient,
      ).toMatchObject({ defined: false });
    expect(measureAgreement('alpha_nominal', [[1, null]], SCALE).raw).toEqual({
      defined: false,
      reason: 'no unit has two labels',
    });
  });

  it('the interval holds the value, for any labels that have one', () => {
    const label = fc.option(fc.nat(1), { nil: null });
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label, label), { minLength: 2, maxLength: 30 }), (units) => {
        const { coefficient } = measureAgreement('alpha_nominal', units, SCALE, { replicates: 200 });
        if (!coefficient.defined || coefficient.ci === null) return;
        expect(coefficient.ci[0]).toBeLessThanOrEqual(coefficient.ci[1]);
        expect(coefficient.ci[1]).toBeLessThanOrEqual(1);
        expect(coefficient.n).toBe(
          units.filter((unit) => unit.filter((each) => each !== null).length >= 2).length,
        );
      }),
      { numRuns: 50 },
    );
  });
});
