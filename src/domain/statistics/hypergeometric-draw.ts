import { logGamma } from './gamma.js';
import type { Random } from './random.js';

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/**
 * How many of `draws` without replacement, from an urn of `marked` and `unmarked`, are marked: one number from the hypergeometric
 * distribution, from one uniform. Inversion from the mode outward: about as many steps as the standard deviation.
 */
export function hypergeometricDraw(random: Random, marked: number, unmarked: number, draws: number): number {
  const least = Math.max(0, draws - unmarked);
  const most = Math.min(draws, marked);
  if (least >= most) return most;
  const mode = Math.floor(((draws + 1) * (marked + 1)) / (marked + unmarked + 2));
  const atMode = Math.exp(
    logChoose(marked, mode) + logChoose(unmarked, draws - mode) - logChoose(marked + unmarked, draws),
  );
  let left = random() - atMode;
  let [up, down, pUp, pDown] = [mode, mode, atMode, atMode];
  while (left >= 0 && (up < most || down > least)) {
    if (up < most) {
      pUp *= ((marked - up) * (draws - up)) / ((up + 1) * (unmarked - draws + up + 1));
      up++;
      left -= pUp;
      if (left < 0) return up;
    }
    if (down > least) {
      pDown *= (down * (unmarked - draws + down)) / ((marked - down + 1) * (draws - down + 1));
      down--;
      left -= pDown;
      if (left < 0) return down;
    }
  }
  return mode;
}

/** How a sample of `draws` without replacement from `counts` falls over its cells. 0 <= draws <= the sum of counts. */
export function multivariateHypergeometricDraw(
  random: Random,
  counts: readonly number[],
  draws: number,
): number[] {
  let rest = counts.reduce((sum, count) => sum + count, 0);
  if (!(draws >= 0 && draws <= rest)) throw new RangeError(`cannot draw ${draws} from ${rest}`);
  let remaining = draws;
  return counts.map((count) => {
    rest -= count;
    const drawn = hypergeometricDraw(random, count, rest, remaining);
    remaining -= drawn;
    return drawn;
  });
}
