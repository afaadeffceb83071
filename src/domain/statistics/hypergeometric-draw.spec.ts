import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquaredUpper } from './chi-squared.js';
import { hypergeometricDraw, multivariateHypergeometricDraw } from './hypergeometric-draw.js';
import { seededRandom } from './random.js';

describe('hypergeometric draws', () => {
  // scipy 1.17.1 hypergeom(20, 7, 12).pmf(0..7)
  const PMF = [
    0.00010319917440660477, 0.0043343653250774005, 0.047678018575851404, 0.19865841073271417,
    0.3575851393188855, 0.2860681114551084, 0.0953560371517028, 0.010216718266253873,
  ];

  it('fall as the distribution says: 7 marked of 20, 12 drawn', () => {
    const random = seededRandom(7);
    const draws = 20_000;
    const seen = PMF.map(() => 0);
    for (let i = 0; i < draws; i++) seen[hypergeometricDraw(random, 7, 13, 12)]!++;
    // The two rarest together, so that each expected count is above 5.
    const expected = [PMF[0]! + PMF[1]!, ...PMF.slice(2)].map((p) => p * draws);
    const counts = [seen[0]! + seen[1]!, ...seen.slice(2)];
    const x = counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
    expect(chiSquaredUpper(x, counts.length - 1)).toBeGreaterThan(0.001);
  });

  it('stay within what the urn holds, and sum to what was drawn', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (counts, share, seed) => {
          const total = counts.reduce((a, b) => a + b, 0);
          const draws = Math.floor(share * total);
          const drawn = multivariateHypergeometricDraw(seededRandom(seed), counts, draws);
          expect(drawn.reduce((a, b) => a + b, 0)).toBe(draws);
          drawn.forEach((count, i) => {
            expect(count).toBeGreaterThanOrEqual(0);
            expect(count).toBeLessThanOrEqual(counts[i]!);
          });
        },
      ),
    );
    expect(() => multivariateHypergeometricDraw(seededRandom(1), [2, 3], 6)).toThrow(RangeError);
  });
});
