import { normalCdf, normalQuantile } from './normal.js';
import { bisect } from './root.js';

/** How sure one wants to be that the next sample settles it, if the true value is the observed one. */
export const DEFAULT_POWER = 0.8;

/** Rows beyond this are no advice. */
export const MOST_ROWS = 1e12;

function settled(n: number): number | null {
  return Number.isFinite(n) && n <= MOST_ROWS ? Math.max(2, Math.ceil(n - 1e-9)) : null;
}

function quantiles(alpha: number, power: number): { a: number; b: number } {
  return { a: -normalQuantile(alpha), b: normalQuantile(power) };
}

/** By how much a required number grows when it is `alpha` that matters rather than `of`. */
export function requiredNFactor(of: number, alpha: number, power = DEFAULT_POWER): number {
  const [from, to] = [quantiles(of, power), quantiles(alpha, power)];
  return ((to.a + to.b) / (from.a + from.b)) ** 2;
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
  if (gap !== 0 && (p === 0 || p === 1)) {
    // Without one row of the other kind the exact bound decides, alpha^(1/n): a normal one would ask for fewer rows than that takes.
    const reach = p === 1 ? threshold : 1 - threshold;
    return reach > 0 ? settled(Math.log(alpha) / Math.log(reach)) : null;
  }
  const root = a * Math.sqrt(Math.max(0, threshold * (1 - threshold))) + b * Math.sqrt(p * (1 - p));
  return gap === 0 ? null : settled((root / gap) ** 2);
}

/**
 * Rows with which an AUC observed as `auc` with standard error `se` on `n` rows settles against `threshold`, same share of classes;
 * on the logit scale and with the rise that the deciding bound has. Null when equal, or where no error is known.
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
  const ofRows = settled(n * (((a + b) * se) / (auc * (1 - auc)) / distance) ** 2);
  const side = auc > threshold ? auc : 1 - auc;
  const rise = (side * n) / Math.min(positives, negatives);
  const rising = requiredNScore(auc, n * se * se, rise, threshold, alpha, power);
  return ofRows === null || rising === null ? null : Math.max(ofRows, rising);
}

/** One side that an estimate must clear: its distance, and its variance times n at the limit and as observed. */
interface Side {
  room: number;
  atLimit: number;
  observed: number;
}

function chanceToClear({ room, atLimit, observed }: Side, a: number, n: number): number {
  const slack = room - a * Math.sqrt(atLimit / n);
  return observed > 0 ? normalCdf(slack / Math.sqrt(observed / n)) : slack > 0 ? 1 : 0;
}

/** Rows PER GROUP with which the nearer side clears, and on the way to PASS the farther one with it. */
function settledByBoth(near: Side, far: Side, alpha: number, power: number): number | null {
  const { a, b } = quantiles(alpha, power);
  const alone = ((a * Math.sqrt(near.atLimit) + b * Math.sqrt(near.observed)) / near.room) ** 2;
  if (near.room <= 0 || !Number.isFinite(alone)) return near.room === 0 ? null : settled(alone);
  const short = (n: number) => chanceToClear(near, a, n) + chanceToClear(far, a, n) - 1 - power;
  return settled(bisect(short, alone, 8 * alone));
}

/** Rows PER GROUP with which the gap |p1 - p2| settles against `limit`, groups of equal size; null when equal. */
export function requiredNGap(
  p1: number,
  p2: number,
  limit: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const gap = Math.abs(p1 - p2);
  // Rates at 0 or 1 still vary: half a success in a hundred keeps the advice finite and honest.
  const variance = [p1, p2].reduce((sum, p) => sum + Math.max(0.005, p) * Math.max(0.005, 1 - p), 0);
  const side = (room: number): Side => ({ room, atLimit: variance, observed: variance });
  return settledByBoth(side(limit - gap), side(limit + gap), alpha, power);
}

/** Rows PER GROUP with which the ratio p1 / p2, p1 <= p2, settles against `limit`, in either order; null when equal. */
export function requiredNRatio(
  p1: number,
  p2: number,
  limit: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const side = (top: number, bottom: number): Side => {
    const variance = (p: number) => p * (1 - p) + limit * limit * bottom * (1 - bottom);
    // Rates of 1 still vary at the limit.
    return {
      room: top - limit * bottom,
      atLimit: variance(Math.min(1, limit * bottom)),
      observed: variance(top),
    };
  };
  return settledByBoth(side(p1, p2), side(p2, p1), alpha, power);
}

/**
 * Pairs with which non-inferiority of a paired accuracy by `margin` settles: (z + z)^2 (psi - delta^2)/(margin + delta)^2, with
 * discordance psi = (b + c)/n and true difference delta = (b - c)/n. STATISTICS, section 3. Never below what models without any
 * discordant pair need.
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
  const formula = ((a + b) ** 2 * Math.max(0, psi - delta * delta)) / room ** 2;
  return room === 0 ? null : settled(Math.max(formula, Math.max(a ** 2, -Math.log(alpha)) / Math.abs(room)));
}

/**
 * Rows with which an estimate of variance v/n, whose variance rises by `rise`/n for each unit of distance (`scoreMargin`), settles
 * against `threshold`; null when equal.
 */
export function requiredNScore(
  value: number,
  variance: number,
  rise: number,
  threshold: number,
  alpha: number,
  power = DEFAULT_POWER,
): number | null {
  const { a, b } = quantiles(alpha, power);
  const distance = Math.abs(value - threshold);
  const root = a * Math.sqrt(variance + rise * distance) + b * Math.sqrt(variance);
  return distance === 0 ? null : settled((root / distance) ** 2);
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
