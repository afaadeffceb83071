import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveNumber, entropyOf } from './hill-number.js';

describe('the effective number of kinds', () => {
  // scipy 1.17.1: entropy of the counts of race in Adult's train file.
  it('as e to the power of scipy.stats.entropy', () => {
    const race = [27_816, 3_124, 1_039, 311, 271];
    expect(entropyOf(race)).toBeCloseTo(0.5536448302489407, 14);
    expect(effectiveNumber(race)).toBeCloseTo(1.7395819578453735, 13);
  });

  it('of nothing is none; of one kind is one', () => {
    expect(effectiveNumber([])).toBeNull();
    expect(effectiveNumber([0, 0])).toBeNull();
    expect(effectiveNumber([7])).toBe(1);
  });

  it('lies between one and the number of kinds, which equal counts reach; doubling all changes nothing', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 9 }), (kinds, each) => {
        const found = effectiveNumber(kinds)!;
        expect(found).toBeGreaterThan(1 - 1e-12);
        expect(found).toBeLessThan(kinds.length * (1 + 1e-12));
        expect(effectiveNumber(kinds.map(() => each))).toBeCloseTo(kinds.length, 9);
        expect(effectiveNumber(kinds.map((count) => 2 * count))).toBeCloseTo(found, 9);
      }),
    );
  });
});
