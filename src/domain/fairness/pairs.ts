import type { Group } from './groups.js';
import { independentCounts } from './independent-counts.js';
import { rateCounts, type RateName } from './rates.js';

/** One rate in two groups, the larger first; of clusters, as the independent trials that say as much. */
export interface RatePair {
  rate: RateName;
  higher: Group;
  lower: Group;
  x1: number;
  n1: number;
  x2: number;
  n2: number;
  /** Of Student's t, where rows are clustered. */
  df?: number;
  /** Trials if each cluster of a group were one, where rows are clustered. */
  whole1?: number;
  whole2?: number;
  /** Why clusters let nothing be said; the counts are then those of rows. */
  missing?: string;
}

/** A pair of counted rows as the independent trials that say as much, where rows are clustered. */
export function withIndependentCounts(pair: RatePair): RatePair {
  const [first, second] = [pair.higher, pair.lower].map((group) => independentCounts(group, pair.rate));
  if ('missing' in first!) return { ...pair, missing: first.missing };
  if ('missing' in second!) return { ...pair, missing: second.missing };
  const [a, b] = [first!, second!];
  if (!('df' in a && 'df' in b)) return pair;
  const df = Math.min(a.df, b.df);
  return { ...pair, x1: a.x, n1: a.n, x2: b.x, n2: b.n, df, whole1: a.whole, whole2: b.whole };
}

/** Of equal rates the one with more trials, so that the order of the groups does not matter. */
function isHigher(a: { x: number; n: number }, b: { x: number; n: number }): boolean {
  const [left, right] = [a.x * b.n, b.x * a.n];
  return left === right ? a.n >= b.n : left > right;
}

/** Every unordered pair of groups for every rate; groups without trials of a rate are left out of its pairs. */
export function ratePairs(groups: readonly Group[], rates: readonly RateName[]): RatePair[] {
  const pairs: RatePair[] = [];
  for (const rate of rates) {
    const counted = groups.map((group) => ({ group, ...rateCounts(group, rate) })).filter(({ n }) => n > 0);
    for (let i = 0; i < counted.length; i++) {
      for (let j = i + 1; j < counted.length; j++) {
        const [a, b] = [counted[i]!, counted[j]!];
        const [high, low] = isHigher(a, b) ? [a, b] : [b, a];
        pairs.push(
          withIndependentCounts({
            rate,
            higher: high.group,
            lower: low.group,
            x1: high.x,
            n1: high.n,
            x2: low.x,
            n2: low.n,
          }),
        );
      }
    }
  }
  return pairs;
}

/** The groups in which some of the rates have no trials. */
export function groupsWithout(
  groups: readonly Group[],
  rates: readonly RateName[],
): { group: Group; rate: RateName }[] {
  return rates.flatMap((rate) =>
    groups.filter((group) => rateCounts(group, rate).n === 0).map((group) => ({ group, rate })),
  );
}
