import type { SplitEvidence, Task } from './evidence.js';
import type { Bound, Metric, Side } from './metric.js';

export type MetricName =
  | 'accuracy'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'specificity'
  | 'negative_predictive_value'
  | 'false_positive_rate'
  | 'false_negative_rate'
  | 'balanced_accuracy'
  | 'mcc'
  | 'auc'
  | 'average_precision'
  | 'log_loss'
  | 'brier'
  | 'ece'
  | 'precision_macro'
  | 'recall_macro'
  | 'f1_macro'
  | 'precision_weighted'
  | 'recall_weighted'
  | 'f1_weighted'
  | 'mae'
  | 'rmse'
  | 'r2'
  | 'mean_error'
  | 'quantile_loss';

/** A field of the evaluation protocol that numbers may depend on. */
export type ProtocolField = 'positive' | 'threshold' | 'bins' | 'seed' | 'quantile';

/**
 * One entry of the metric registry: how a number follows from stored evidence, and how it decides.
 * A new metric is a new entry; nothing else changes.
 */
export interface MetricDefinition {
  id: MetricName;
  /** Of evidence of another task it is undefined. */
  task: Task;
  /** Raised whenever the number changes for the same evidence. Bounds follow from evidence whenever something is decided by it. */
  version: number;
  /** As a sentence says it. */
  label: string;
  /** What is better; null: nearer to 0. */
  direction: 'higher' | 'lower' | null;
  /** The values it can take. */
  range: readonly [number, number];
  needsScores: boolean;
  /** It has a display interval at most and no decision bound: a rule on it needs `decideOn: point`. */
  descriptive: boolean;
  /** Its interval, bounds and p-values know clusters of rows. Left out: it has none of them where rows are clustered. */
  clustered?: true;
  /** What of the protocol its number, interval and bounds depend on: evaluations that differ elsewhere compare. */
  dependsOn: readonly ProtocolField[];
  /** Point estimate with its 95 % display interval. */
  value(evidence: SplitEvidence): Metric;
  /** One-sided lower 1 - alpha bound. */
  lower(evidence: SplitEvidence, alpha: number): Bound;
  /** One-sided upper 1 - alpha bound. */
  upper(evidence: SplitEvidence, alpha: number): Bound;
  /** The p-value against "the requirement holds": small when it is violated. 1 where undefined, so that it stays in Holm's count. */
  pFail(evidence: SplitEvidence, threshold: number, side: Side): number;
  /** Rows at which the observed value would settle it, 80 % power; null where no number would, or nothing is known. */
  requiredN(evidence: SplitEvidence, threshold: number, alpha: number): number | null;
}
