import {
  clusteredInterval,
  clusteredLower,
  clusteredRate,
  clusteredTestGreater,
  clusteredTestLess,
  clusteredUpper,
  binomialTestGreater,
  binomialTestLess,
  clopperPearsonLower,
  clopperPearsonUpper,
  requiredNClustered,
  requiredNProportion,
  wilson,
  type ClusteredProportion,
  type NotDefined,
  type OutcomeWeights,
} from '../statistics/index.js';
import { binaryCounts, notBinary, type GroupCell, type SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type Bound, type Metric } from './metric.js';
import type { MetricDefinition, MetricName } from './metric-definition.js';

/** x of n, or why there is no such proportion. */
type Proportion = { x: number; n: number } | { reason: string };

interface Recipe {
  id: MetricName;
  label: string;
  formula: string;
  direction?: 'higher' | 'lower';
  proportion(evidence: SplitEvidence): Proportion;
  successes(counts: Counts): number;
  trials(counts: Counts): number;
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
  successes,
  trials,
}: Recipe): MetricDefinition {
  const clusteredOf = ({ clusters }: SplitEvidence): ClusteredProportion | NotDefined | null =>
    clusters ? clusteredRate(clusters.outcomes, weightsOf(successes), weightsOf(trials)) : null;
  const bound = (
    evidence: SplitEvidence,
    of: (x: number, n: number) => number,
    ofClustered: (stat: ClusteredProportion) => number,
  ): Bound => {
    const found = proportion(evidence);
    if ('reason' in found) return { defined: false, reason: found.reason };
    const clustered = clusteredOf(evidence);
    if (clustered)
      return clustered.defined
        ? {
            defined: true,
            value: map.to(ofClustered(clustered)),
            method: 'korn-graubard',
            smallSample: false,
          }
        : clustered;
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
    clustered: true,
    dependsOn: ['positive', 'threshold'],
    value(evidence) {
      const found = proportion(evidence);
      if ('reason' in found) return undefinedMetric(found.reason);
      const value = map.to(found.x / found.n);
      const clustered = clusteredOf(evidence);
      if (clustered) return clusteredValue(value, found.n, clustered);
      const { low, high } = wilson(found.x, found.n, DISPLAY_CONFIDENCE);
      return {
        defined: true,
        value,
        ci: [map.to(low), map.to(high)],
        n: found.n,
        formulaId: `${formula}/wilson`,
      };
    },
    lower: (evidence, alpha) =>
      bound(
        evidence,
        (x, n) => clopperPearsonLower(x, n, alpha),
        (stat) => clusteredLower(stat, alpha),
      ),
    upper: (evidence, alpha) =>
      bound(
        evidence,
        (x, n) => clopperPearsonUpper(x, n, alpha),
        (stat) => clusteredUpper(stat, alpha),
      ),
    pFail(evidence, threshold, side) {
      const found = proportion(evidence);
      if ('reason' in found) return 1;
      const p0 = Math.min(1, Math.max(0, map.from(threshold)));
      const clustered = clusteredOf(evidence);
      if (clustered && !clustered.defined) return 1;
      if (clustered)
        return side === 'atLeast' ? clusteredTestLess(clustered, p0) : clusteredTestGreater(clustered, p0);
      return side === 'atLeast'
        ? binomialTestLess(found.x, found.n, p0)
        : binomialTestGreater(found.x, found.n, p0);
    },
    requiredN(evidence, threshold, alpha) {
      const found = proportion(evidence);
      if ('reason' in found) return null;
      const own = requiredNProportion(found.x / found.n, map.from(threshold), alpha);
      const clustered = clusteredOf(evidence);
      // So few clusters: no number of rows in them would do.
      if (clustered && !clustered.defined) return null;
      if (own === null) return null;
      const trials = clustered ? requiredNClustered(clustered, own, map.from(threshold), alpha) : own;
      // A denominator below n (the positives, say) grows with n.
      return trials === null ? null : Math.ceil((trials * evidence.n) / found.n);
    },
  };

  function clusteredValue(value: number, n: number, stat: ClusteredProportion | NotDefined): Metric {
    if (!stat.defined) return { defined: true, value, ci: null, n, formulaId: `${formula}/no-interval` };
    const { low, high } = clusteredInterval(stat, DISPLAY_CONFIDENCE);
    const { clusters, deff } = stat;
    const ci: [number, number] = [map.to(low), map.to(high)];
    return { defined: true, value, ci, n, formulaId: `${formula}/korn-graubard`, clusters, deff };
  }
}

