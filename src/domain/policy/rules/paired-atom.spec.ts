import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from '../../statistics/index.js';
import { pairedAtom } from './paired-atom.js';

const binomial = (x: number, n: number, p: number) =>
  binomialUpperTail(x, n, p) - binomialUpperTail(x + 1, n, p);

/** Of n pairs, in b only the candidate is right, in c only the baseline. */
function atomOf(b: number, c: number, n: number, margin: number, alpha = 0.05) {
  const right = Math.floor(0.8 * (n - b - c));
  const paired = {
    ...{ n, id: 'c', digest: 'c', ageSeconds: 1, metric: 'accuracy' as const },
    ...{ onlyCandidate: b, onlyBaseline: c, candidate: (right + b) / n, baseline: (right + c) / n },
  } as const;
  return pairedAtom(paired, { split: 'holdout' }, margin, { alpha } as never).atom;
}

describe('accuracies of a candidate that is worse by exactly the margin', () => {
  // By the score alone FAIL is .0716, .0676 and .0595 here.
  it.each([
    [100, 0.02, 0.05],
    [1000, 0.005, 0.005],
    [200, 0.03, 0.06],
    [60, 0.1, 0.2],
    [40, 0, 0.1],
  ])(
    'of %i pairs, margin %f, discordant in %f: PASS and FAIL at most .05, over every table',
    (n, margin, discordant) => {
      const [onlyBaseline, onlyCandidate] = [(discordant + margin) / 2, (discordant - margin) / 2];
      let [passed, failed, all] = [0, 0, 0];
      for (let d = 0; d <= n; d++) {
        const share = binomial(d, n, discordant);
        if (share < 1e-9) continue;
        for (let c = 0; c <= d; c++) {
          const chance = share * binomial(c, d, onlyBaseline / (onlyBaseline + onlyCandidate));
          if (chance < 1e-9) continue;
          const { clears, pFail } = atomOf(d - c, c, n, margin);
          all += chance;
          if (clears) passed += chance;
          if (pFail <= 0.05) failed += chance;
        }
      }
      expect(all).toBeGreaterThan(0.999_99);
      expect(passed).toBeLessThanOrEqual(0.05);
      expect(failed).toBeLessThanOrEqual(0.05);
    },
  );

  it('30 losses of 1,000 and not one win, where .001 is allowed: still rejected by Holm among a thousand hypotheses', () => {
    const { pFail } = atomOf(0, 30, 1000, 0.001);
    // No valid p-value is below the chance of 30 or more losses and no win, at the share of discordant pairs that makes it largest: scipy.
    expect(pFail).toBeGreaterThan(3.574894e-10);
    expect(pFail * 1000).toBeLessThan(0.05);
  });
});
