import type { SliceExpression } from './slice-expression.js';

/** A column cut into levels: every row is in one of them. */
export interface SliceCut {
  column: string;
  /** What holds the rows of each level. */
  levels: readonly SliceExpression[];
}

export interface SliceFactor extends SliceCut {
  /** The level of each row, shape (n). */
  levelOf: Int32Array;
}

/** How many rows are right and wrong in each level and each pair of levels: all that a search needs to know of the rows. */
export interface SliceCounts {
  n: number;
  errors: number;
  /** For each factor, right and wrong of each level: shape (levels * 2). */
  singles: number[][];
  /** For each two factors i < j, in that order, right and wrong of each two levels: shape (levels of i * levels of j * 2). */
  pairs: number[][];
}

/** Counts of some rows. `wrong`: 1 where the row is predicted wrong, shape (n). */
export function countSlices(factors: readonly SliceFactor[], wrong: Uint8Array): SliceCounts {
  let errors = 0;
  for (let row = 0; row < wrong.length; row++) errors += wrong[row]!;
  return {
    n: wrong.length,
    errors,
    singles: factors.map((factor) => countOne(factor, wrong)),
    pairs: factors.flatMap((one, i) => factors.slice(i + 1).map((other) => countTwo(one, other, wrong))),
  };
}

/** Counts of the rows of all shards: exact, in whatever order. Throws RangeError for counts of different cuts. */
export function sumSliceCounts([first, ...others]: readonly SliceCounts[]): SliceCounts {
  if (!first) throw new RangeError('expected the counts of at least one shard');
  return others.reduce(
    (sum, { n, errors, singles, pairs }) => ({
      n: sum.n + n,
      errors: sum.errors + errors,
      singles: addTables(sum.singles, singles),
      pairs: addTables(sum.pairs, pairs),
    }),
    first,
  );
}

function addTables(some: readonly number[][], others: readonly number[][]): number[][] {
  if (some.length !== others.length || some.some((table, i) => table.length !== others[i]!.length))
    throw new RangeError('counts of different cuts cannot be added');
  return some.map((table, i) => table.map((count, j) => count + others[i]![j]!));
}

function countOne({ levels, levelOf }: SliceFactor, wrong: Uint8Array): number[] {
  const counts = new Uint32Array(levels.length * 2);
  for (let row = 0; row < wrong.length; row++) counts[levelOf[row]! * 2 + wrong[row]!]! += 1;
  return [...counts];
}

function countTwo(one: SliceFactor, other: SliceFactor, wrong: Uint8Array): number[] {
  const down = other.levels.length;
  const [ofOne, ofOther] = [one.levelOf, other.levelOf];
  const counts = new Uint32Array(one.levels.length * down * 2);
  for (let row = 0; row < wrong.length; row++)
    counts[(ofOne[row]! * down + ofOther[row]!) * 2 + wrong[row]!]! += 1;
  return [...counts];
}
