import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ece, eceStatistic } from './ece.js';
import {
  ECE_DRAWS,
  eceChanceDraws,
  eceDecisionUpper,
  eceLower,
  eceLowerFrom,
  ecePValueAbove,
  eceTailBound,
  eceUpper,
} from './ece-bound.js';
import { seededRandom } from './random.js';

const CONFIDENCES = [
  63, 90, 78, 23, 30, 87, 1, 82, 80, 47, 30, 28, 25, 45, 50, 55, 100, 79, 62, 99, 22, 16, 61, 4, 4, 51, 47,
  92, 63, 51, 50, 25, 1, 19, 69, 20, 37, 0, 83, 15, 27, 88, 51, 85, 64, 74, 9, 54, 51, 87, 36, 60, 6, 39, 32,
  15, 82, 38, 98, 59,
].map((percent) => percent / 100);
const OUTCOMES = '011001010100001010010000000111100010101001010100110000100110'.split('').map(Number);

describe('the upper bound', () => {
  const stat = eceStatistic(CONFIDENCES, OUTCOMES, 5);

  // numpy 2.4.6 and scipy 1.17.1: bins by searchsorted, variances by var(ddof=1), the roots of m^2 = z^2 (v + m) / n by brentq.
  it.each([
    [0.05, 0.22451568374978448, 0.22953649370961177],
    [0.01, 0.2869846159911882, 0.28966239783908043],
  ])('of 60 rows in 5 bins at alpha %f: against scipy', (alpha, published, decides) => {
    expect(ece(stat)).toBeCloseTo(0.1155, 12);
    expect(eceUpper(stat, alpha)).toBeCloseTo(published, 9);
    expect(eceDecisionUpper(stat, alpha)).toBeCloseTo(decides, 9);
  });

  it('of nothing is 1, and of a row or a handful of perfect ones shows little', () => {
    expect(eceUpper(eceStatistic([], []), 0.05)).toBe(1);
    expect(eceDecisionUpper(eceStatistic([], []), 0.05)).toBe(1);
    expect(eceDecisionUpper(eceStatistic([1], [1]), 0.05)).toBeGreaterThan(0.9);
    // Rows that are all right: 1 - alpha^(1/n) may be wrong.
    expect(eceUpper(eceStatistic(new Array(20).fill(1), new Array(20).fill(1)), 0.05)).toBeCloseTo(
      1 - 0.05 ** (1 / 20),
      12,
    );
  });
});

/** Binomial chances by Pascal's triangle. */
function chances(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++)
    row = Array.from({ length: i + 2 }, (_, x) => (row[x] ?? 0) * (1 - p) + (row[x - 1] ?? 0) * p);
  return row;
}

describe('its level, where every score is the same', () => {
  /** The model says `confidence` of every row, and is right in a share of `right`: its ECE is their distance, its hits are binomial. */
  function falsePass(n: number, confidence: number, right: number, alpha: number): number {
    const truth = Math.abs(confidence - right);
    return chances(n, right).reduce((sum, chance, hits) => {
      const outcomes = Array.from({ length: n }, (_, i) => (i < hits ? 1 : 0));
      const stat = eceStatistic(new Array<number>(n).fill(confidence), outcomes);
      return sum + (eceDecisionUpper(stat, alpha) <= truth ? chance : 0);
    }, 0);
  }

  it.each([5, 30, 100, 200])('%i rows, surely right and seldom wrong: never above alpha', (n) => {
    for (const wrong of [0.002, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.4])
      expect([wrong, falsePass(n, 1, 1 - wrong, 0.05) <= 0.05]).toEqual([wrong, true]);
  });

  it.each([30, 100])('%i rows, too sure or too modest: never above alpha', (n) => {
    for (const [confidence, right] of [
      [0.9, 0.8],
      [0.7, 0.5],
      [0.5, 0.55],
      [0.2, 0.05],
      [0.02, 0.1],
    ] as const)
      expect([confidence, falsePass(n, confidence, right, 0.05) <= 0.05]).toEqual([confidence, true]);
  });
});

