import { labelNoiseBound, noisyLabels, type NoiseBound } from '../../domain/generalisation/index.js';
import { fairnessOf, groupsOf, type FairnessReport, type GroupReport } from '../../domain/fairness/index.js';
import {
  metricRegistry,
  metricsOf,
  sliceMetrics,
  type Metric,
  type SplitEvidence,
} from '../../domain/metrics/index.js';
import type { SliceSearch } from '../../domain/slices/index.js';
import type { Protocol } from './protocol.js';

/** A declared slice: the rows of which `where` is true. */
export interface SliceReport {
  name: string;
  where: string;
  n: number;
  metrics: Record<string, Metric>;
}

/** Every number of a split, as the API answers it to those who may see it. */
export interface SplitReport {
  n: number;
  metrics: Record<string, Metric>;
  groups: GroupReport[];
  fairness: FairnessReport;
  /** In the order of their names; absent from reports that are older than slices. */
  slices?: SliceReport[];
  /** Null where nobody asked, absent from reports that are older. */
  search?: SearchReport | null;
  /** In the order of their shares; absent from reports that are older. */
  labelNoise?: NoiseReport[];
}

/** What each metric could be if so many labels were wrong, whichever. */
export interface NoiseReport {
  share: number;
  labels: number;
  metrics: Record<string, NoiseBound>;
}

/** A slice that was tried: errors over rows inside of it and outside. */
export interface FoundSlice {
  where: string;
  n: number;
  rate: number;
  rest: { n: number; rate: number };
  p: number;
  adjustedP: number;
}

export type SearchReport =
  | (Omit<SliceSearch, 'slices'> & { defined: true; slices: FoundSlice[] })
  | { defined: false; reason: string };

/** The numbers of some evidence that the protocol shows. */
export function reportOf(
  evidence: SplitEvidence,
  { metrics = metricRegistry.version, intersections, labelNoise = [], threshold }: Partial<Protocol> = {},
): SplitReport {
  const names = new Set(metrics.split(',').map((entry) => entry.split('@')[0]!));
  const shown = (all: Record<string, Metric>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  const { groups, fairness } = withoutCrossed(evidence, { intersections, threshold });
  return {
    n: evidence.n,
    metrics: shown(metricsOf(evidence)),
    groups,
    fairness,
    slices: (evidence.slices ?? []).map((slice) => ({
      name: slice.name,
      where: slice.where,
      n: slice.evidence.n,
      metrics: shown(sliceMetrics(slice.evidence)),
    })),
    labelNoise: labelNoise.map((share) => ({
      share,
      labels: noisyLabels(evidence.n, share),
      metrics: Object.fromEntries([...names].map((name) => [name, labelNoiseBound(evidence, name, share)])),
    })),
    search: evidence.search ? searchReport(evidence.search) : null,
  };
}

function searchReport({ slices, ...search }: SliceSearch): SearchReport {
  return {
    defined: true,
    ...search,
    slices: slices.map(({ where, n, errors, rest, p, adjustedP }) => ({
      where,
      n,
      rate: errors / n,
      rest: { n: rest.n, rate: rest.errors / rest.n },
      p,
      adjustedP,
    })),
  };
}

function withoutCrossed(
  evidence: SplitEvidence,
  { intersections, threshold }: Partial<Pick<Protocol, 'intersections' | 'threshold'>>,
): Pick<SplitReport, 'groups' | 'fairness'> {
  const by = threshold === 'median' ? 'scoring-rate' : 'selection-rate';
  const [groups, fairness] = [groupsOf(evidence, by), fairnessOf(evidence)];
  if (intersections !== false) return { groups, fairness };
  const crossed = Object.keys(evidence.groups[0]?.attributes ?? {}).sort();
  if (crossed.length < 2) return { groups, fairness };
  return {
    groups: groups.filter(({ attributes }) => Object.keys(attributes).length < crossed.length),
    fairness: Object.fromEntries(
      Object.entries(fairness).map(([metric, bySet]) => [
        metric,
        Object.fromEntries(Object.entries(bySet).filter(([set]) => set !== crossed.join(','))),
      ]),
    ),
  };
}
