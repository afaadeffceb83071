import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedValues } from './column-profile.js';
import { standardDeviation, wasserstein } from './wasserstein.js';

const X = sortedValues([
  0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64, -0.82, 0.37, 1.77, 1.09,
  -1.28, 2.36, 1.31, 1.05, -0.32, -0.4, 1.06, -2.47,
]);
const Y = sortedValues([1.2, 1.4, 0.3, -0.1, 2.2, 0.9, 1.8, 0.75, 2.6, 0.15]);

const sample = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -10, max: 10, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  })
  .map(sortedValues);

describe('Wasserstein distance', () => {
  it('scipy 1.17.1 wasserstein_distance, numpy std', () => {
    expect(wasserstein(X, Y)).toBeCloseTo(0.9036, 14);
    expect(standardDeviation(X)).toBeCloseTo(1.0890835780600128, 14);
  });

  it('of a shifted sample is the shift, and scales with the unit', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -5, max: 5 }), (x, y, shift) => {
        expect(
          wasserstein(
            x,
            x.map((v) => v + shift),
          ),
        ).toBeCloseTo(Math.abs(shift), 9);
        expect(wasserstein(y, x)).toBeCloseTo(wasserstein(x, y), 9);
        expect(
          wasserstein(
            x.map((v) => v * 4),
            y.map((v) => v * 4),
          ),
        ).toBeCloseTo(4 * wasserstein(x, y), 8);
      }),
    );
  });

  it('of equally large samples is the mean distance of their order statistics', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true })),
          { minLength: 1, maxLength: 30 },
        ),
        (pairs) => {
          const [x, y] = [sortedValues(pairs.map(([a]) => a)), sortedValues(pairs.map(([, b]) => b))];
          const mean = x.reduce((sum, v, i) => sum + Math.abs(v - y[i]!), 0) / x.length;
          expect(wasserstein(x, y)).toBeCloseTo(mean, 10);
        },
      ),
    );
  });

  it('a constant has no spread, also where its mean rounds', () => {
    expect(standardDeviation(sortedValues([0.1, 0.1, 0.1]))).toBe(0);
  });
});
