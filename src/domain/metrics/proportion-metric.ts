import {
  binomialTestGreater,
  binomialTestLess,
  clopperPearsonLower,
  clopperPearsonUpper,
  requiredNProportion,
  wilson,
} from '../statistics/index.js';
import { binaryCounts, notBinary, type GroupCell, type SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type Bound } from './metric.js';
import type { MetricDefinition, MetricName } from './metric-definition.js';

/** x of n, or why there is no such proportion. */
type Proportion = { x: number; n: number } | { reason: string };

interface Recipe {
  id: MetricName;
  label: string;
  formula: string;
  direction?: 'higher' | 'lower';
  proportion(evidence: SplitEvidence): Proportion;
  /** A rising map of the proportion onto the metric, and back; the identity where left out. */
  map?: { to(p: number): number; from(value: number): number };
}

const IDENTITY = { to: (p: number) => p, from: (value: number) => value };

/**
 * A metric that is a single proportion, or a rising function of one: decided by Clopper-Pearson and the exact binomial p, shown
 * with Wilson's interval. STATISTICS, section 3.
 */
function proportionMetric({
  id,
  label,
  formula,
  direction = 'higher',
  proportion,
  map = IDENTITY,
}: Recipe): MetricDefinition {
  const bound = (evidence: SplitEvidence, of: (x: number, n: number) => number): Bound => {
    const found = proportion(evidence);
    if ('reason' in found) return { defined: false, reason: found.reason };
    return {
      defined: true,
      value: map.to(of(found.x, found.n)),
      method: 'clopper-pearson',
      smallSample: false,
    };
  };
  return {
    id,
    task: 'classification',
    version: 1,
    label,
    direction,
    range: [0, 1],
    needsScores: false,
    descriptive: false,
    dependsOn: ['positive', 'threshold'],
    value(evidence) {
      const found = proportion(evidence);
      if ('reason' in found) return undefinedMetric(found.reason);
      const { low, high } = wilson(found.x, found.n, DISPLAY_CONFIDENCE);
      const value = map.to(found.x / found.n);
      return {
        defined: true,
        value,
        ci: [map.to(low), map.to(high)],
        n: found.n,
        formulaId: `${formula}/wilson`,
      };
    },
    lower: (evidence, alpha) => bound(evidence, (x, n) => clopperPearsonLower(x, n, alpha)),
    upper: (evidence, alpha) => bound(evidence, (x, n) => clopperPearsonUpper(x, n, alpha)),
    pFail(evidence, threshold, side) {
      const found = proportion(evidence);
      if ('reason' in found) return 1;
      const p0 = Math.min(1, Math.max(0, map.from(threshold)));
      return side === 'atLeast'
        ? binomialTestLess(found.x, found.n, p0)
        : binomialTestGreater(found.x, found.n, p0);
    },
    requiredN(evidence, threshold, alpha) {
      const found = proportion(evidence);
      if ('reason' in found) return null;
      const own = requiredNProportion(found.x / found.n, map.from(threshold), alpha);
      // A denominator below n (the positives, say) grows with n.
      return own === null ? null : Math.ceil((own * evidence.n) / found.n);
    },
  };
}

type Counts = Omit<GroupCell, 'attributes' | 'calibration'>;

/** A proportion of the counts of a binary confusion matrix; `missing` says why it has no trials. */
function binaryProportion(
  successes: (counts: Counts) => number,
  trials: (counts: Counts) => number,
  missing: string,
): Recipe['proportion'] {
  return (evidence) => {
    const counts = binaryCounts(evidence);
    if (!counts) return { reason: notBinary(evidence) };
    const n = trials(counts);
    return n === 0 ? { reason: missing } : { x: successes(counts), n };
  };
}

const positives = ({ tp, fn }: Counts) => tp + fn;
const negatives = ({ fp, tn }: Counts) => fp + tn;
const NO_POSITIVE = 'no row is positive';
const NO_NEGATIVE = 'no row is negative';

function ofRows({ n, confusion }: SplitEvidence): Proportion {
  if (n === 0) return { reason: 'no rows' };
  return { x: confusion.reduce((sum, row, label) => sum + row[label]!, 0), n };
}

/** The share of rows that are predicted right. */
export const accuracy = proportionMetric({
  id: 'accuracy',
  label: 'accuracy',
  formula: 'accuracy',
  proportion: ofRows,
});

/** Recall of each class weighted by its rows, which is the accuracy: scikit-learn's `average="weighted"`. */
export const recallWeighted = proportionMetric({
  id: 'recall_weighted',
  label: 'weighted recall',
  formula: 'recall/by-support',
  proportion: ofRows,
});

/** TP / (TP + FP). */
export const precision = proportionMetric({
  id: 'precision',
  label: 'precision',
  formula: 'precision/binary',
  proportion: binaryProportion(
    ({ tp }) => tp,
    ({ tp, fp }) => tp + fp,
    'nothing was predicted positive',
  ),
});

/** TP / (TP + FN), the true positive rate. */
export const recall = proportionMetric({
  id: 'recall',
  label: 'recall',
  formula: 'recall/binary',
  proportion: binaryProportion(({ tp }) => tp, positives, NO_POSITIVE),
});

/** TN / (FP + TN), the true negative rate. */
export const specificity = proportionMetric({
  id: 'specificity',
  label: 'specificity',
  formula: 'specificity/binary',
  proportion: binaryProportion(({ tn }) => tn, negatives, NO_NEGATIVE),
});

/** TN / (FN + TN). */
export const negativePredictiveValue = proportionMetric({
  id: 'negative_predictive_value',
  label: 'negative predictive value',
  formula: 'negative_predictive_value/binary',
  proportion: binaryProportion(
    ({ tn }) => tn,
    ({ fn, tn }) => fn + tn,
    'nothing was predicted negative',
  ),
});

/** FP / (FP + TN). */
export const falsePositiveRate = proportionMetric({
  id: 'false_positive_rate',
  label: 'false positive rate',
  formula: 'false_positive_rate/binary',
  direction: 'lower',
  proportion: binaryProportion(({ fp }) => fp, negatives, NO_NEGATIVE),
});

/** FN / (TP + FN). */
export const falseNegativeRate = proportionMetric({
  id: 'false_negative_rate',
  label: 'false negative rate',
  formula: 'false_negative_rate/binary',
  direction: 'lower',
  proportion: binaryProportion(({ fn }) => fn, positives, NO_POSITIVE),
});

/** F1 = 2J/(1+J), J = TP/(TP+FP+FN) a binomial proportion of the rows that are positive or predicted so: its bounds are exact. */
export const f1 = proportionMetric({
  id: 'f1',
  label: 'F1',
  formula: 'f1/binary/by-jaccard',
  proportion: binaryProportion(
    ({ tp }) => tp,
    ({ tp, fp, fn }) => tp + fp + fn,
    'no row is positive or predicted positive',
  ),
  map: { to: (j) => (2 * j) / (1 + j), from: (value) => value / (2 - value) },
});