/** A count of some outcomes by what it is of one row of each. */
function weightsOf(count: (counts: Counts) => number): OutcomeWeights {
  const none = { tp: 0, fp: 0, fn: 0, tn: 0 };
  return [
    count({ ...none, tp: 1 }),
    count({ ...none, fp: 1 }),
    count({ ...none, fn: 1 }),
    count({ ...none, tn: 1 }),
  ];
}

type Counts = Omit<GroupCell, 'attributes' | 'calibration'>;

/** A proportion of the counts of a binary confusion matrix; `missing` says why it has no trials. */
function binaryProportion(
  successes: (counts: Counts) => number,
  trials: (counts: Counts) => number,
  missing: string,
): Pick<Recipe, 'proportion' | 'successes' | 'trials'> {
  return {
    successes,
    trials,
    proportion: (evidence) => {
      const counts = binaryCounts(evidence);
      if (!counts) return { reason: notBinary(evidence) };
      const n = trials(counts);
      return n === 0 ? { reason: missing } : { x: successes(counts), n };
    },
  };
}

const positives = ({ tp, fn }: Counts) => tp + fn;
const negatives = ({ fp, tn }: Counts) => fp + tn;
const NO_POSITIVE = 'no row is positive';
const NO_NEGATIVE = 'no row is negative';

/** Of all rows those that are right, whatever the number of classes. */
const ofRows: Pick<Recipe, 'proportion' | 'successes' | 'trials'> = {
  successes: ({ tp, tn }) => tp + tn,
  trials: ({ tp, fp, fn, tn }) => tp + fp + fn + tn,
  proportion({ n, confusion }) {
    if (n === 0) return { reason: 'no rows' };
    return { x: confusion.reduce((sum, row, label) => sum + row[label]!, 0), n };
  },
};

/** The share of rows that are predicted right. */
export const accuracy = proportionMetric({
  id: 'accuracy',
  label: 'accuracy',
  formula: 'accuracy',
  ...ofRows,
});

/** Recall of each class weighted by its rows, which is the accuracy: scikit-learn's `average="weighted"`. */
export const recallWeighted = proportionMetric({
  id: 'recall_weighted',
  label: 'weighted recall',
  formula: 'recall/by-support',
  ...ofRows,
});

/** TP / (TP + FP). */
export const precision = proportionMetric({
  id: 'precision',
  label: 'precision',
  formula: 'precision/binary',
  ...binaryProportion(
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
  ...binaryProportion(({ tp }) => tp, positives, NO_POSITIVE),
});

/** TN / (FP + TN), the true negative rate. */
export const specificity = proportionMetric({
  id: 'specificity',
  label: 'specificity',
  formula: 'specificity/binary',
  ...binaryProportion(({ tn }) => tn, negatives, NO_NEGATIVE),
});

/** TN / (FN + TN). */
export const negativePredictiveValue = proportionMetric({
  id: 'negative_predictive_value',
  label: 'negative predictive value',
  formula: 'negative_predictive_value/binary',
  ...binaryProportion(
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
  ...binaryProportion(({ fp }) => fp, negatives, NO_NEGATIVE),
});

/** FN / (TP + FN). */
export const falseNegativeRate = proportionMetric({
  id: 'false_negative_rate',
  label: 'false negative rate',
  formula: 'false_negative_rate/binary',
  direction: 'lower',
  ...binaryProportion(({ fn }) => fn, positives, NO_POSITIVE),
});

/** F1 = 2J/(1+J), J = TP/(TP+FP+FN) a binomial proportion of the rows that are positive or predicted so: its bounds are exact. */
export const f1 = proportionMetric({
  id: 'f1',
  label: 'F1',
  formula: 'f1/binary/by-jaccard',
  ...binaryProportion(
    ({ tp }) => tp,
    ({ tp, fp, fn }) => tp + fp + fn,
    'no row is positive or predicted positive',
  ),
  map: { to: (j) => (2 * j) / (1 + j), from: (value) => value / (2 - value) },
});
