import { DISPLAY_CONFIDENCE, undefinedMetric, type Metric } from '../metrics/metric.js';
import { multinomialDraw, RANDOM_KIND, seededRandom } from '../statistics/index.js';
import { agreementCoefficient, type AgreementCoefficient } from './coefficients.js';
import { ratedUnits, type RatedUnit, type Scale } from './ratings.js';

export interface AgreementReport {
  coefficient: Metric;
  /** Beside it, always: a coefficient alone hides how often raters agreed. */
  raw: Metric;
}

export interface AgreementTerms {
  /** Of the bootstrap; the same seed gives the same interval. */
  seed?: number | string;
  replicates?: number;
}

/**
 * A coefficient of agreement with its 95 % interval by bootstrap over units, and the raw agreement. `units[u][r]` is the place of
 * rater r's label in the scale. Throws RangeError for a label outside it.
 */
export function measureAgreement(
  coefficientId: string,
  units: readonly RatedUnit['labels'][],
  scale: Scale,
  terms: AgreementTerms = {},
): AgreementReport {
  const rated = ratedUnits(units, scale);
  return {
    coefficient: agreementOf(agreementCoefficient(coefficientId), rated, scale, terms),
    raw: agreementOf(agreementCoefficient('raw'), rated, scale, terms),
  };
}

/** One coefficient of units that are counted already. */
export function agreementOf(
  coefficient: AgreementCoefficient,
  units: readonly RatedUnit[],
  scale: Scale,
  { seed = 0, replicates = 2_000 }: AgreementTerms = {},
): Metric {
  const value = coefficient.value(units, scale);
  if (typeof value !== 'number') return undefinedMetric(value.undefinedBecause);
  const pairable = units.filter(({ labels }) => labels.filter((label) => label !== null).length >= 2);
  const ci = bootstrap(coefficient, pairable, scale, seed, replicates);
  return {
    defined: true,
    value,
    ci,
    n: pairable.reduce((sum, { weight }) => sum + weight, 0),
    formulaId: `${coefficient.formulaId}/unit-bootstrap-${replicates}/${RANDOM_KIND}/seed-${seed}`,
  };
}

/**
 * Percentile interval over resampled units. A replicate whose labels are constant has no value: it counts as beyond both ends, and
 * where such ones reach an end there is no interval.
 */
function bootstrap(
  coefficient: AgreementCoefficient,
  units: readonly RatedUnit[],
  scale: Scale,
  seed: number | string,
  replicates: number,
): [number, number] | null {
  const weights = units.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) < 2) return null;
  const random = seededRandom(`agreement/${coefficient.id}/${seed}`);
  const values: number[] = [];
  for (let i = 0; i < replicates; i++) {
    const drawn = multinomialDraw(random, weights);
    const value = coefficient.value(
      units.map(({ labels }, u) => ({ labels, weight: drawn[u]! })).filter(({ weight }) => weight > 0),
      scale,
    );
    if (typeof value === 'number') values.push(value);
  }
  values.sort((a, b) => a - b);
  const beyond = Math.floor(((1 - DISPLAY_CONFIDENCE) / 2) * replicates) - (replicates - values.length);
  return beyond < 0 ? null : [values[beyond]!, values[values.length - 1 - beyond]!];
}
