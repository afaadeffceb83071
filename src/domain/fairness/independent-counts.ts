import type { ClusterEvidence } from '../metrics/evidence.js';
import {
  clusteredRate,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
  type ClusteredProportion,
  type ClusterMoments,
  type NotDefined,
} from '../statistics/index.js';
import { RATES, type BinaryCounts, type RateName } from './rates.js';

/** How the rows of a group lie in clusters; or why nobody knows. */
export type GroupClusters = { moments: ClusterMoments; shared: boolean } | { missing: string };

/** Successes and trials of a rate that say as much as so many independent ones; or why there are none such. */
export type IndependentCounts =
  | { x: number; n: number }
  // As many trials if each cluster were one.
  | { x: number; n: number; df: number; whole: number }
  | { missing: string };

/** Groups with what is known of their clusters, where the evidence has any; `values` are those of `attributes`, in alphabetical order. */
export function clustersOfGroup(
  clusters: ClusterEvidence | undefined,
  attributes: readonly string[],
  values: Record<string, string>,
): { clusters?: GroupClusters } {
  if (!clusters) return {};
  const names = [...attributes].sort();
  const set = clusters.groups.find((one) => JSON.stringify(one.attributes) === JSON.stringify(names));
  if (!set)
    return {
      clusters: { missing: `groups by ${names.join(' and ')} were not counted by ${clusters.column}` },
    };
  const group = set.groups.find((one) => one.values.every((value, i) => value === values[names[i]!]));
  if (!group) return { clusters: { missing: `no rows, so no clusters of ${clusters.column}` } };
  return { clusters: { moments: group.moments, shared: set.shared } };
}

/**
 * The counts of a rate over the design effect of its clusters. Where clusters have rows of several groups, rates of two groups may hang
 * together either way: Var(a - b) <= 2 (Var a + Var b) holds whatever they do, so the counts are halved.
 */
export function independentCounts(
  group: BinaryCounts & { clusters?: GroupClusters },
  rate: RateName,
): IndependentCounts {
  const { successes, trials } = RATES[rate];
  const { clusters } = group;
  if (!clusters) return { x: successes(group), n: trials(group) };
  if ('missing' in clusters) return clusters;
  const stat = clusteredRateOf(clusters.moments, rate);
  if (!stat.defined) return { missing: `${RATES[rate].among} lie in ${stat.reason}` };
  const share = clusters.shared ? 2 : 1;
  if (Math.min(stat.n, stat.whole) < share)
    return { missing: `${RATES[rate].among} say less than one independent row` };
  return { x: stat.x / share, n: stat.n / share, df: stat.df, whole: stat.whole / share };
}

export function clusteredRateOf(moments: ClusterMoments, rate: RateName): ClusteredProportion | NotDefined {
  const { successes, trials } = RATES[rate];
  return clusteredRate(moments, weightsOf(successes), weightsOf(trials));
}

function weightsOf(count: (counts: BinaryCounts) => number): [number, number, number, number] {
  const none = { tp: 0, fp: 0, fn: 0, tn: 0 };
  return [
    count({ ...none, tp: 1 }),
    count({ ...none, fp: 1 }),
    count({ ...none, fn: 1 }),
    count({ ...none, tn: 1 }),
  ];
}

/** The level at which a normal score has the quantile that Student's t has at `alpha`. Of independent rows: alpha. */
export function normalLevel(alpha: number, df: number | undefined): number {
  return df === undefined ? alpha : normalCdf(studentQuantile(alpha, df));
}

/** The p-value by Student's t of what is `p` by the normal distribution: the inverse of `normalLevel`. */
export function studentP(p: number, df: number | undefined): number {
  if (df === undefined || p <= 0 || p >= 1) return p;
  return studentCdf(normalQuantile(p), df);
}
