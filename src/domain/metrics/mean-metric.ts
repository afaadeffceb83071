import {
  meanBound,
  meanInterval,
  meanPValueAbove,
  meanPValueBelow,
  requiredNLoss,
  tooFewClusters,
  wholeClusters,
  type MeanStatistic,
  type NotDefined,
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
  /** What decides: of clusters, as many rows as there are clusters, with the larger of the robust variance and that of single rows. */
  const statisticOf = (evidence: SplitEvidence): MeanStatistic | NotDefined | null => {
    const rows = evidence.losses?.[statistic] ?? null;
    const { clusters } = evidence;
    if (!rows || !clusters) return rows;
    const robust = clusters.losses?.[statistic];
    if (robust === undefined) return tooFewClusters(clusters.count);
    return {
      ...rows,
      n: clusters.count,
      whole: wholeClusters(clusters.outcomes),
      variance: clusters.count * Math.max(robust, rows.variance / rows.n),
    };
  };
  const bound = (evidence: SplitEvidence, alpha: number, side: 'lower' | 'upper'): Bound => {
    const stat = statisticOf(evidence);
    if (!stat) return { defined: false, reason: 'no scores were sent' };
    if ('defined' in stat) return stat;
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
    clustered: true,
    dependsOn: ['positive'],
    value(evidence) {
      const stat = statisticOf(evidence);
      if (!stat) return undefinedMetric('no scores were sent');
      const rows = evidence.losses![statistic];
      if ('defined' in stat)
        return {
          defined: true,
          value: rows.mean,
          ci: null,
          n: rows.n,
          formulaId: `${formula(evidence)}/no-interval`,
        };
      const { n, mean, variance } = stat;
      // Rows that are all alike do not show how far others may lie.
      const interval = rows.variance > 0 ? meanInterval(mean, variance, n, DISPLAY_CONFIDENCE) : null;
      const ci: [number, number] | null = interval && [
        Math.max(0, interval.low),
        Math.min(max(evidence), interval.high),
      ];
      const shown = { defined: true, value: mean, ci, n: rows.n } as const;
      if (!evidence.clusters) return { ...shown, formulaId: `${formula(evidence)}/student` };
      const deff = rows.variance > 0 ? (variance / n) * (rows.n / rows.variance) : rows.n / n;
      return { ...shown, formulaId: `${formula(evidence)}/student-clusters`, clusters: n, deff };
    },
    lower: (evidence, alpha) => bound(evidence, alpha, 'lower'),
    upper: (evidence, alpha) => bound(evidence, alpha, 'upper'),
    pFail(evidence, threshold, side) {
      const stat = statisticOf(evidence);
      if (!stat || 'defined' in stat) return 1;
      return side === 'atMost'
        ? meanPValueAbove(stat, threshold)
        : meanPValueBelow(stat, max(evidence), threshold);
    },
    requiredN(evidence, threshold, alpha) {
      const stat = statisticOf(evidence);
      if (!stat || 'defined' in stat) return null;
      const needed = requiredNLoss(stat, max(evidence), threshold, alpha);
      // Clusters of the size that they have.
      return needed === null ? null : Math.ceil((needed * evidence.n) / stat.n);
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
