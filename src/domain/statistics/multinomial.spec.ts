import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialDraw, multinomialDraw } from './multinomial.js';
import { seededRandom } from './random.js';

/** Binomial chances by Pascal's triangle. */
function chances(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++)
    row = Array.from({ length: i + 2 }, (_, x) => (row[x] ?? 0) * (1 - p) + (row[x - 1] ?? 0) * p);
  return row;
}

/** Pearson's statistic over cells of at least five expected draws, and its degrees of freedom. */
function pearson(found: ReadonlyMap<number, number>, expected: readonly number[], draws: number) {
  let [statistic, cells, seen, wanted] = [0, 0, 0, 0];
  for (const [x, chance] of expected.entries()) {
    seen += found.get(x) ?? 0;
    wanted += chance * draws;
    const rest = expected.slice(x + 1).reduce((sum, each) => sum + each, 0) * draws;
    if (wanted < 5 || (rest < 5 && x < expected.length - 1)) continue;
    statistic += (seen - wanted) ** 2 / wanted;
    cells++;
    [seen, wanted] = [0, 0];
  }
  return { statistic, freedom: cells - 1 };
}

/** The .9999 quantile of chi-squared by Wilson and Hilferty 1931. */
const rarely = (freedom: number): number =>
  freedom * (1 - 2 / (9 * freedom) + 3.719 * Math.sqrt(2 / (9 * freedom))) ** 3;

describe('binomial draws, against the chances of Pascal', () => {
  // Below n p = 10 by inversion, from there by rejection; above a half by the failures.
  it.each([
    [1, 0.3],
    [20, 0.04],
    [30, 0.33],
    [30, 0.34],
    [80, 0.5],
    [150, 0.2],
    [60, 0.9],
    [400, 0.97],
  ])('Binomial(%i, %f)', (n, p) => {
    const random = seededRandom(`binomial/${n}/${p}`);
    const draws = 20_000;
    const found = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const x = binomialDraw(random, n, p);
      found.set(x, (found.get(x) ?? 0) + 1);
    }
    const { statistic, freedom } = pearson(found, chances(n, p), draws);
    expect(freedom).toBeGreaterThanOrEqual(1);
    expect(statistic).toBeLessThan(rarely(freedom));
  });

  it('of large numbers have the mean and the spread that they should', () => {
    const [n, p, draws] = [5_000_000, 0.3, 4000];
    const random = seededRandom('large');
    const scaled = Array.from(
      { length: draws },
      () => (binomialDraw(random, n, p) - n * p) / Math.sqrt(n * p * (1 - p)),
    );
    const mean = scaled.reduce((a, b) => a + b, 0) / draws;
    const square = scaled.reduce((sum, z) => sum + z * z, 0) / draws;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws));
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / draws));
  });
});

describe('multinomial draws', () => {
  it('of two cells are the binomial, and every pair of outcomes comes as often as it should', () => {
    const random = seededRandom('trinomial');
    const draws = 20_000;
    const found = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const [a, b] = multinomialDraw(random, [1, 2, 3]);
      found.set(a! * 7 + b!, (found.get(a! * 7 + b!) ?? 0) + 1);
    }
    // 6! / (a! b! c!) (1/6)^a (2/6)^b (3/6)^c
    const factorial = [1, 1, 2, 6, 24, 120, 720];
    const expected = Array.from({ length: 49 }, (_, key) => {
      const [a, b] = [Math.floor(key / 7), key % 7];
      const c = 6 - a - b;
      if (c < 0) return 0;
      const ways = 720 / (factorial[a]! * factorial[b]! * factorial[c]!);
      return ways * (1 / 6) ** a * (2 / 6) ** b * (3 / 6) ** c;
    });
    const { statistic, freedom } = pearson(found, expected, draws);
    expect(statistic).toBeLessThan(rarely(freedom));
  });

  it('keep the total, leave empty cells empty, and are whole numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), fc.nat(40), fc.nat(100_000)), { minLength: 1, maxLength: 12 }),
        fc.string(),
        (counts, seed) => {
          const drawn = multinomialDraw(seededRandom(seed), counts);
          const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
          expect(total(drawn)).toBe(total(counts));
          drawn.forEach((value, cell) => {
            expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
            if (counts[cell] === 0) expect(value).toBe(0);
          });
          expect(multinomialDraw(seededRandom(seed), counts)).toEqual(drawn);
        },
      ),
    );
  });
});
