import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from './binomial.js';
import { meanBound, meanPValueAbove, type MeanStatistic } from './mean.js';
import { requiredNLoss } from './required-n-of-bound.js';

/** n rows that cost `loss`, but for k of them that cost nothing; and as good as no more spread than that. */
function easyRows(k: number, n: number, loss: number): MeanStatistic {
  const share = k / n;
  const variance = (loss ** 2 * n * share * (1 - share)) / (n - 1);
  return { n, mean: loss * (1 - share), variance: variance + 1e-11 };
}

describe('the lower bound of a mean loss', () => {
  it.each([30, 60, 100, 400])('keeps its level where few of %i rows cost nothing: exact enumeration', (n) => {
    let worst = 0;
    for (const alpha of [0.05, 0.01, 0.001])
      for (const share of [0.005, 0.02, 0.05, 0.1, 0.3, 0.6]) {
        const truth = 0.25 * (1 - share);
        let missed = 0;
        for (let k = 0; k <= n; k++)
          if (meanBound(easyRows(k, n, 0.25), 1, alpha).lower > truth)
            missed += binomialUpperTail(k, n, share) - binomialUpperTail(k + 1, n, share);
        worst = Math.max(worst, missed / alpha);
      }
    expect(worst).toBeLessThanOrEqual(1.05);
  });

  it('by hand: 30 rows of a Brier score of .25 leave open that one row in ten costs nothing', () => {
    const stat = easyRows(0, 30, 0.25);
    // (-ln .05) / 30 of .25.
    expect(meanBound(stat, 1, 0.05).lower).toBeCloseTo(0.25 * (1 - 2.995732 / 30), 6);
    // With a chance of exp(-.012 30 / .25) none was seen where the mean is .238.
    expect(meanPValueAbove(stat, 0.238)).toBeCloseTo(Math.exp((-0.012 * 30) / 0.25), 2);
    // Student alone: below 1e-12.
    expect(meanPValueAbove(stat, 0.238)).toBeGreaterThan(0.05);
  });
});

describe('rows at which a mean loss settles', () => {
  const MAX = 34.5;

  it.each([
    [0.1054, 0.001, 0.2],
    [0.1054, 0.001, 0.12],
    [0.3, 0.2, 0.35],
    [0.5, 0, 0.52],
    [0.5, 0.1, 0.4],
    [0.693, 1e-9, 0.68],
  ])(
    'mean %f and variance %f against %f: there its bound does, and one row before it does not',
    (mean, variance, threshold) => {
      const needed = requiredNLoss({ n: 50, mean, variance }, MAX, threshold, 0.05)!;
      const settled = (n: number) => {
        const { lower, upper } = meanBound({ n, mean, variance }, MAX, 0.05);
        return mean < threshold ? upper <= threshold : lower > threshold;
      };
      expect(settled(needed)).toBe(true);
      // Where unseen rows matter less than the spread, a power of 80 % asks for more.
      if (variance < 0.1) expect(settled(needed - 1)).toBe(false);
    },
  );

  it('of losses alike, that of an error which costs 34.5 and was not seen: 34.5 (-ln .05) / .0946 rows', () => {
    const needed = requiredNLoss({ n: 50, mean: 0.1054, variance: 1e-9 }, MAX, 0.2, 0.05)!;
    expect(needed).toBeGreaterThanOrEqual(Math.floor((MAX * 2.9957) / 0.0946));
    expect(needed).toBeLessThanOrEqual(Math.ceil((MAX * 2.9957) / 0.0946) + 1);
  });

  it('of clusters of unequal size, in proportion to what they count as', () => {
    const stat = { n: 50, mean: 0.1054, variance: 1e-9 };
    const [alike, unequal] = [stat, { ...stat, whole: 25 }].map((one) => requiredNLoss(one, MAX, 0.2, 0.05)!);
    expect(unequal! / alike!).toBeCloseTo(2, 2);
    expect(requiredNLoss(stat, MAX, stat.mean, 0.05)).toBeNull();
  });
});
