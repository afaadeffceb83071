import { aucStatistic, type AucStatistic } from '../statistics/index.js';
import { mixed } from './min-hash.js';

/** Rows of a split, each column as codes of its values. */
export interface CodedRows {
  /** Of each column the code of each row's value, from 0. */
  codes: readonly Int32Array[];
  /** How many codes each column has. */
  sizes: readonly number[];
  /** From 0 to `folds` - 1, for each row. */
  fold: Uint8Array;
  folds: number;
}

/**
 * Folds in which each group is spread evenly: rows of a group, in the order of the hash of their position, take turns. `group[i]` below 0
 * is a row of none. Deterministic, and not the order of the file, which may be that of the groups.
 */
export function foldsOf(group: Int32Array, folds: number): Uint8Array {
  const order = Array.from(group.keys()).sort((a, b) => mixed(a) - mixed(b) || a - b);
  const next = new Map<number, number>();
  const fold = new Uint8Array(group.length);
  for (const row of order) {
    const turn = next.get(group[row]!) ?? 0;
    fold[row] = turn % folds;
    next.set(group[row]!, turn + 1);
  }
  return fold;
}

/**
 * How well each column alone, and last all of them together, tell members of a group from others: the AUC of categorical naive Bayes
 * with Laplace's one row for each code, learned on all folds but one and tried on that one, averaged over folds. The standard error is that of
 * the mean, each fold's DeLong's. Null where a fold lacks members or others.
 */
export function naiveBayesAuc(rows: CodedRows, member: Uint8Array): (AucStatistic | null)[] {
  const { codes, folds, fold } = rows;
  const parts: AucStatistic[][] = Array.from({ length: codes.length + 1 }, () => []);
  for (let held = 0; held < folds; held++) {
    const tried = Array.from(fold.keys()).filter((row) => fold[row] === held);
    const labels = Uint8Array.from(tried, (row) => member[row]!);
    // The shares of the groups are the same for every row: they rank nothing.
    const together = new Float64Array(tried.length);
    codes.forEach((column, j) => {
      const ratios = logRatios(rows, j, member, held);
      const scores = Float64Array.from(tried, (row) => ratios[column[row]!]!);
      scores.forEach((score, i) => (together[i]! += score));
      push(parts[j]!, aucStatistic(scores, labels));
    });
    push(parts[codes.length]!, aucStatistic(together, labels));
  }
  return parts.map((each) => (each.length === folds ? averaged(each) : null));
}

function push(parts: AucStatistic[], part: AucStatistic | null): void {
  if (part !== null) parts.push(part);
}

/** Of each code the logarithm of how much more frequent it is among members, without the rows of a fold. */
function logRatios(
  { codes, sizes, fold }: CodedRows,
  j: number,
  member: Uint8Array,
  held: number,
): Float64Array {
  const [column, size] = [codes[j]!, sizes[j]!];
  const counts = [new Float64Array(size).fill(1), new Float64Array(size).fill(1)] as const;
  const totals = [size, size];
  for (let row = 0; row < column.length; row++) {
    if (fold[row] === held) continue;
    const side = member[row] === 1 ? 1 : 0;
    counts[side][column[row]!]!++;
    totals[side]!++;
  }
  return counts[1].map(
    (count, code) => Math.log(count / totals[1]!) - Math.log(counts[0][code]! / totals[0]!),
  );
}

function averaged(parts: readonly AucStatistic[]): AucStatistic {
  const sum = (of: (part: AucStatistic) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    auc: sum(({ auc }) => auc) / parts.length,
    se: parts.some(({ se }) => se === null) ? null : Math.sqrt(sum(({ se }) => se! * se!)) / parts.length,
    positives: sum(({ positives }) => positives),
    negatives: sum(({ negatives }) => negatives),
  };
}
