import { fairnessMetric, RATES, type FairnessMetricName } from '../../../src/domain/fairness/index.js';
import { Population, type RowKind } from './population.js';

/** A group of people: its share, and how often each label meets each prediction in it. */
export interface GroupShape {
  attributes: Record<string, string>;
  share: number;
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

/** Rows of several groups, without scores. */
export function populationOf(groups: readonly GroupShape[]): Population {
  return new Population(
    groups.flatMap(({ share, tp, fp, fn, tn }, cell): RowKind[] => {
      const kind = (weight: number, label: 0 | 1, prediction: 0 | 1): RowKind => ({
        weight: share * weight,
        label,
        prediction,
        score: prediction,
        cell,
      });
      return [kind(tp, 1, 1), kind(fp, 0, 1), kind(fn, 1, 0), kind(tn, 0, 0)];
    }),
    groups.map(({ attributes }) => ({ attributes })),
  );
}

/** A group in which `rate` of a fairness metric is `p`, and everything else as in every other group. */
export function groupAt(
  metric: FairnessMetricName,
  p: number,
  share: number,
  attributes: Record<string, string>,
): GroupShape {
  const [rate] = fairnessMetric(metric).rates;
  switch (rate) {
    case 'tpr':
      return { attributes, share, tp: p / 2, fn: (1 - p) / 2, fp: 0.1, tn: 0.4 };
    case 'fpr':
      return { attributes, share, tp: 0.4, fn: 0.1, fp: p / 2, tn: (1 - p) / 2 };
    case 'ppv':
      return { attributes, share, tp: p / 2, fp: (1 - p) / 2, fn: 0.1, tn: 0.4 };
    default:
      return { attributes, share, tp: p / 2, fp: p / 2, fn: (1 - p) / 2, tn: (1 - p) / 2 };
  }
}

/** The true value of a fairness metric: the worst over the given attribute sets, rates and pairs. */
export function truthOf(
  metric: FairnessMetricName,
  groups: readonly GroupShape[],
  sets: readonly (readonly string[])[],
): number {
  const { form, rates } = fairnessMetric(metric);
  const values = sets.flatMap((set) => {
    const merged = new Map<string, GroupShape>();
    for (const group of groups) {
      const key = set.map((name) => group.attributes[name]).join('\n');
      const into = merged.get(key) ?? { attributes: {}, share: 1, tp: 0, fp: 0, fn: 0, tn: 0 };
      for (const cell of ['tp', 'fp', 'fn', 'tn'] as const) into[cell] += group.share * group[cell];
      merged.set(key, into);
    }
    return rates.map((rate) => {
      const found = [...merged.values()].map(
        (group) => RATES[rate].successes(group) / RATES[rate].trials(group),
      );
      const [low, high] = [Math.min(...found), Math.max(...found)];
      return form === 'difference' ? high - low : low / high;
    });
  });
  return form === 'difference' ? Math.max(...values) : Math.min(...values);
}
