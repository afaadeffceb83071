import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov, smirnovP } from './kolmogorov.js';

const sorted = (values: readonly number[]) => Float64Array.from(values).sort();
const X = sorted([
  0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64, -0.82, 0.37, 1.77, 1.09,
  -1.28, 2.36, 1.31, 1.05, -0.32, -0.4, 1.06, -2.47,
]);
const Y = sorted([1.2, 1.4, 0.3, -0.1, 2.2, 0.9, 1.8, 0.75, 2.6, 0.15]);

const sample = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -10, max: 10, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  })
  .map(sorted);

describe('Kolmogorov-Smirnov', () => {
  it('scipy 1.17.1 ks_2samp(method="exact")', () => {
    expect(kolmogorovSmirnov(X, Y)).toEqual({
      distance: expect.closeTo(0.42, 15) as number,
      p: expect.closeTo(0.12753414331965662, 13) as number,
      method: 'exact',
    });
  });

  it('with ties counts arrangements: 162 of 462 (scipy, which ignores ties, has .474)', () => {
    const { distance, p } = kolmogorovSmirnov(sorted([1, 1, 2, 2, 3, 5]), sorted([2, 3, 3, 4, 5]));
    expect(distance).toBeCloseTo(14 / 30, 14);
    expect(p).toBeCloseTo(162 / 462, 14);
  });

  it('is symmetric, and unmoved by anything that keeps the order', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const one = kolmogorovSmirnov(x, y);
        const other = kolmogorovSmirnov(y, x);
        expect(other.distance).toBe(one.distance);
        expect(other.p).toBeCloseTo(one.p, 12);
        const cubed = kolmogorovSmirnov(
          x.map((v) => v ** 3 + v),
          y.map((v) => v ** 3 + v),
        );
        expect(cubed.distance).toBe(one.distance);
        expect(kolmogorovSmirnov(x, x)).toMatchObject({ distance: 0, p: 1 });
      }),
    );
  });
});

describe('smirnovP', () => {
  it('scipy 1.17.1 ks_2samp(method="exact"): d = 105 / 250, n = 25, m = 10', () => {
    expect(smirnovP(0.42, 25, 10)).toEqual({
      p: expect.closeTo(0.12753414331965662, 13) as number,
      method: 'exact',
    });
  });

  it('complete separation is one of two arrangements', () => {
    expect(smirnovP(1, 4, 3).p).toBeCloseTo(2 / 35, 14);
    expect(smirnovP(0, 4, 3).p).toBe(1);
  });

  it('with ties, against the count of all arrangements', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
        (x, y) => {
          const pooled = [...x, ...y].sort((a, b) => a - b);
          const groupEnds = new Uint8Array(pooled.length + 1);
          pooled.forEach((value, k) => (groupEnds[k + 1] = pooled[k + 1] === value ? 0 : 1));
          const gap = (first: readonly number[], second: readonly number[]) =>
            Math.max(
              ...pooled.map((at) =>
                Math.abs(
                  first.filter((v) => v <= at).length * second.length -
                    second.filter((v) => v <= at).length * first.length,
                ),
              ),
            );
          const observed = gap(x, y);
          let reached = 0;
          let all = 0;
          for (let mask = 0; mask < 1 << pooled.length; mask++) {
            const first = pooled.filter((_, i) => mask & (1 << i));
            if (first.length !== x.length) continue;
            all++;
            const second = pooled.filter((_, i) => !(mask & (1 << i)));
            if (gap(first, second) >= observed) reached++;
          }
          const d = observed / (x.length * y.length);
          expect(smirnovP(d, x.length, y.length, groupEnds).p).toBeCloseTo(reached / all, 12);
          // Without knowing of the ties it is at least that.
          expect(smirnovP(d, x.length, y.length).p).toBeGreaterThanOrEqual(reached / all - 1e-12);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("Kolmogorov's limit takes over where counting is long, and is near it", () => {
    const [n, m] = [1000, 1000];
    for (const d of [0.03, 0.05, 0.07]) {
      const limit = smirnovP(d, n, m + 1);
      const exact = smirnovP(d, n, m);
      expect([exact.method, limit.method]).toEqual(['exact', 'asymptotic']);
      expect(limit.p).toBeGreaterThan(exact.p * 0.99);
      expect(limit.p).toBeLessThan(exact.p * 1.1);
    }
  });

  it('refuses empty samples and distances out of range', () => {
    expect(() => smirnovP(0.5, 0, 3)).toThrow(RangeError);
    expect(() => smirnovP(1.5, 3, 3)).toThrow(RangeError);
  });
});
