import type { ClassMargins } from './class-margins.js';
import type { MetricName } from './metric-definition.js';

/** A number that follows from the margins of a confusion matrix. */
export interface MarginStatistic {
  id: MetricName;
  label: string;
  formula: string;
  range: readonly [number, number];
  /** NaN where it is undefined. */
  of(margins: ClassMargins): number;
  /** Why it is undefined. */
  missing(margins: ClassMargins, classes: readonly string[]): string;
}

/** Of one class; NaN where it has no denominator. */
type ClassRate = (margins: ClassMargins, k: number) => number;

const precisionOf: ClassRate = ({ right, predicted }, k) => right[k]! / predicted[k]!;
const recallOf: ClassRate = ({ right, labelled }, k) => right[k]! / labelled[k]!;
const f1Of: ClassRate = ({ right, predicted, labelled }, k) =>
  (2 * right[k]!) / (predicted[k]! + labelled[k]!);

/** The unweighted mean over classes. */
function unweighted(rate: ClassRate): MarginStatistic['of'] {
  return (margins) => {
    const classes = margins.right.length;
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += rate(margins, k);
    return sum / classes;
  };
}

/** The mean over rows of the rate of their label's class: classes without rows do not count. */
function bySupport(rate: ClassRate): MarginStatistic['of'] {
  return (margins) => {
    let sum = 0;
    for (let k = 0; k < margins.right.length; k++) {
      const rows = margins.labelled[k]!;
      if (rows > 0) sum += rows * rate(margins, k);
    }
    return sum / margins.n;
  };
}

/**
 * Matthews correlation, for any number of classes, in [-1, 1]: 0 is chance, 1 perfect. NaN where all labels or all predictions are of
 * one class. Matthews 1975; Gorodkin 2004 (R_K).
 */
function matthews({ n, right, predicted, labelled }: ClassMargins): number {
  let [hits, crossed, ofPredicted, ofLabelled] = [0, 0, 0, 0];
  for (let k = 0; k < right.length; k++) {
    hits += right[k]!;
    crossed += predicted[k]! * labelled[k]!;
    ofPredicted += predicted[k]! ** 2;
    ofLabelled += labelled[k]! ** 2;
  }
  const r = (hits * n - crossed) / (Math.sqrt(n * n - ofPredicted) * Math.sqrt(n * n - ofLabelled));
  // Two rounded roots may pass the end of the range by a bit.
  return Math.min(1, Math.max(-1, r));
}

const firstWithout = (counts: Float64Array, classes: readonly string[]) =>
  `class ${classes[counts.findIndex((count) => count === 0)] ?? ''}`;
const neverPredicted: MarginStatistic['missing'] = ({ predicted }, classes) =>
  `${firstWithout(predicted, classes)} was never predicted`;
const withoutRows: MarginStatistic['missing'] = ({ labelled }, classes) =>
  `${firstWithout(labelled, classes)} has no rows`;

const RATE: readonly [number, number] = [0, 1];

/** Descriptive metrics of a confusion matrix. Averages over classes as scikit-learn names them, but undefined where one is. */
export const MARGIN_STATISTICS: readonly MarginStatistic[] = [
  {
    id: 'balanced_accuracy',
    label: 'balanced accuracy',
    formula: 'balanced_accuracy/mean-recall',
    range: RATE,
    of: unweighted(recallOf),
    missing: withoutRows,
  },
  {
    id: 'mcc',
    label: 'Matthews correlation',
    formula: 'mcc/gorodkin',
    range: [-1, 1],
    of: matthews,
    missing: ({ labelled }) =>
      `all ${labelled.filter((rows) => rows > 0).length < 2 ? 'labels' : 'predictions'} are of one class`,
  },
  {
    id: 'precision_macro',
    label: 'macro precision',
    formula: 'precision_macro/unweighted',
    range: RATE,
    of: unweighted(precisionOf),
    missing: neverPredicted,
  },
  {
    id: 'recall_macro',
    label: 'macro recall',
    formula: 'recall_macro/unweighted',
    range: RATE,
    of: unweighted(recallOf),
    missing: withoutRows,
  },
  {
    id: 'f1_macro',
    label: 'macro F1',
    formula: 'f1_macro/unweighted',
    range: RATE,
    of: unweighted(f1Of),
    missing: ({ predicted, labelled }, classes) =>
      `${firstWithout(
        predicted.map((rows, k) => rows + labelled[k]!),
        classes,
      )} has no rows and was never predicted`,
  },
  {
    id: 'precision_weighted',
    label: 'weighted precision',
    formula: 'precision_weighted/by-support',
    range: RATE,
    of: bySupport(precisionOf),
    // A class without rows has no weight, whether it was predicted or not.
    missing: ({ predicted, labelled, ...rest }, classes) =>
      neverPredicted(
        { ...rest, labelled, predicted: predicted.map((rows, k) => (labelled[k] === 0 ? 1 : rows)) },
        classes,
      ),
  },
  {
    id: 'f1_weighted',
    label: 'weighted F1',
    formula: 'f1_weighted/by-support',
    range: RATE,
    of: bySupport(f1Of),
    missing: () => 'no rows',
  },
];
