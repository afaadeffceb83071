import { betaQuantile } from './beta.js';
import { tailOf, type Interval } from './interval.js';
import { normalQuantile } from './normal.js';
import { notDefined, type NotDefined } from './not-defined.js';
import { levelOf } from './score-margin.js';
import { studentQuantile } from './student.js';

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
  const deff =
    variance > 0
      ? Math.max(1, robust.se ** 2 / variance)
      : sums.reduce((total, cluster) => total + cluster.n ** 2, 0) / n;
  return { defined: true, x: (mean * n) / deff, n: n / deff, deff, clusters, df: robust.df };
}

/** Trials with the uncertainty of the design effect in them: times (z/t)^2, so that Clopper-Pearson has t's width. */
function adjusted({ x, n, df }: ClusteredProportion, alpha: number): { x: number; n: number } {
  const scale = alpha < 0.5 ? (normalQuantile(alpha) / studentQuantile(alpha, df)) ** 2 : 1;
  return { x: x * scale, n: n * scale };
}

/** One-sided lower 1 - alpha bound, alpha at most .5: Clopper-Pearson on the effective counts. Korn and Graubard 1998. */
export function clusteredLower(stat: ClusteredProportion, alpha: number): number {
  const { x, n } = adjusted(stat, alpha);
  return x <= 0 ? 0 : betaQuantile(alpha, x, n - x + 1);
}

/** One-sided upper 1 - alpha bound, alpha at most .5. */
export function clusteredUpper(stat: ClusteredProportion, alpha: number): number {
  return 1 - clusteredLower({ ...stat, x: stat.n - stat.x }, alpha);
}

/** Two-sided interval of a clustered proportion. */
export function clusteredInterval(stat: ClusteredProportion, confidence: number): Interval {
  const alpha = tailOf(confidence);
  return { low: clusteredLower(stat, alpha), high: clusteredUpper(stat, alpha) };
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
