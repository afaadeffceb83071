import { requiredNMean, studentCdf, studentQuantile } from '../../statistics/index.js';
import type { Atom } from '../atom.js';
import type { PairedError } from '../gate-evidence.js';
import { count, number } from '../phrase.js';

/**
 * "The mean absolute error is at most `margin` above the baseline's", by Student's bound of the rows' differences. Rows that all differ by
 * the same say nothing of how others do, but where both models are one: `itself`.
 */
export function pairedErrorAtom(
  { n, difference, candidate, baseline }: PairedError,
  slice: Atom['slice'],
  margin: number,
  alpha: number,
  itself: boolean,
): Atom {
  const { mean, variance } = difference;
  const shared = {
    slice,
    comparison: 'atMost',
    threshold: margin,
    observed: mean,
    n,
    detail: `${number(candidate)} against ${number(baseline)}, ${count(n)} rows`,
  } as const;
  if (n < 2 || !(variance > 0)) {
    const same = itself && mean === 0 && variance === 0;
    return {
      ...shared,
      interval: same ? [0, 0] : null,
      clears: same && margin >= 0,
      pFail: same && margin < 0 ? 0 : 1,
      undefinedBecause: same ? null : 'every row differs by the same: nothing tells how much others can',
      certain: same,
      neededN: null,
    };
  }
  const se = Math.sqrt(variance / n);
  const half = -studentQuantile(alpha, n - 1) * se;
  const clears = mean + half <= margin;
  return {
    ...shared,
    interval: [mean - half, mean + half],
    clears,
    pFail: studentCdf((margin - mean) / se, n - 1),
    undefinedBecause: null,
    certain: false,
    neededN: clears ? null : requiredNMean(mean, variance, margin, alpha),
  };
}
