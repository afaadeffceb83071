import type { SplitEvidence } from '../metrics/index.js';
import { clustersOf, type ClusterMoments } from '../statistics/index.js';

/**
 * Tells `check` whether what is said of clusters can be of the rows of this evidence: counted twice or not at all, they would narrow
 * every interval.
 */
export function checkClusters(
  { n, clusters, confusion, positive, losses, groups }: SplitEvidence,
  check: (holds: boolean, what: string) => void,
): void {
  if (clusters === undefined) return;
  const { column, count, outcomes } = clusters;
  check(typeof column === 'string' && column !== '', 'has clusters of no column');
  check(isCount(count) && count <= n, `has clusters that are not of ${n} rows`);
  const right = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  const [[tn, fp], [fn, tp]] = confusion as [[number, number], [number, number]];
  const counts = positive === null ? [right, n - right, 0, 0] : [tp, fp, fn, tn];
  check(
    areMoments(outcomes) && clustersOf(outcomes) === count && same(outcomes.counts, counts!),
    'has clusters that are not of its rows',
  );
  if (clusters.losses !== null)
    check(
      losses !== null && [clusters.losses.logLoss, clusters.losses.brier].every(isAmount),
      'has clustered losses that are none',
    );
  for (const set of clusters.groups) {
    const cells = groups.filter(({ attributes }) =>
      set.attributes.every((name) => Object.hasOwn(attributes, name)),
    );
    const total = [0, 1, 2, 3].map((i) =>
      set.groups.reduce((sum, { moments }) => sum + moments.counts[i]!, 0),
    );
    check(
      cells.length === groups.length &&
        typeof set.shared === 'boolean' &&
        set.groups.every(({ moments }) => areMoments(moments)) &&
        same(total, counts!) &&
        (set.shared || set.groups.reduce((sum, { moments }) => sum + clustersOf(moments), 0) === count),
      'has clusters of groups that are not of its rows',
    );
  }
}

/** Throws RangeError for evidence whose rows are clustered otherwise than its protocol says: without clusters, bounds are narrower. */
export function checkClusterColumn(
  name: string,
  { clusters }: Pick<SplitEvidence, 'clusters'>,
  { cluster }: { cluster?: string },
): void {
  if (clusters?.column !== cluster)
    throw new RangeError(`the evidence on ${name} is not clustered as its protocol says`);
}

/** The diagonal of the products, where a cluster of k rows has k^2. */
const SQUARES = [0, 4, 7, 9];

function areMoments({ counts, products, patterns }: ClusterMoments): boolean {
  return (
    [counts, products, patterns].every((list, i) => list.length === [4, 10, 16][i] && list.every(isAmount)) &&
    [...counts, ...patterns].every(isCount) &&
    counts.every((count, i) => products[SQUARES[i]!]! >= count && products[SQUARES[i]!]! <= count * count)
  );
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const same = (a: readonly unknown[], b: readonly unknown[]) => JSON.stringify(a) === JSON.stringify(b);
