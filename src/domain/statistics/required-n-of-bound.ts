import { clusteredLower, clusteredUpper, type ClusteredProportion } from './clusters.js';
import { meanBound, type MeanStatistic } from './mean.js';
import { MOST_ROWS, requiredNMean } from './required-n.js';

/** The smallest whole number from `from` on at which `holds`, which stays true from there on; null beyond what is any advice. */
export function smallestNumber(from: number, holds: (n: number) => boolean): number | null {
  let low = from - 1;
  let high = from;
  while (!holds(high)) {
    low = high;
    high *= 2;
    if (high > MOST_ROWS) return null;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Trials with which a clustered proportion settles against `threshold`: as many clusters, like those at hand, as let the bound that decides
 * reach it, and no fewer than `independent` trials over the design effect. Null when equal.
 */
export function requiredNClustered(
  stat: ClusteredProportion,
  independent: number,
  threshold: number,
  alpha: number,
): number | null {
  const { x, n, deff, whole, clusters } = stat;
  const above = x / n > threshold;
  const settles = (count: number) => {
    const times = count / clusters;
    const more = {
      ...stat,
      x: x * times,
      n: n * times,
      whole: whole * times,
      clusters: count,
      df: count - 1,
    };
    return above ? clusteredLower(more, alpha) >= threshold : clusteredUpper(more, alpha) <= threshold;
  };
  const needed = x / n === threshold ? null : smallestNumber(2, settles);
  return needed && Math.max(independent * deff, (needed * n * deff) / clusters);
}

/**
 * Rows with which the mean of a loss in [0, max] settles against `threshold`: those at which the bound that decides reaches it with the
 * mean and variance observed, and no fewer than 80 % power by Student's takes. Null when equal.
 */
export function requiredNLoss(
  stat: MeanStatistic,
  max: number,
  threshold: number,
  alpha: number,
): number | null {
  const { mean, variance, whole = stat.n } = stat;
  if (mean === threshold) return null;
  const needed = smallestNumber(2, (n) => {
    const { lower, upper } = meanBound({ ...stat, n, whole: (whole * n) / stat.n }, max, alpha);
    return mean < threshold ? upper <= threshold : lower > threshold;
  });
  const byPower = requiredNMean(mean, variance, threshold, alpha);
  return needed === null || byPower === null ? null : Math.max(needed, byPower);
}
