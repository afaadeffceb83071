import { FEWEST_CLUSTERS, tooFewClusters, type ClusteredProportion } from './clusters.js';
import { ratioOf } from './exact-sum.js';
import type { NotDefined } from './not-defined.js';

/** Rows by outcome: of a confusion matrix tp, fp, fn, tn. */
export type OutcomeCounts = readonly [number, number, number, number];

/** Which outcomes a rate counts: 1 where it does, 0 where not. */
export type OutcomeWeights = OutcomeCounts;

/**
 * What clusters of rows say about every rate of four outcomes: sums over clusters, so that clusters themselves need not be kept. Whole
 * numbers; exact below 2^53. JSON-serialisable.
 */
export interface ClusterMoments {
  /** Rows of each outcome. */
  counts: number[];
  /** Sums of the products of two outcomes' counts in a cluster: (0,0), (0,1), (0,2), (0,3), (1,1), ..., (3,3). */
  products: number[];
  /** Clusters by which outcomes they have: at the sum of 2^i over outcomes i with rows. 16 numbers. */
  patterns: number[];
}

export function emptyMoments(): ClusterMoments {
  return {
    counts: [0, 0, 0, 0],
    products: Array.from({ length: 10 }, () => 0),
    patterns: Array.from({ length: 16 }, () => 0),
  };
}

/** Adds a whole cluster: its rows by outcome. One without rows is none. */
export function addCluster({ counts, products, patterns }: ClusterMoments, rows: ArrayLike<number>): void {
  let [pattern, product] = [0, 0];
  for (let i = 0; i < 4; i++) {
    const count = rows[i]!;
    counts[i]! += count;
    if (count > 0) pattern |= 1 << i;
    for (let j = i; j < 4; j++) products[product++]! += count * rows[j]!;
  }
  if (pattern > 0) patterns[pattern]! += 1;
}

/** Clusters with rows. */
export function clustersOf({ patterns }: ClusterMoments): number {
  return patterns.reduce((sum, count) => sum + count, 0);
}

/** As how many rows they count if each cluster were one: n^2 over the sum of its squared sizes. 0 without rows. */
export function wholeClusters({ counts, products }: ClusterMoments): number {
  const rows = weighted(counts, ALL);
  return rows === 0n ? 0 : Number(rows) / ratioOf(form(products, ALL, ALL), rows);
}

const ALL: OutcomeWeights = [1, 1, 1, 1];

/**
 * A rate as the independent trials that say as much, as `clusteredProportion` of each cluster's trials and successes. Undefined below 20
 * clusters with trials. Korn and Graubard 1998; Rao and Scott 1992.
 */
export function clusteredRate(
  moments: ClusterMoments,
  successes: OutcomeWeights,
  trials: OutcomeWeights,
): ClusteredProportion | NotDefined {
  const clusters = moments.patterns.reduce(
    (sum, count, pattern) =>
      trials.some((weight, i) => weight > 0 && pattern & (1 << i)) ? sum + count : sum,
    0,
  );
  if (clusters < FEWEST_CLUSTERS) return tooFewClusters(clusters);
  const [x, n] = [weighted(moments.counts, successes), weighted(moments.counts, trials)];
  const [xx, xn, nn] = [
    form(moments.products, successes, successes),
    form(moments.products, successes, trials),
    form(moments.products, trials, trials),
  ];
  // Over N^2: the squares of what each cluster has beyond its share. Whole numbers, as rounding would cancel.
  const squares = n * n * xx - 2n * x * n * xn + x * x * nn;
  const G = BigInt(clusters);
  const most = ratioOf(nn, n);
  const deff = x === 0n || x === n ? most : Math.max(1, ratioOf(G * squares, (G - 1n) * n * x * (n - x)));
  return {
    defined: true,
    x: Number(x) / deff,
    n: Number(n) / deff,
    deff,
    clusters,
    whole: Number(n) / most,
    df: clusters - 1,
  };
}

function weighted(counts: readonly number[], weights: OutcomeWeights): bigint {
  return counts.reduce((sum, count, i) => sum + BigInt(count) * BigInt(weights[i]!), 0n);
}

/** The sum over clusters of the product of two weighted counts. */
function form(products: readonly number[], left: OutcomeWeights, right: OutcomeWeights): bigint {
  let sum = 0n;
  let product = 0;
  for (let i = 0; i < 4; i++)
    for (let j = i; j < 4; j++) {
      const weight = left[i]! * right[j]! + (i === j ? 0 : left[j]! * right[i]!);
      sum += BigInt(products[product++]!) * BigInt(weight);
    }
  return sum;
}
