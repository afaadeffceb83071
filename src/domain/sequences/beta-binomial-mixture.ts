import { betaCdf } from '../statistics/beta.js';
import { logGamma } from '../statistics/gamma.js';
import { mixtureRoot, type Mixture, type MixtureTuning, type Sides } from './mixture.js';
import { normalMixtureRho } from './normal-mixture.js';

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/**
 * The beta-binomial mixture, for sums of steps that lie in [-g, h] with mean 0: v = g h times their number. A Bernoulli of mean p has
 * g = p and h = 1 - p. s lies in [-v/h, v/g]. Howard et al. 2021, propositions 7 and 8.
 */
export function betaBinomialMixture(tuning: MixtureTuning & { g: number; h: number }, sides: Sides): Mixture {
  const { g, h } = tuning;
  if (!(g > 0 && h > 0)) throw new RangeError(`expected g, h > 0, found ${g}, ${h}`);
  const width = g + h;
  const r = Math.max(normalMixtureRho(tuning, sides) - g * h, 1e-3 * g * h);
  const logPrior = (a: number, b: number) =>
    logBeta(a, b) + (sides === 1 ? Math.log(betaCdf(h / width, a, b, g / width)) : 0);
  const normaliser = logPrior(r / (g * width), r / (h * width));
  const log = (s: number, v: number) =>
    (v / (g * h)) * Math.log(width) -
    ((v + h * s) / (h * width)) * Math.log(g) -
    ((v - g * s) / (g * width)) * Math.log(h) +
    logPrior((r + v - g * s) / (g * width), (r + v + h * s) / (h * width)) -
    normaliser;
  return { log, bound: (v, alpha) => mixtureRoot((s) => log(s, v), alpha, v / g) };
}
