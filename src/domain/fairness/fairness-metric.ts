import type { RateName } from './rates.js';

/** `difference`: 0 is parity, 1 worst. `ratio` (lowest over highest): 1 is parity, 0 worst. */
export type FairnessForm = 'difference' | 'ratio';

export interface FairnessMetric {
  name: FairnessMetricName;
  label: string;
  form: FairnessForm;
  /** The worst of these counts. */
  rates: readonly RateName[];
}

const FAMILIES = [
  { name: 'demographic_parity', label: 'demographic parity', rates: ['selectionRate'] },
  { name: 'equal_opportunity', label: 'equal opportunity', rates: ['tpr'] },
  { name: 'equalized_odds', label: 'equalized odds', rates: ['tpr', 'fpr'] },
  { name: 'false_positive_rate', label: 'false positive rate', rates: ['fpr'] },
  { name: 'false_negative_rate', label: 'false negative rate', rates: ['fnr'] },
  { name: 'predictive_parity', label: 'predictive parity', rates: ['ppv'] },
  { name: 'false_discovery_rate', label: 'false discovery rate', rates: ['fdr'] },
  { name: 'false_omission_rate', label: 'false omission rate', rates: ['for'] },
  { name: 'negative_predictive_value', label: 'negative predictive value', rates: ['npv'] },
] as const satisfies readonly { name: string; label: string; rates: readonly RateName[] }[];

export type FairnessMetricName = `${(typeof FAMILIES)[number]['name']}_${FairnessForm}`;
/** Groups against all rows together, which they are a part of: shown, and not decided on. */
export type OverallMetricName = `${FairnessMetricName}_to_overall`;

/** Every fairness metric: a family in both forms. */
export const FAIRNESS_METRICS: readonly FairnessMetric[] = FAMILIES.flatMap(({ name, label, rates }) =>
  (['difference', 'ratio'] as const).map((form) => ({
    name: `${name}_${form}` as const,
    label: `${label} ${form}`,
    form,
    rates,
  })),
);

export const FAIRNESS_METRIC_NAMES = FAIRNESS_METRICS.map((metric) => metric.name);

/** Throws RangeError for a name that is not in the table. */
export function fairnessMetric(name: string): FairnessMetric {
  const metric = FAIRNESS_METRICS.find((candidate) => candidate.name === name);
  if (!metric) {
    throw new RangeError(
      `unknown fairness metric ${JSON.stringify(name)}, expected one of ${FAIRNESS_METRIC_NAMES.join(', ')}`,
    );
  }
  return metric;
}
