import { bisect } from '../statistics/root.js';

/**
 * A mixture supermartingale of a sum s with intrinsic time (variance process) v: it starts at 1, and a process without drift ever
 * brings it to 1/alpha with a probability of at most alpha, however often one looks. Howard, Ramdas, McAuliffe and Sekhon 2021
 * (arXiv 1810.08240).
 */
export interface Mixture {
  /** ln of the mixture at (s, v). */
  log(s: number, v: number): number;
  /**
   * The s at which it reaches 1/alpha at time v, or the largest s possible where not even that is enough: with probability 1 - alpha
   * s never exceeds this curve.
   */
  bound(v: number, alpha: number): number;
}

/** For which time a mixture is tightest. Any choice made before the data is valid. */
export interface MixtureTuning {
  /** Intrinsic time, > 0. */
  vOpt: number;
  /** Level, in (0, 1); .05 unless given. */
  alphaOpt?: number;
}

/** 1: the sum may fall as far as it likes; 2: both directions are watched at once. */
export type Sides = 1 | 2;

export function checkTuning({ vOpt, alphaOpt = 0.05 }: MixtureTuning): Required<MixtureTuning> {
  if (!(vOpt > 0 && alphaOpt > 0 && alphaOpt < 1))
    throw new RangeError(`expected vOpt > 0 and alphaOpt in (0, 1), found ${vOpt}, ${alphaOpt}`);
  return { vOpt, alphaOpt };
}

/** The root of log(s) = ln(1/alpha) for a mixture that rises in s >= 0; `limit` where it stays below up to there. */
export function mixtureRoot(log: (s: number) => number, alpha: number, limit = Infinity): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie in (0, 1), found ${alpha}`);
  const above = (s: number) => log(s) + Math.log(alpha);
  let high = Math.min(1, limit);
  while (high < limit && above(high) < 0) high = Math.min(limit, high * 2);
  return above(high) < 0 ? high : bisect(above, 0, high);
}
