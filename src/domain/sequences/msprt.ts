import { notDefined, type NotDefined } from '../statistics/not-defined.js';
import { normalMixture } from './normal-mixture.js';
import type { MixtureTuning } from './mixture.js';

/** Below this many values in an arm the normal approximation is not claimed. STATISTICS, section 5. */
export const FEWEST_PER_ARM = 100;

/** Mean and sample variance (divisor n - 1) of one arm. */
export interface Arm {
  n: number;
  mean: number;
  variance: number;
}

/** Treatment - control at one look. */
export interface SequentialDifference {
  defined: true;
  difference: number;
  low: number;
  high: number;
  /** Valid at every look: it is below alpha at any of them with a probability of at most alpha, if the means are equal. */
  p: number;
  formulaId: 'msprt/normal-mixture-two-sided';
}

/**
 * The mixture sequential probability ratio test of two means, with s = n d and v = n (s1^2 + s2^2) for arms of n values each (2 sigma^2 n
 * when they vary alike); for unequal arms n is their harmonic mean, and v the variance of s. Asymptotic: undefined below 100 values
 * per arm, or without variation. `tuning` must be fixed before the data. Johari, Pekelis and Walsh 2015.
 */
export function msprt(
  treatment: Arm,
  control: Arm,
  tuning: MixtureTuning,
  alpha: number,
): SequentialDifference | NotDefined {
  const fewest = Math.min(treatment.n, control.n);
  if (!(fewest >= FEWEST_PER_ARM))
    return notDefined(`an arm has ${fewest} values; the sequential test needs ${FEWEST_PER_ARM}`);
  const n = 2 / (1 / treatment.n + 1 / control.n);
  const v = n * n * (treatment.variance / treatment.n + control.variance / control.n);
  if (!(v > 0)) return notDefined('neither arm varies');
  const mixture = normalMixture(tuning, 2);
  const difference = treatment.mean - control.mean;
  const half = mixture.bound(v, alpha) / n;
  return {
    defined: true,
    difference,
    low: difference - half,
    high: difference + half,
    p: Math.min(1, Math.exp(-mixture.log(n * difference, v))),
    formulaId: 'msprt/normal-mixture-two-sided',
  };
}
