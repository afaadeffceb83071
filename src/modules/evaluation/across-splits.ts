import { domainTable, type DomainTable, type Robustness } from '../../domain/generalisation/index.js';
import { metricRegistry, undefinedMetric, type Metric } from '../../domain/metrics/index.js';
import type { EvaluationSplitView, EvaluationView } from './evaluation.view.js';
import { SEALED } from './visible-evaluation.js';

/** Metrics in the split that stands for the source, and in every split of role cross_domain. */
export interface DomainsReport {
  /** The split of role holdout, or else validation; null where neither was evaluated. */
  source: string | null;
  metrics: Record<string, DomainTable>;
}

export interface PairedReport {
  /** Split whose rows the stress splits are copies of. */
  clean: string;
  /** Rows of every one of them. */
  n: number;
  perturbations: { name: string; drop: Metric }[];
  mean: Metric;
  worst: Metric;
  worstName: string | null;
}

export interface RobustnessReport {
  paired: PairedReport[];
  /** Stress splits that are paired with none: no one other split of the evaluation has the keys of all their rows, or labels are numbers. */
  unpaired: string[];
}

/** What an evaluation says across its splits, as a caller may see it: with a sealed split go all numbers that it is a part of. */
export function acrossSplits(
  { splits }: Pick<EvaluationView, 'splits'>,
  seesSealed: boolean,
): { domains: DomainsReport | null; robustness: RobustnessReport } {
  const paired = splits.flatMap((split) =>
    (split.evidence.robustness ?? []).map((found) => robustnessReport(split, found, splits, seesSealed)),
  );
  const named = new Set(paired.flatMap(({ perturbations }) => perturbations.map(({ name }) => name)));
  return {
    domains: domainsReport(splits, seesSealed),
    robustness: {
      paired,
      unpaired: splits
        .filter(({ role, split }) => role === 'stress' && !named.has(split))
        .map(({ split }) => split),
    },
  };
}

function domainsReport(splits: readonly EvaluationSplitView[], seesSealed: boolean): DomainsReport | null {
  const outside = splits.filter(({ role }) => role === 'cross_domain');
  if (outside.length === 0) return null;
  const source = ['holdout', 'validation'].flatMap((role) =>
    splits.filter((split) => split.role === role),
  )[0];
  const of = (split: EvaluationSplitView, metric: string): Metric =>
    split.sealed && !seesSealed ? SEALED : (split.report.metrics[metric] ?? undefinedMetric('not evaluated'));
  const shown = metricRegistry.all.flatMap(({ id, direction }) =>
    // What is best near 0 has no worst domain.
    direction !== null && outside.some(({ report }) => Object.hasOwn(report.metrics, id))
      ? [{ id, direction }]
      : [],
  );
  const tables = shown.map(({ id, direction }): [string, DomainTable] => [
    id,
    domainTable(
      source ? of(source, id) : undefinedMetric('no split of role holdout or validation was evaluated'),
      outside.map((split) => ({
        split: split.split,
        domain: split.domain ?? split.split,
        metric: of(split, id),
      })),
      direction,
    ),
  ]);
  return { source: source?.split ?? null, metrics: Object.fromEntries(tables) };
}

function robustnessReport(
  clean: EvaluationSplitView,
  { n, perturbations, mean, worst, worstName }: Robustness & { n: number },
  splits: readonly EvaluationSplitView[],
  seesSealed: boolean,
): PairedReport {
  const parts = [clean, ...splits.filter(({ split }) => perturbations.some(({ name }) => name === split))];
  const hidden = !seesSealed && parts.some(({ sealed }) => sealed);
  if (!hidden) return { clean: clean.split, n, perturbations, mean, worst, worstName };
  return {
    clean: clean.split,
    n,
    perturbations: perturbations.map(({ name }) => ({ name, drop: SEALED })),
    mean: SEALED,
    worst: SEALED,
    worstName: null,
  };
}
