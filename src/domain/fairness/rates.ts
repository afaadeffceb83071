/** Counts of a group: label positive and predicted positive, and so on. */
export interface BinaryCounts {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

export type RateName =
  | 'selectionRate'
  | 'tpr'
  | 'fpr'
  | 'fnr'
  | 'tnr'
  | 'ppv'
  | 'fdr'
  | 'for'
  | 'npv'
  | 'accuracy';

interface RateDefinition {
  /** Its name in JSON. */
  key: string;
  label: string;
  /** What its denominator counts, as a sentence says it. */
  among: string;
  successes(counts: BinaryCounts): number;
  trials(counts: BinaryCounts): number;
}

const all = ({ tp, fp, fn, tn }: BinaryCounts) => tp + fp + fn + tn;
const positives = ({ tp, fn }: BinaryCounts) => tp + fn;
const negatives = ({ fp, tn }: BinaryCounts) => fp + tn;
const selected = ({ tp, fp }: BinaryCounts) => tp + fp;
const rejected = ({ fn, tn }: BinaryCounts) => fn + tn;

/** Every rate as successes of trials; each lies in [0, 1] and is undefined without trials. */
export const RATES: Readonly<Record<RateName, RateDefinition>> = {
  selectionRate: {
    key: 'selection_rate',
    label: 'selection rate',
    among: 'rows',
    successes: selected,
    trials: all,
  },
  tpr: {
    key: 'tpr',
    label: 'true positive rate',
    among: 'positives',
    successes: (c) => c.tp,
    trials: positives,
  },
  fpr: {
    key: 'fpr',
    label: 'false positive rate',
    among: 'negatives',
    successes: (c) => c.fp,
    trials: negatives,
  },
  fnr: {
    key: 'fnr',
    label: 'false negative rate',
    among: 'positives',
    successes: (c) => c.fn,
    trials: positives,
  },
  tnr: {
    key: 'tnr',
    label: 'true negative rate',
    among: 'negatives',
    successes: (c) => c.tn,
    trials: negatives,
  },
  ppv: {
    key: 'ppv',
    label: 'precision',
    among: 'predicted positives',
    successes: (c) => c.tp,
    trials: selected,
  },
  fdr: {
    key: 'fdr',
    label: 'false discovery rate',
    among: 'predicted positives',
    successes: (c) => c.fp,
    trials: selected,
  },
  for: {
    key: 'for',
    label: 'false omission rate',
    among: 'predicted negatives',
    successes: (c) => c.fn,
    trials: rejected,
  },
  npv: {
    key: 'npv',
    label: 'negative predictive value',
    among: 'predicted negatives',
    successes: (c) => c.tn,
    trials: rejected,
  },
  accuracy: { key: 'accuracy', label: 'accuracy', among: 'rows', successes: (c) => c.tp + c.tn, trials: all },
};

export const RATE_NAMES = Object.keys(RATES) as RateName[];

/** x successes of n trials of a rate; n = 0 where it is undefined. */
export function rateCounts(counts: BinaryCounts, rate: RateName): { x: number; n: number } {
  const { successes, trials } = RATES[rate];
  return { x: successes(counts), n: trials(counts) };
}
