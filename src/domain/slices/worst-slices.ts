import { fisherExactGreater, holm } from '../statistics/index.js';
import { printSlice } from './print-slice.js';
import { countSlices, type SliceCounts, type SliceCut, type SliceFactor } from './slice-counts.js';
import type { SliceExpression } from './slice-expression.js';

/** A slice that was tried, against the rest of the rows. */
export interface TriedSlice {
  where: string;
  n: number;
  errors: number;
  /** Rows and errors outside of it. */
  rest: { n: number; errors: number };
  /** One-sided: small where it errs more than the rest. */
  p: number;
  /** Holm's, over all that were tried. */
  adjustedP: number;
}

export interface SliceSearch {
  /** How `p` is computed and adjusted. */
  formulaId: string;
  minimumRows: number;
  /** How many slices were tried: the price of each one's p. */
  tried: number;
  /** The first in the order of p; of equals the larger gap first. */
  slices: TriedSlice[];
  /** Columns of which no slices were made. */
  leftOut: { column: string; reason: string }[];
}

export const SEARCH_FORMULA = 'error-rate-above-rest/fisher-exact-one-sided/holm';
/** Slices that are kept of those tried. */
export const KEPT_SLICES = 20;

/**
 * The slices of one level of one column, or of two levels of two, on which errors are more frequent than on the rest. Tried is what
 * has `minimumRows` rows inside and outside; pairs that are no other set of rows than one of their parts are not tried again. Which
 * are tried does not depend on the errors, so Holm over Fisher's exact p keeps the chance of any adjusted p at or below alpha, where
 * no slice errs more, at most alpha.
 */
export function worstSlices(
  factors: readonly SliceFactor[],
  wrong: Uint8Array,
  minimumRows: number,
): Pick<SliceSearch, 'tried' | 'slices'> {
  return worstOfCounts(factors, countSlices(factors, wrong), minimumRows);
}

/** `worstSlices` of rows that were counted, in one go or in shards. */
export function worstOfCounts(
  cuts: readonly SliceCut[],
  counts: SliceCounts,
  minimumRows: number,
): Pick<SliceSearch, 'tried' | 'slices'> {
  const all = { n: counts.n, errors: counts.errors };
  const found = [...singles(cuts, counts), ...pairs(cuts, counts)].filter(
    ({ n }) => n >= minimumRows && all.n - n >= minimumRows,
  );
  const tried = found.map(({ parts, n, errors }) => {
    const rest = { n: all.n - n, errors: all.errors - errors };
    return { parts, n, errors, rest, p: fisherExactGreater(errors, n, rest.errors, rest.n) };
  });
  const adjusted = holm(tried.map(({ p }) => p));
  const gap = ({ n, errors, rest }: Omit<TriedSlice, 'where' | 'p' | 'adjustedP'>) =>
    errors / n - rest.errors / rest.n;
  const slices = tried
    .map((slice, i) => ({ ...slice, adjustedP: adjusted[i]! }))
    .sort((a, b) => a.p - b.p || gap(b) - gap(a))
    .slice(0, KEPT_SLICES)
    .map(({ parts, ...slice }) => ({ where: printSlice(both(parts)), ...slice }));
  return { tried: tried.length, slices };
}

interface Counted {
  parts: SliceExpression[];
  n: number;
  errors: number;
}

function singles(cuts: readonly SliceCut[], { singles: counted }: SliceCounts): Counted[] {
  return cuts.flatMap(({ levels }, column) => {
    const counts = counted[column]!;
    return levels.map((level, i) => ({ parts: [level], n: rowsIn(counts, i), errors: counts[i * 2 + 1]! }));
  });
}

function pairs(cuts: readonly SliceCut[], { pairs: counted }: SliceCounts): Counted[] {
  let pair = 0;
  return cuts.flatMap((one, i) =>
    cuts.slice(i + 1).flatMap((other) => pairsOf(one, other, counted[pair++]!)),
  );
}

function pairsOf(one: SliceCut, other: SliceCut, counts: readonly number[]): Counted[] {
  const down = other.levels.length;
  const total = (cells: number[]) => cells.reduce((sum, cell) => sum + rowsIn(counts, cell), 0);
  const rowsOfOne = one.levels.map((_, a) => total(other.levels.map((__, b) => a * down + b)));
  const rowsOfOther = other.levels.map((_, b) => total(one.levels.map((__, a) => a * down + b)));
  return one.levels.flatMap((first, a) =>
    other.levels.flatMap((second, b): Counted[] => {
      const n = rowsIn(counts, a * down + b);
      if (n === rowsOfOne[a] || n === rowsOfOther[b]) return [];
      return [{ parts: [first, second], n, errors: counts[(a * down + b) * 2 + 1]! }];
    }),
  );
}

/** Counts are right, then wrong, cell by cell. */
function rowsIn(counts: readonly number[], cell: number): number {
  return counts[cell * 2]! + counts[cell * 2 + 1]!;
}

function both(parts: readonly SliceExpression[]): SliceExpression {
  if (parts.length === 1) return parts[0]!;
  return { kind: 'and', parts: parts.flatMap((part) => (part.kind === 'and' ? part.parts : [part])) };
}
