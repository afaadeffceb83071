import {
  meanInterval,
  requiredNMean,
  studentCdf,
  studentQuantile,
  type MeanStatistic,
} from '../statistics/index.js';
import { errorsOf } from './error-metric.js';
import type { SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, type Bound } from './metric.js';
import type { MetricDefinition } from './metric-definition.js';

function statisticOf(evidence: SplitEvidence): MeanStatistic | { defined: false; reason: string } {
  const errors = errorsOf(evidence);
  return 'defined' in errors ? errors : errors.signed;
}

function bound(evidence: SplitEvidence, alpha: number, side: -1 | 1): Bound {
  const found = statisticOf(evidence);
  if ('defined' in found) return found;
  const { n, mean, variance } = found;
  if (n < 2) return { defined: false, reason: `a bound needs 2 rows, found ${n}` };
  if (!(variance > 0))
    return { defined: false, reason: 'every row has the same error: nothing tells how large others can be' };
  const half = -studentQuantile(alpha, n - 1) * Math.sqrt(variance / n);
  return { defined: true, value: mean + side * half, method: 'student', smallSample: false };
}

/** Mean of prediction - label, the bias, in the label's unit: above 0 where predictions are too high. Student's interval and bounds. */
export const meanError: MetricDefinition = {
  id: 'mean_error',
  task: 'regression',
  version: 1,
  label: 'mean error',
  direction: null,
  range: [-Infinity, Infinity],
  needsScores: false,
  descriptive: false,
  dependsOn: [],
  value(evidence) {
    const found = statisticOf(evidence);
    if ('defined' in found) return found;
    const { n, mean, variance } = found;
    const interval = variance > 0 ? meanInterval(mean, variance, n, DISPLAY_CONFIDENCE) : null;
    const ci: [number, number] | null = interval && [interval.low, interval.high];
    return { defined: true, value: mean, ci, n, formulaId: 'mean_error/prediction-less-label/student' };
  },
  lower: (evidence, alpha) => bound(evidence, alpha, -1),
  upper: (evidence, alpha) => bound(evidence, alpha, 1),
  pFail(evidence, threshold, side) {
    const found = statisticOf(evidence);
    if ('defined' in found || !(found.variance > 0)) return 1;
    const t = (found.mean - threshold) / Math.sqrt(found.variance / found.n);
    return studentCdf(side === 'atMost' ? -t : t, found.n - 1);
  },
  requiredN(evidence, threshold, alpha) {
    const found = statisticOf(evidence);
    return 'defined' in found ? null : requiredNMean(found.mean, found.variance, threshold, alpha);
  },
};
