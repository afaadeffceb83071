import { logLowerGamma } from '../statistics/incomplete-gamma.js';
import { mixtureRoot, type Mixture, type MixtureTuning } from './mixture.js';
import { normalMixtureRho } from './normal-mixture.js';

/**
 * The gamma-exponential mixture, for sums of sub-exponential steps with scale c > 0 (steps that exceed their mean by more than c are
 * as rare as exponential ones), one-sided. `log` needs s > -(v + rho)/c. Howard et al. 2021, proposition 9.
 */
export function gammaExponentialMixture(tuning: MixtureTuning & { c: number }): Mixture {
  const { c } = tuning;
  if (!(c > 0)) throw new RangeError(`expected a scale c > 0, found ${c}`);
  const square = c * c;
  const shape = normalMixtureRho(tuning, 1) / square;
  const leading = shape * Math.log(shape) - logLowerGamma(shape, shape);
  const log = (s: number, v: number) => {
    const time = v / square + shape;
    const at = s / c + time;
    return leading + logLowerGamma(time, at) - time * Math.log(at) + at - shape;
  };
  return { log, bound: (v, alpha) => mixtureRoot((s) => log(s, v), alpha) };
}
