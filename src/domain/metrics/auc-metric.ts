import {
  aucBound,
  aucIsSmallSample,
  aucDecisionBound,
  aucDecisionPAbove,
  aucDecisionPBelow,
  requiredNAuc,
  type AucStatistic,
} from '../statistics/index.js';
import { notBinary, type SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type Bound } from './metric.js';
import type { MetricDefinition } from './metric-definition.js';

function statisticOf(evidence: SplitEvidence): AucStatistic | { reason: string } {
  if (evidence.auc) return evidence.auc;
  if (evidence.positive === null) return { reason: notBinary(evidence) };
  if (!evidence.losses) return { reason: 'no scores were sent' };
  return { reason: 'rows of both classes are needed' };
}

function boundOf(evidence: SplitEvidence, alpha: number, side: 'lower' | 'upper'): Bound {
  const stat = statisticOf(evidence);
  if ('reason' in stat) return { defined: false, reason: stat.reason };
  const bound = aucDecisionBound(stat, alpha);
  return { defined: true, value: bound[side], method: bound.method, smallSample: bound.smallSample };
}

/** ROC AUC by Mann-Whitney with midranks; logit-DeLong bounds. */
export const auc: MetricDefinition = {
  id: 'auc',
  task: 'classification',
  version: 1,
  label: 'AUC',
  direction: 'higher',
  range: [0, 1],
  needsScores: true,
  descriptive: false,
  dependsOn: ['positive'],
  value(evidence) {
    const stat = statisticOf(evidence);
    if ('reason' in stat) return undefinedMetric(stat.reason);
    const { lower, upper, method } = aucBound(stat, (1 - DISPLAY_CONFIDENCE) / 2);
    return {
      defined: true,
      value: stat.auc,
      ci: [lower, upper],
      n: evidence.n,
      formulaId: `auc/mann-whitney-midranks/${method}`,
      ...(aucIsSmallSample(stat) ? { smallSample: true } : {}),
    };
  },
  lower: (evidence, alpha) => boundOf(evidence, alpha, 'lower'),
  upper: (evidence, alpha) => boundOf(evidence, alpha, 'upper'),
  pFail(evidence, threshold, side) {
    const stat = statisticOf(evidence);
    if ('reason' in stat) return 1;
    return side === 'atLeast' ? aucDecisionPBelow(stat, threshold) : aucDecisionPAbove(stat, threshold);
  },
  requiredN(evidence, threshold, alpha) {
    const stat = statisticOf(evidence);
    return 'reason' in stat ? null : requiredNAuc(stat, threshold, alpha);
  },
};
