import { checkCounts } from '../statistics/binomial.js';
import type { Interval } from '../statistics/interval.js';
import { bisect } from '../statistics/root.js';
import { betaBinomialMixture } from './beta-binomial-mixture.js';

/**
 * The interval of a proportion that holds at every time at once with probability 1 - alpha: every p whose beta-binomial mixture has not
 * reached 1/alpha. Tightest after about `optimalTrials` trials. Howard et al. 2021.
 */
export function bernoulliSequence(
  successes: number,
  trials: number,
  { alpha, optimalTrials }: { alpha: number; optimalTrials: number },
): Interval {
  checkCounts(successes, trials);
  const observed = successes / trials;
  const excess = (p: number) => {
    // 0 and 1 are ruled out by a single outcome of the other kind.
    if (p <= 0 || p >= 1) return p === observed ? -1 : 1;
    const v = p * (1 - p);
    const mixture = betaBinomialMixture({ vOpt: v * optimalTrials, g: p, h: 1 - p }, 2);
    return mixture.log(successes - p * trials, v * trials) + Math.log(alpha);
  };
  return {
    low: successes === 0 ? 0 : bisect(excess, 0, observed),
    high: successes === trials ? 1 : bisect(excess, observed, 1),
  };
}
