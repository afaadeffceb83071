import {
  meanBound,
  meanInterval,
  meanPValueAbove,
  meanPValueBelow,
  requiredNMean,
  type MeanStatistic,
} from '../statistics/index.js';
import { LOG_LOSS_MAX } from './add-batch.js';
import type { SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type Bound } from './metric.js';
import type { MetricDefinition, MetricName } from './metric-definition.js';

interface Recipe {
  id: MetricName;
  label: string;
  statistic: 'logLoss' | 'brier';
  formula(evidence: SplitEvidence): string;
  /** The largest loss of one row. */
  max(evidence: SplitEvidence): number;
  range: readonly [number, number];
}

/** A mean of per-row losses, lower is better: Student's interval and bounds. */
function meanMetric({ id, label, statistic, formula, max, range }: Recipe): MetricDefinition {
  const statisticOf = (evidence: SplitEvidence): MeanStatistic | null => evidence.losses?.[statistic] ?? null;
  const bound = (evidence: SplitEvidence, alpha: number, side: 'lower' | 'upper'): Bound => {
    const stat = statisticOf(evidence);
    if (!stat) return { defined: false, reason: 'no scores were sent' };
    const value = meanBound(stat, max(evidence), alpha)[side];
    return { defined: true, value, method: 'student', smallSample: false };
  };
  return {
    id,
    task: 'classification',
    version: 1,
    label,
    direction: 'lower',
    range,
    needsScores: true,
    descriptive: false,
    dependsOn: ['positive'],
    value(evidence) {
      const stat = statisticOf(evidence);
      if (!stat) return undefinedMetric('no scores were sent');
      const { n, mean, variance } = stat;
      const interval = meanInterval(mean, variance, n, DISPLAY_CONFIDENCE);
      const ci: [number, number] | null = interval && [
        Math.max(0, interval.low),
        Math.min(max(evidence), interval.high),
      ];
      return { defined: true, value: mean, ci, n, formulaId: `${formula(evidence)}/student` };
    },
    lower: (evidence, alpha) => bound(evidence, alpha, 'lower'),
    upper: (evidence, alpha) => bound(evidence, alpha, 'upper'),
    pFail(evidence, threshold, side) {
      const stat = statisticOf(evidence);
      if (!stat) return 1;
      return side === 'atMost'
        ? meanPValueAbove(stat, threshold)
        : meanPValueBelow(stat, max(evidence), threshold);
    },
    requiredN(evidence, threshold, alpha) {
      const stat = statisticOf(evidence);
      return stat && requiredNMean(stat.mean, stat.variance, threshold, alpha);
    },
  };
}

/** Mean of -ln(probability given to the label), natural logarithm; 0 is perfect. */
export const logLoss = meanMetric({
  id: 'log_loss',
  label: 'log loss',
  statistic: 'logLoss',
  formula: () => 'log_loss/natural/clip-1e-15',
  max: () => LOG_LOSS_MAX,
  range: [0, LOG_LOSS_MAX],
});

/** Mean squared error of the scores; 0 is perfect. Binary: of the positive class, at most 1; otherwise summed over classes, at most 2. */
export const brier = meanMetric({
  id: 'brier',
  label: 'Brier score',
  statistic: 'brier',
  formula: ({ positive }) => (positive === null ? 'brier/sum-over-classes' : 'brier/binary'),
  max: ({ positive }) => (positive === null ? 2 : 1),
  range: [0, 2],
});
