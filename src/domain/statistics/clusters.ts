import { betaQuantile } from './beta.js';
import { tailOf, type Interval } from './interval.js';
import { normalQuantile } from './normal.js';
import { notDefined, type NotDefined } from './not-defined.js';
import { levelOf } from './score-margin.js';
import { studentQuantile } from './student.js';
import { unseenClustersMargin } from './unseen-clusters.js';

/** Below this many clusters the robust variance is too uncertain to decide on. STATISTICS, section 3. */
export const FEWEST_CLUSTERS = 20;

/** The rows of one cluster (an entity, a task): how many, and the sum of their values; for a rate its trials and successes. */
export interface ClusterSums {
  n: number;
  sum: number;
}

/** CR0: plain; CR1: times G/(G - 1) for G clusters. Their numbers do not compare. */
export type ClusterCorrection = 'CR0' | 'CR1';

/** A mean over rows whose errors hang together within clusters. */
export interface ClusteredMean {
  mean: number;
  se: number;
  n: number;
  clusters: number;
  /** Clusters - 1. */
  df: number;
  formulaId: `clustered-mean/${ClusterCorrection}`;
}

/**
 * The mean of all rows with its cluster-robust standard error, from each cluster's sums; clusters without rows do not count. Null below
 * two clusters. Liang and Zeger 1986 (CR0); CR1 as Stata and statsmodels have it.
 */
export function clusteredMean(
  sums: readonly ClusterSums[],
  correction: ClusterCorrection = 'CR1',
): ClusteredMean | null {
  const clusters = sums.filter(({ n }) => n > 0);
  const G = clusters.length;
  if (G < 2) return null;
  const n = clusters.reduce((total, cluster) => total + cluster.n, 0);
  const mean = clusters.reduce((total, cluster) => total + cluster.sum, 0) / n;
  const squares = clusters.reduce((total, cluster) => total + (cluster.sum - cluster.n * mean) ** 2, 0);
  const factor = correction === 'CR1' ? G / (G - 1) : 1;
  return {
    mean,
    se: Math.sqrt(factor * squares) / n,
    n,
    clusters: G,
    df: G - 1,
    formulaId: `clustered-mean/${correction}`,
  };
}

/** Why nothing is decided on so few clusters. */
export function tooFewClusters(clusters: number): NotDefined {
  return notDefined(`${clusters} clusters; clustered errors need ${FEWEST_CLUSTERS}`);
}

/** A proportion whose trials hang together within clusters, as the independent trials that say as much. */
export interface ClusteredProportion {
  defined: true;
  /** Successes and trials over the design effect: real numbers. */
  x: number;
  n: number;
  /** How often more rows than independent ones it takes, at least 1. */
  deff: number;
  clusters: number;
  /** Trials if each cluster were one: (sum n)^2 / sum n^2, the clusters where they are equally large. */
  whole: number;
  /** Of Student's t, clusters - 1. */
  df: number;
}

/**
 * Effective counts of a clustered proportion: x/deff and n/deff with deff = max(1, V_cluster/V_binomial), V_cluster by CR1. Where every
 * trial has the same outcome no variance shows, and clusters count as if all their rows were one: deff = sum n^2 / sum n. Undefined
 * below 20 clusters with trials. STATISTICS, section 3.
 */
export function clusteredProportion(sums: readonly ClusterSums[]): ClusteredProportion | NotDefined {
  const robust = clusteredMean(sums);
  const clusters = robust?.clusters ?? sums.filter(({ n }) => n > 0).length;
  if (!robust || clusters < FEWEST_CLUSTERS) {
    return tooFewClusters(clusters);
  }
  const { mean, n } = robust;
  const variance = (mean * (1 - mean)) / n;
  const most = sums.reduce((total, cluster) => total + cluster.n ** 2, 0) / n;
  const deff = variance > 0 ? Math.max(1, robust.se ** 2 / variance) : most;
  return { defined: true, x: (mean * n) / deff, n: n / deff, deff, clusters, whole: n / most, df: robust.df };
}

/** Clopper-Pearson's lower bound on trials with the uncertainty of the design effect in them: times (z/t)^2, so that it has t's width. */
function kornGraubard(x: number, n: number, df: number, alpha: number): number {
  if (x <= 0) return 0;
  const scale = alpha < 0.5 ? (normalQuantile(alpha) / studentQuantile(alpha, df)) ** 2 : 1;
  return betaQuantile(alpha, x * scale, (n - x) * scale + 1);
}

/** The published two-sided interval, for display: Clopper-Pearson on the effective counts. Korn and Graubard 1998. */
export function clusteredInterval({ x, n, df }: ClusteredProportion, confidence: number): Interval {
  const alpha = tailOf(confidence);
  return { low: kornGraubard(x, n, df, alpha), high: 1 - kornGraubard(n - x, n, df, alpha) };
}

/**
 * The one-sided lower 1 - alpha bound that decides, alpha at most .5: Korn and Graubard's, and no higher than clusters without a success
 * that may not be among those seen leave open (`unseenClustersMargin`). No variance of rows in clusters exceeds that of clusters which are
 * one trial each, so it need not lie below the bound of so many; nor may it lie above theirs without a failure, so that one failure more
 * never helps.
 */
export function clusteredLower({ x, n, df, whole }: ClusteredProportion, alpha: number): number {
  const own = kornGraubard(x, n, df, alpha);
  if (x <= 0 || x >= n || n <= whole) return own;
  const p = x / n;
  const unseen = p - unseenClustersMargin({ variance: (p * (1 - p)) / n, rise: p / whole, df }, alpha);
  const asOne = kornGraubard(p * whole, whole, df, alpha);
  return Math.min(own, Math.max(unseen, asOne), kornGraubard(whole, whole, df, alpha));
}

/** The one-sided upper 1 - alpha bound that decides, alpha at most .5. */
export function clusteredUpper(stat: ClusteredProportion, alpha: number): number {
  return 1 - clusteredLower({ ...stat, x: stat.n - stat.x }, alpha);
}

/** The p-value against "the proportion is at most p0" that agrees with `clusteredLower`, within [1e-12, .5]. */
export function clusteredTestGreater(stat: ClusteredProportion, p0: number): number {
  const observed = stat.x / stat.n;
  return levelOf((alpha) => observed - clusteredLower(stat, alpha), observed - p0);
}

/** The p-value against "the proportion is at least p0" that agrees with `clusteredUpper`. */
export function clusteredTestLess(stat: ClusteredProportion, p0: number): number {
  return clusteredTestGreater({ ...stat, x: stat.n - stat.x }, 1 - p0);
}
