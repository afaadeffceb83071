import {
  positiveBound,
  positiveInterval,
  positivePValueAbove,
  positivePValueBelow,
  requiredNMean,
  type MeanStatistic,
  type NotDefined,
  type PositiveEstimate,
} from '../statistics/index.js';
import { LARGEST_NUMBER, type ErrorStatistics, type RegressionEvidence } from './error-sums.js';
import type { SplitEvidence } from './evidence.js';
import {
  DISPLAY_CONFIDENCE,
  undefinedMetric,
  type Bound,
  type Side,
  type UndefinedMetric,
} from './metric.js';
import type { MetricDefinition, MetricName, ProtocolField } from './metric-definition.js';

/** A map of an amount of at least 0 onto the metric, and back. */
interface Scale {
  to(amount: number): number;
  from(value: number): number;
  rises: boolean;
}

interface Recipe {
  id: MetricName;
  label: string;
  formula(evidence: RegressionEvidence): string;
  range: readonly [number, number];
  amount(errors: ErrorStatistics): PositiveEstimate | NotDefined;
  scale: Scale;
  dependsOn?: readonly ProtocolField[];
}

/** The errors of a regression, or why there are none. */
export function errorsOf({ regression, n }: SplitEvidence): ErrorStatistics | UndefinedMetric {
  if (regression === undefined) return undefinedMetric('the labels were judged as classes');
  if (regression.errors !== null) return regression.errors;
  if (n === 0) return undefinedMetric('no rows');
  return undefinedMetric(
    `${regression.tooLarge} of ${n} rows have a label or a prediction beyond ${LARGEST_NUMBER.toExponential(1)}: in a larger unit they can be measured`,
  );
}

const isMissing = (found: object): found is NotDefined => 'defined' in found;
const IDENTITY: Scale = { to: (amount) => amount, from: (value) => value, rises: true };

/** A metric that is a mean loss without a largest value, or a monotone function of one: Student's interval, `positiveBound`'s bounds. */
function errorMetric({ id, label, formula, range, amount, scale, dependsOn = [] }: Recipe): MetricDefinition {
  const { to, from, rises } = scale;
  const amountOf = (evidence: SplitEvidence): PositiveEstimate | NotDefined => {
    const errors = errorsOf(evidence);
    return isMissing(errors) ? errors : amount(errors);
  };
  const bound = (evidence: SplitEvidence, alpha: number, side: 'lower' | 'upper'): Bound => {
    const found = amountOf(evidence);
    const bounds = isMissing(found) ? found : positiveBound(found, alpha);
    if (isMissing(bounds)) return bounds;
    return { defined: true, value: to(bounds[side]), method: 'student/same-shape', smallSample: false };
  };
  return {
    id,
    task: 'regression',
    version: 1,
    label,
    direction: rises ? 'lower' : 'higher',
    range,
    needsScores: false,
    descriptive: false,
    dependsOn,
    value(evidence) {
      const found = amountOf(evidence);
      if (isMissing(found)) return found;
      const interval = positiveInterval(found, DISPLAY_CONFIDENCE);
      const ends = interval && [to(interval.low), to(interval.high)];
      const ci: [number, number] | null = ends && [Math.min(...ends), Math.max(...ends)];
      const formulaId = `${formula(evidence.regression!)}/student`;
      return { defined: true, value: to(found.value), ci, n: evidence.n, formulaId };
    },
    lower: (evidence, alpha) => bound(evidence, alpha, rises ? 'lower' : 'upper'),
    upper: (evidence, alpha) => bound(evidence, alpha, rises ? 'upper' : 'lower'),
    pFail(evidence, threshold, side: Side) {
      const found = amountOf(evidence);
      if (isMissing(found)) return 1;
      return (side === 'atMost') === rises
        ? positivePValueAbove(found, from(threshold))
        : positivePValueBelow(found, from(threshold));
    },
    requiredN(evidence, threshold, alpha) {
      const found = amountOf(evidence);
      if (isMissing(found)) return null;
      const { n, value, relativeSe } = found;
      return requiredNMean(value, n * (value * relativeSe) ** 2, from(threshold), alpha);
    },
  };
}

const ofMean = ({ n, mean, variance }: MeanStatistic): PositiveEstimate => ({
  n,
  value: mean,
  relativeSe: mean > 0 ? Math.sqrt(variance / n) / mean : 0,
});

/** Mean of |prediction - label|, in the label's unit; 0 is perfect. */
export const mae = errorMetric({
  id: 'mae',
  label: 'mean absolute error',
  formula: () => 'mae',
  range: [0, Infinity],
  amount: ({ absolute }) => ofMean(absolute),
  scale: IDENTITY,
});

/** Square root of the mean of (prediction - label)^2, in the label's unit; 0 is perfect. Interval and bounds: roots of those of the mean. */
export const rmse = errorMetric({
  id: 'rmse',
  label: 'root mean squared error',
  formula: () => 'rmse/root-of-mean-square',
  range: [0, Infinity],
  amount: ({ squared }) => ofMean(squared),
  scale: { to: Math.sqrt, from: (value) => Math.max(0, value) ** 2, rises: true },
});

/**
 * 1 - sum (label - prediction)^2 / sum (label - mean label)^2: the share of the labels' variance that predictions explain, below 0 where
 * they are worse than the labels' own mean. Undefined for labels that are all equal. Error by the delta method for a quotient of two
 * means of the same rows.
 */
export const r2 = errorMetric({
  id: 'r2',
  label: 'R2',
  formula: () => 'r2/delta',
  range: [-Infinity, 1],
  amount({ unexplained, label: { n } }) {
    if (unexplained === null)
      return { defined: false, reason: 'all labels are equal: there is no variance to explain' };
    return { n, value: unexplained.share, relativeSe: unexplained.relativeSe };
  },
  scale: { to: (share) => 1 - share, from: (value) => 1 - value, rises: false },
});

/**
 * Mean of q (label - prediction) where the prediction is too low, (1 - q)(prediction - label) where it is too high, q the level; 0 is
 * perfect. Smallest in expectation for the label's q-quantile; at .5 half the mean absolute error. Koenker and Bassett 1978.
 */
export const quantileLoss = errorMetric({
  id: 'quantile_loss',
  label: 'quantile loss',
  formula: ({ quantile }) => `quantile_loss/q-${quantile}`,
  range: [0, Infinity],
  amount: ({ quantile }) => ofMean(quantile),
  scale: IDENTITY,
  dependsOn: ['quantile'],
});
