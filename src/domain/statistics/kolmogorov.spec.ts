import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kolmogorovUpperTail, smirnovP } from './kolmogorov.js';

describe('kolmogorovUpperTail', () => {
  it.each([
    [0.3, 0.9999906941986655],
    [0.5, 0.9639452436648751],
    [1, 0.26999967167735456],
    [1.3581, 0.0499996304316674],
    [2, 0.0006709252557796953],
    [5, 3.8574996959278356e-22],
  ])('scipy 1.17.1 kstwobign.sf(%f)', (x, expected) => {
    expect(kolmogorovUpperTail(x) / expected).toBeCloseTo(1, 12);
  });

  it('both series meet at 1, and the tail falls', () => {
    expect(kolmogorovUpperTail(1 - 1e-12)).toBeCloseTo(kolmogorovUpperTail(1), 10);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6, noNaN: true }), (x) => {
        expect(kolmogorovUpperTail(x + 0.01)).toBeLessThanOrEqual(kolmogorovUpperTail(x));
      }),
    );
  });
});

describe('smirnovP', () => {
  it('scipy 1.17.1 ks_2samp(method="exact"): d = 105 / 250, n = 25, m = 10', () => {
    expect(smirnovP(0.42, 25, 10)).toEqual({
      p: expect.closeTo(0.12753414331965662, 13) as number,
      method: 'smirnov-exact',
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

  it("Kolmogorov's limit takes over where counting is long, is near it and not below it", () => {
    const [n, m] = [2000, 1000];
    for (const d of [0.03, 0.05, 0.07]) {
      const limit = smirnovP(d, n, m + 1);
      const exact = smirnovP(d, n, m);
      expect([exact.method, limit.method]).toEqual(['smirnov-exact', 'kolmogorov-limit']);
      expect(limit.p).toBeGreaterThan(exact.p * 0.999);
      expect(limit.p).toBeLessThan(exact.p * 1.1);
    }
  });

  it('refuses empty samples and distances out of range', () => {
    expect(() => smirnovP(0.5, 0, 3)).toThrow(RangeError);
    expect(() => smirnovP(1.5, 3, 3)).toThrow(RangeError);
  });
});
