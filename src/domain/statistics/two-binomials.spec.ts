import { describe, expect, it } from 'vitest';
import { binomialLowerTail, binomialUpperTail } from './binomial.js';
import { differenceProductTest, ratioProductTest } from './two-binomials.js';

/** The same maximum over a fine grid. */
function byGrid(x1: number, n1: number, x2: number, n2: number, line: (p: number) => number, to: number) {
  let w = 0;
  for (let i = 0; i <= 200_000; i++) {
    // Denser near 0.
    const p2 = to * (i / 200_000) ** 3;
    w = Math.max(w, binomialUpperTail(x1, n1, Math.min(1, line(p2))) * binomialLowerTail(x2, n2, p2));
  }
  return w * (1 - Math.log(w));
}

describe('product tests of two binomials', () => {
  it.each([
    [1, 1, 20, 2000, 0.05],
    [5, 5, 0, 100, 0.1],
    [9, 10, 40, 200, 0.2],
    [5, 5, 2, 1_000_000, 0.05],
  ])('difference, %i of %i against %i of %i at %f: the maximum of a grid', (x1, n1, x2, n2, d) => {
    const p = differenceProductTest(x1, n1, x2, n2, d);
    expect(p / byGrid(x1, n1, x2, n2, (p2) => p2 + d, 1 - d)).toBeCloseTo(1, 3);
  });

  it.each([
    [1, 1, 20, 2000, 1.25],
    [4, 5, 10, 100, 2],
    [1, 5, 2, 1_000_000, 1.25],
  ])('ratio, %i of %i against %i of %i at %f: the maximum of a grid', (x1, n1, x2, n2, c) => {
    const p = ratioProductTest(x1, n1, x2, n2, c);
    expect(p / byGrid(x1, n1, x2, n2, (p2) => c * p2, 1 / c)).toBeCloseTo(1, 3);
  });

  it('by hand: one success of one, where the other group shows that p2 is 0', () => {
    // p2 = 0 explains 0 of a million; then P(1 of 1) = d.
    const p = differenceProductTest(1, 1, 0, 100_000_000, 0.05);
    expect(p).toBeCloseTo(0.05 * (1 - Math.log(0.05)), 4);
  });
});
