import { normalQuantile, type AveragePrecisionStatistic } from '../statistics/index.js';
import { notBinary, type SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type Bound } from './metric.js';
import type { MetricDefinition } from './metric-definition.js';

function statisticOf(evidence: SplitEvidence): AveragePrecisionStatistic | { reason: string } {
  if (evidence.averagePrecision) return evidence.averagePrecision;
  if (evidence.positive === null) return { reason: notBinary(evidence) };
  if (!evidence.losses) return { reason: 'no scores were sent' };
  return evidence.auc
    ? { reason: 'this evidence is older than the metric: evaluate the model version again' }
    : { reason: 'rows of both classes are needed' };
}

/** The logit interval of Boyd, Eng and Page 2013, with the positives as its sample; of a perfect ranking what may not have been seen. */
function intervalOf({ value, positives }: AveragePrecisionStatistic): [number, number] {
  const tail = (1 - DISPLAY_CONFIDENCE) / 2;
  if (value === 1) return [tail ** (1 / positives), 1];
  const centre = Math.log(value / (1 - value));
  const half = -normalQuantile(tail) / Math.sqrt(positives * value * (1 - value));
  const at = (logit: number) => 1 / (1 + Math.exp(-logit));
  return [at(centre - half), at(centre + half)];
}

const noBound = (): Bound => ({
  defined: false,
  reason: 'average precision is descriptive: a rule on it needs decideOn: point',
});

/**
 * Average precision, sum (R_n - R_{n-1}) P_n without interpolation, in (0, 1]; the share of positives is chance. Descriptive: its
 * display interval is approximate, and it has no decision bound.
 */
export const averagePrecision: MetricDefinition = {
  id: 'average_precision',
  task: 'classification',
  version: 1,
  label: 'average precision',
  direction: 'higher',
  range: [0, 1],
  needsScores: true,
  descriptive: true,
  dependsOn: ['positive'],
  value(evidence) {
    const stat = statisticOf(evidence);
    if ('reason' in stat) return undefinedMetric(stat.reason);
    return {
      defined: true,
      value: stat.value,
      ci: intervalOf(stat),
      n: evidence.n,
      formulaId: 'average_precision/no-interpolation/logit-of-positives',
    };
  },
  lower: noBound,
  upper: noBound,
  pFail: () => 1,
  requiredN: () => null,
};