describe('what chance gives a calibrated model', () => {
  // One bin: |Z| times its scale, so quantiles and p-values are those of the half-normal distribution.
  const one = eceStatistic(new Array(400).fill(0.5), [
    ...new Array<number>(240).fill(1),
    ...new Array<number>(160).fill(0),
  ]);
  const scale = Math.sqrt(400 * 0.25) / 400;

  it('has the quantiles of |Z| in one bin: 1.95996 at .95, .67449 at .5 (tables)', () => {
    const draws = eceChanceDraws(one, seededRandom('chance'));
    expect(draws.length).toBe(ECE_DRAWS);
    expect(draws[9500]! / scale).toBeCloseTo(1.95996, 1);
    expect(draws[5000]! / scale).toBeCloseTo(0.67449, 1);
    expect(eceLowerFrom(one, 0.05, draws)).toBeCloseTo(0.1 - 1.95996 * scale, 2);
    // ECE .1 is four scales: 2 (1 - Phi(4)) = 6.3e-5 against 0; against .05, two: .0455.
    expect(ecePValueAbove(one, 0, draws)).toBeLessThan(0.001);
    expect(ecePValueAbove(one, 0.05, draws)).toBeCloseTo(0.0455, 2);
    expect(ecePValueAbove(one, 0.1, draws)).toBe(1);
  });

  it('lies the quantile below the estimate, within three Monte Carlo errors of it', () => {
    const draws = eceChanceDraws(one, seededRandom('lower'));
    for (const [alpha, quantile] of [
      [0.05, 1.959964],
      [0.32, 0.994458],
      [0.5, 0.67449],
    ] as const) {
      // The density of |Z| there.
      const density = (2 * Math.exp(-(quantile ** 2) / 2)) / Math.sqrt(2 * Math.PI);
      const error = Math.sqrt((alpha * (1 - alpha)) / ECE_DRAWS) / density;
      const lower = eceLowerFrom(one, alpha, draws);
      expect(Math.abs(lower - (0.1 - quantile * scale))).toBeLessThan(3 * error * scale);
    }
  });

  it('where no draw reaches the excess, says what any model would rarely show', () => {
    const sure = eceStatistic(new Array<number>(1000).fill(0.95), new Array<number>(1000).fill(0), 10);
    const draws = eceChanceDraws(sure, seededRandom('sure'), 1000);
    // By hand: ECE .95, ten bins: (.95 - .2 - sqrt(10 / 1000))^2 1000 / 2 = 211.25.
    expect(Math.log(ecePValueAbove(sure, 0.2, draws))).toBeCloseTo(-211.25, 6);
    // Nothing is known of an excess below sqrt(bins / n); a share of the draws then.
    expect(eceTailBound(sure, 0.05)).toBe(1);
    expect(ecePValueAbove(sure, 0.9, draws)).toBeGreaterThan(0.0005);
    // A larger excess never has the larger p.
    const ps = [0.94, 0.9, 0.6, 0.3, 0.1, 0].map((threshold) => ecePValueAbove(sure, threshold, draws));
    expect([...ps].sort((a, b) => b - a)).toEqual(ps);
  });

  it.each([
    [100, 0.5, 0.5],
    [200, 0.9, 0.9],
    [200, 0.3, 0.6],
  ])(
    'of %i rows with the score %f, right in %f: no bound below the binomial chance',
    (n, confidence, right) => {
      const truth = Math.abs(confidence - right);
      const all = chances(n, right);
      for (const excess of [0.05, 0.1, 0.15, 0.2, 0.3]) {
        const chance = all.reduce(
          (sum, share, hits) => sum + (Math.abs(confidence - hits / n) - truth >= excess ? share : 0),
          0,
        );
        const stat = eceStatistic(new Array<number>(n).fill(confidence), new Array<number>(n).fill(1), 1);
        expect(eceTailBound(stat, excess)).toBeGreaterThanOrEqual(chance);
      }
    },
  );

  it('in two equal bins is the sum of two: its mean is 2 sqrt(2/pi) scales', () => {
    const two = eceStatistic(
      [...new Array<number>(100).fill(0.4), ...new Array<number>(100).fill(0.6)],
      [
        ...new Array<number>(40).fill(1),
        ...new Array<number>(60).fill(0),
        ...new Array<number>(60).fill(1),
        ...new Array<number>(40).fill(0),
      ],
    );
    const draws = eceChanceDraws(two, seededRandom('two'));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    expect(mean / (Math.sqrt(24) / 200)).toBeCloseTo(2 * Math.sqrt(2 / Math.PI), 1);
  });
});

describe('properties', () => {
  const rows = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
    minLength: 1,
    maxLength: 80,
  });
  const level = fc.constantFrom(0.01, 0.05, 0.2);
  const tableOf = (all: readonly (readonly [number, boolean])[]) =>
    eceStatistic(
      all.map(([confidence]) => confidence),
      all.map(([, hit]) => (hit ? 1 : 0)),
    );

  it('the deciding bound is never below the published one, both widen as alpha falls, and stay within [0, 1]', () => {
    fc.assert(
      fc.property(rows, level, (all, alpha) => {
        const stat = tableOf(all);
        const decides = eceDecisionUpper(stat, alpha);
        expect(decides).toBeGreaterThanOrEqual(eceUpper(stat, alpha));
        expect(eceUpper(stat, alpha)).toBeGreaterThan(ece(stat) - 1e-12);
        expect(decides).toBeLessThanOrEqual(1);
        expect(eceDecisionUpper(stat, alpha / 2)).toBeGreaterThanOrEqual(decides);
      }),
    );
  });

  it('fewer rows of the same kind never lower it', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 6 }), level, (all, times, alpha) => {
        const repeated = Array.from({ length: times }, () => all).flat();
        expect(eceDecisionUpper(tableOf(repeated), alpha)).toBeLessThanOrEqual(
          eceDecisionUpper(tableOf(all), alpha) + 1e-12,
        );
      }),
    );
  });

  it('the lower bound exceeds a threshold only where the p-value against it is small', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 0.9, noNaN: true }), (all, threshold) => {
        const stat = tableOf(all);
        const draws = eceChanceDraws(stat, seededRandom(1), 500);
        const lower = eceLowerFrom(stat, 0.05, draws);
        expect(lower).toBeLessThanOrEqual(ece(stat));
        if (lower > threshold)
          expect(ecePValueAbove(stat, threshold, draws)).toBeLessThanOrEqual(0.05 + 1e-9);
        expect(eceLower(stat, 0.05, seededRandom(2))).toBe(eceLower(stat, 0.05, seededRandom(2)));
      }),
      { numRuns: 15 },
    );
  });
});
