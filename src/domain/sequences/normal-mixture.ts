import { normalCdf } from '../statistics/normal.js';
import { checkTuning, mixtureRoot, type Mixture, type MixtureTuning, type Sides } from './mixture.js';

/** The mixture's rho, for which it is tightest at time vOpt: v/(2 ln(1/a) + ln(1 + 2 ln(1/a))), one-sided at 2 a. STATISTICS, section 5. */
export function normalMixtureRho(tuning: MixtureTuning, sides: Sides): number {
  const { vOpt, alphaOpt } = checkTuning(tuning);
  const log = Math.log(1 / (sides === 1 ? 2 * alphaOpt : alphaOpt));
  if (log <= 0) throw new RangeError(`a one-sided mixture needs alphaOpt < .5, found ${alphaOpt}`);
  return vOpt / (2 * log + Math.log(1 + 2 * log));
}

/**
 * The normal mixture, for sums of sub-Gaussian steps of known variance: v is the variance so far. Two-sided: Robbins 1970; one-sided:
 * a half-normal mixture.
 */
export function normalMixture(tuning: MixtureTuning, sides: Sides): Mixture & { rho: number } {
  const rho = normalMixtureRho(tuning, sides);
  const log =
    sides === 2
      ? (s: number, v: number) => 0.5 * Math.log(rho / (v + rho)) + (s * s) / (2 * (v + rho))
      : (s: number, v: number) =>
          0.5 * Math.log((4 * rho) / (v + rho)) +
          (s * s) / (2 * (v + rho)) +
          Math.log(normalCdf(s / Math.sqrt(v + rho)));
  return {
    rho,
    log,
    bound: (v, alpha) =>
      sides === 2
        ? Math.sqrt((v + rho) * (Math.log(1 + v / rho) + 2 * Math.log(1 / alpha)))
        : mixtureRoot((s) => log(s, v), alpha),
  };
}
