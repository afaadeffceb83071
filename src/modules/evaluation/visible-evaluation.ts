import { type Release, released as releasedAt } from '../../domain/holdout/index.js';
import {
  metricRegistry,
  undefinedMetric,
  type Metric,
  type UndefinedMetric,
} from '../../domain/metrics/index.js';
import type { SplitReport } from './split-report.js';
import type { EvaluationSplitView, EvaluationView } from './evaluation.view.js';

/** Why a number of a sealed split is not shown. */
export const SEALED: UndefinedMetric = undefinedMetric('sealed');

/** What reports lack that are older than it. */
const NEWER: Pick<Required<SplitReport>, 'slices' | 'search' | 'labelNoise'> = {
  slices: [],
  search: null,
  labelNoise: [],
};

/** What a caller may know of a split. */
export interface VisibleSplit extends Required<SplitReport> {
  split: string;
  role: string;
  domain: string | null;
  sealed: boolean;
  root: string;
  look: number | null;
  budget: number | null;
  evidenceDigest: string;
}

/**
 * The splits of an evaluation as a caller may see them. Of a sealed split only auditors see numbers: others learn that it was
 * evaluated, on how many rows, by which look, and what the ladder releases of the primary metric. No group is named either, as a group's size tells about labels through its rates.
 */
export function visibleSplits(evaluation: EvaluationView, seesSealed: boolean): VisibleSplit[] {
  return evaluation.splits.map((split) => ({
    split: split.split,
    role: split.role,
    domain: split.domain,
    sealed: split.sealed,
    root: split.root,
    look: split.look,
    budget: split.budget,
    evidenceDigest: split.evidenceDigest,
    ...(split.sealed && !seesSealed ? hidden(split) : { ...NEWER, ...split.report }),
  }));
}

function hidden({ rows, released, report }: EvaluationSplitView): Required<SplitReport> {
  const shown = metricRegistry.ids.filter((id) => Object.hasOwn(report.metrics, id));
  const metrics: Record<string, Metric> = sealed(shown);
  if (released !== null) metrics[released.metric] = releasedMetric(released, rows);
  // Who is in a slice follows from columns that everybody may see.
  const slices = (report.slices ?? []).map((slice) => ({ ...slice, metrics: sealed(shown) }));
  const labelNoise = (report.labelNoise ?? []).map((noise) => ({ ...noise, metrics: sealed(shown) }));
  const search = report.search ? SEALED : null;
  return { n: rows, metrics, groups: [], fairness: {}, slices, search, labelNoise };
}

function sealed(ids: readonly string[]): Record<string, UndefinedMetric> {
  return Object.fromEntries(ids.map((id) => [id, SEALED]));
}

/** The best that any look at these rows has shown so far, in steps: no estimate of this model. */
function releasedMetric(release: Release, rows: number): Metric {
  const { metric, baseline, eta, step } = release;
  const formulaId = `${metric}/ladder/R0-${Number(baseline.toPrecision(3))}/eta-${eta}`;
  return { defined: true, value: releasedAt(release, step), ci: null, n: rows, formulaId };
}
