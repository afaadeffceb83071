import {
  DEFAULT_POWER,
  requiredNGap,
  requiredNMean,
  requiredNPaired,
  requiredNProportion,
} from './required-n.js';
import { bisect } from './root.js';

/**
 * The smallest effect in (0, largest] that n rows settle, the inverse of a required n which falls as the effect grows; null where not
 * even the largest is. The mirror of `required-n`: what a holdout of this size can show at all.
 */
export function minimalDetectable(
  requiredN: (effect: number) => number | null,
  n: number,
  largest: number,
): number | null {
  const enough = (effect: number) => (requiredN(effect) ?? Infinity) <= n;
  if (!enough(largest)) return null;
  const edge = bisect((effect) => (effect > 0 && enough(effect) ? 1 : -1), 0, largest);
  // The edge lies between neighbouring doubles.
  return Math.min(largest, edge * (1 + 4 * Number.EPSILON));
}

/** How far a proportion must lie above (or below) `threshold` for n rows to show it, one-sided alpha. */
export function minimalDetectableProportion(
  threshold: number,
  side: 'above' | 'below',
  n: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const sign = side === 'above' ? 1 : -1;
  const room = side === 'above' ? 1 - threshold : threshold;
  const p = (effect: number) => Math.min(1, Math.max(0, threshold + sign * effect));
  return minimalDetectable((effect) => requiredNProportion(p(effect), threshold, alpha, power), n, room);
}

/** How far a mean of this variance must lie from a threshold, one-sided alpha; at most `largest`. Also for any estimate with variance v/n. */
export function minimalDetectableMean(
  variance: number,
  n: number,
  alpha: number,
  largest: number,
  power = DEFAULT_POWER,
): number | null {
  return minimalDetectable((effect) => requiredNMean(effect, variance, 0, alpha, power), n, largest);
}

/** The smallest limit on a gap that two groups of n rows each, with the same true rate, can be shown to keep. */
export function minimalGapLimit(
  rate: number,
  n: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  return minimalDetectable((limit) => requiredNGap(rate, rate, limit, alpha, power), n, 1);
}

/** The smallest margin within which n pairs can show a candidate as accurate as its baseline, of which a share psi is discordant. */
export function minimalMargin(psi: number, n: number, alpha: number, power = DEFAULT_POWER): number | null {
  return minimalDetectable((margin) => requiredNPaired(psi, 0, margin, alpha, power), n, 1);
}
