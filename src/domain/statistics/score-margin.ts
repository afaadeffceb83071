import { bisect } from './root.js';

/**
 * How far a bound lies from an estimate of variance `variance` when that variance may rise by `rise` for each unit of distance: the
 * root m of m^2 = z^2 (variance + rise m). With p(1-p)/n and 1/n it is Wilson's bound of a proportion, to its conservative side:
 * where few rows are wrong, their number does not show how many might have been, and a bound without the rise passes too often.
 */
export function scoreMargin(z: number, variance: number, rise: number): number {
  const half = (z * z * rise) / 2;
  return half + Math.sqrt(half * half + z * z * variance);
}

/**
 * As `scoreMargin`, but at least what nothing seen leaves open: with a probability of alpha, n rows show none of what befalls
 * -ln(alpha)/n of them. One row of Poisson's table by Wilson's bound has the error .067 at .05; by this one .05.
 */
export function rareEventMargin(z: number, alpha: number, variance: number, rise: number): number {
  const half = (Math.max(z * z, -Math.log(alpha)) * rise) / 2;
  return half + Math.sqrt(half * half + z * z * variance);
}

const SMALLEST_P = 1e-12;

/** The smallest level at which a margin, which falls as the level grows, is at most `distance`; a half when it is at none below. */
export function levelOf(margin: (alpha: number) => number, distance: number): number {
  const short = (logAlpha: number) => margin(Math.exp(logAlpha)) - distance;
  if (short(Math.log(0.5)) >= 0) return 0.5;
  if (short(Math.log(SMALLEST_P)) <= 0) return SMALLEST_P;
  return Math.exp(bisect(short, Math.log(SMALLEST_P), Math.log(0.5)));
}
