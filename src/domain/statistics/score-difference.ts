import { checkEffectiveCounts } from './binomial.js';
import { tailOf, type Interval } from './interval.js';
import { normalQuantile } from './normal.js';
import { bisect } from './root.js';

/** The score statistic (numerator over its standard error); 0 where both vanish. */
export function scoreOf(numerator: number, variance: number): number {
  if (variance > 0) return numerator / Math.sqrt(variance);
  return numerator === 0 ? 0 : numerator > 0 ? Infinity : -Infinity;
}

/**
 * The score statistic of p1 - p2 = d for two independent proportions x1/n1 and x2/n2, d in [-1, 1]; falls as d grows.
 * The variance is the restricted maximum-likelihood one times N/(N-1). Miettinen and Nurminen 1985.
 */
export function miettinenNurminenZ(x1: number, n1: number, x2: number, n2: number, d: number): number {
  checkEffectiveCounts(x1, n1);
  checkEffectiveCounts(x2, n2);
  const total = n1 + n2;
  const [p1, p2] = restrictedProportions(x1, n1, x2, n2, d);
  const variance = ((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2) * (total / (total - 1));
  const numerator = x1 / n1 - x2 / n2 - d;
  // Rounding of equal fractions is no evidence.
  return scoreOf(Math.abs(numerator) < 1e-15 ? 0 : numerator, variance < 1e-30 ? 0 : variance);
}

/** Maximum-likelihood estimates of p1 and p2 under p1 - p2 = d: the closed root of the cubic likelihood equation. */
function restrictedProportions(x1: number, n1: number, x2: number, n2: number, d: number): [number, number] {
  const n = n1 + n2;
  const l3 = n;
  const l2 = (n1 + 2 * n2) * d - n - (x1 + x2);
  const l1 = (n2 * d - n - 2 * x2) * d + x1 + x2;
  const l0 = x2 * d * (1 - d);
  const s = l2 / (3 * l3);
  const k = s ** 3 - (l1 * l2) / (6 * l3 * l3) + l0 / (2 * l3);
  const b = Math.sign(k) * Math.sqrt(Math.max(0, s * s - l1 / (3 * l3)));
  const cosine = b === 0 ? 0 : Math.min(1, Math.max(-1, k / b ** 3));
  const a = (Math.PI + Math.acos(cosine)) / 3;
  const p2 = clamp(2 * b * Math.cos(a) - s, Math.max(0, -d), Math.min(1, 1 - d));
  return [clamp(p2 + d, 0, 1), p2];
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}

/** The one-sided upper 1 - alpha bound of p1 - p2: the largest d that the score test does not reject. */
export function miettinenNurminenUpper(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  alpha: number,
): number {
  const z = -normalQuantile(alpha);
  return bisect((d) => miettinenNurminenZ(x1, n1, x2, n2, d) + z, Math.max(-1, x1 / n1 - x2 / n2), 1);
}

/** The one-sided lower 1 - alpha bound of p1 - p2. */
export function miettinenNurminenLower(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  alpha: number,
): number {
  return -miettinenNurminenUpper(x2, n2, x1, n1, alpha);
}

/** The two-sided score interval of p1 - p2, within [-1, 1]. Miettinen and Nurminen 1985. */
export function miettinenNurminenInterval(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  confidence: number,
): Interval {
  const alpha = tailOf(confidence);
  return {
    low: miettinenNurminenLower(x1, n1, x2, n2, alpha),
    high: miettinenNurminenUpper(x1, n1, x2, n2, alpha),
  };
}
