import { normalQuantile } from './normal.js';

/** How sure one wants to be that the next sample settles it, if the true value is the observed one. */
export const DEFAULT_POWER = 0.8;

/** Rows beyond this are no advice. */
const MOST = 1e12;

function settled(n: number): number | null {
  return Number.isFinite(n) && n <= MOST ? Math.max(2, Math.ceil(n - 1e-9)) : null;
}

function quantiles(alpha: number, power: number): { a: number; b: number } {
  return { a: -normalQuantile(alpha), b: normalQuantile(power) };
}

/** Rows with which a proportion observed as `p` clears (or misses) `threshold`, one-sided alpha; null when they are equal. Fleiss 1981. */
export function requiredNProportion(
  p: number,
  threshold: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const { a, b } = quantiles(alpha, power);
  const gap = p - threshold;
  const root = a * Math.sqrt(Math.max(0, threshold * (1 - threshold))) + b * Math.sqrt(p * (1 - p));
  return gap === 0 ? null : settled((root / gap) ** 2);
}

/**
 * Rows with which an AUC observed as `auc` with standard error `se` on `n` rows settles against `threshold`, same share of classes;
 * on the logit scale. Null when equal, or where no error is known.
 */
export function requiredNAuc(
  stat: { auc: number; se: number | null; positives: number; negatives: number },
  threshold: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const { auc, se, positives, negatives } = stat;
  const n = positives + negatives;
  if (auc === 1 || auc === 0) {
    // alpha^(1/m) against the threshold, solved for the smaller class m.
    const reach = auc === 1 ? threshold : 1 - threshold;
    const smaller = Math.log(alpha) / Math.log(reach);
    return reach > 0 && reach < 1 ? settled((smaller * n) / Math.min(positives, negatives)) : null;
  }
  if (!se || threshold <= 0 || threshold >= 1) return null;
  const { a, b } = quantiles(alpha, power);
  const distance = Math.log(auc / (1 - auc)) - Math.log(threshold / (1 - threshold));
  return distance === 0 ? null : settled(n * (((a + b) * se) / (auc * (1 - auc)) / distance) ** 2);
}

/** Rows PER GROUP with which the gap |p1 - p2| settles against `limit`, groups of equal size; null when equal. */
export function requiredNGap(
  p1: number,
  p2: number,
  limit: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const { a, b } = quantiles(alpha, power);
  const room = limit - Math.abs(p1 - p2);
  // Rates at 0 or 1 still vary: half a success in a hundred keeps the advice finite and honest.
  const variance = [p1, p2].reduce((sum, p) => sum + Math.max(0.005, p) * Math.max(0.005, 1 - p), 0);
  return room === 0 ? null : settled(((a + b) ** 2 * variance) / room ** 2);
}

/** Rows PER GROUP with which the ratio p1 / p2 settles against `limit`, on the scale of p1 - limit p2; null when equal. */
export function requiredNRatio(
  p1: number,
  p2: number,
  limit: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const { a, b } = quantiles(alpha, power);
  const room = p1 - limit * p2;
  const variance = p1 * (1 - p1) + limit * limit * p2 * (1 - p2);
  return room === 0 ? null : settled(((a + b) ** 2 * variance) / room ** 2);
}

/**
 * Pairs with which non-inferiority of a paired accuracy by `margin` settles: (z + z)^2 (psi - delta^2)/(margin + delta)^2, with
 * discordance psi = (b + c)/n and true difference delta = (b - c)/n. STATISTICS, section 3.
 */
export function requiredNPaired(
  psi: number,
  delta: number,
  margin: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const { a, b } = quantiles(alpha, power);
  const room = margin + delta;
  return room === 0 ? null : settled(((a + b) ** 2 * Math.max(0, psi - delta * delta)) / room ** 2);
}

/** Rows with which a mean of this variance settles against `threshold`; null when equal. Also for any estimate with variance v/n. */
export function requiredNMean(
  mean: number,
  variance: number,
  threshold: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const { a, b } = quantiles(alpha, power);
  return mean === threshold ? null : settled(((a + b) ** 2 * variance) / (mean - threshold) ** 2);
}
