import { countedCategories } from './binned-sample.js';
import { categoricalBins } from './bins.js';
import type { ColumnProfile } from './column-profile.js';
import { emptyRegisters, mergeRegisters } from './distinct-sketch.js';
import { QuantileSketch, type QuantileSketchData } from './quantile-sketch.js';

/** Categories that a profile keeps by name. */
export const PROFILE_CATEGORIES = 1_000;

/** Count, mean and sum of squared distances from it. */
export interface Moments {
  n: number;
  mean: number;
  m2: number;
}

export interface NumericPart {
  /** Finite values. */
  sketch: QuantileSketchData;
  /** Null where they are beyond what a double holds: they are sums of squares. */
  moments: Moments | null;
  /** Of the finite values; null without any. */
  min: number | null;
  max: number | null;
  /** Rows with an infinite value or NaN: neither stands in the sketch. */
  notFinite: number;
}

export interface CategoricalPart {
  /** The most frequent values, the most frequent first, ties by code units. */
  counts: readonly (readonly [value: string, count: number])[];
  /** Rows with a value that is not among them. */
  others: number;
  /** Characters of a value: their smallest and largest number, and the sum over all rows with one. */
  lengths: { min: number; max: number; sum: number } | null;
}

/** One column of a sample, summarised; JSON-serialisable. Two summaries of disjoint samples merge into that of both. */
export interface StoredColumn {
  column: string;
  /** As the version's schema has it. */
  type: string;
  kind: 'numeric' | 'categorical';
  rows: number;
  missing: number;
  /** HyperLogLog registers of the values that are there, base64, and the hash they were made with: other hashes do not merge. */
  distinct: { registers: string; hash: string };
  numeric: NumericPart | null;
  categorical: CategoricalPart | null;
}

/** A sample by columns. */
export interface StoredProfile {
  version: 1;
  rows: number;
  columns: readonly StoredColumn[];
}

export const registersOf = ({ distinct }: StoredColumn): Uint8Array =>
  Uint8Array.from(Buffer.from(distinct.registers, 'base64'));

/** Throws RangeError where columns, types or hashes differ. */
export function mergeProfiles(a: StoredProfile, b: StoredProfile): StoredProfile {
  const names = ({ columns }: StoredProfile) => columns.map(({ column }) => column).join();
  if (names(a) !== names(b))
    throw new RangeError(`profiles of different columns do not merge: ${names(a)} and ${names(b)}`);
  return {
    version: 1,
    rows: a.rows + b.rows,
    columns: a.columns.map((column, i) => mergeColumns(column, b.columns[i]!)),
  };
}

function mergeColumns(a: StoredColumn, b: StoredColumn): StoredColumn {
  if (a.type !== b.type || a.distinct.hash !== b.distinct.hash)
    throw new RangeError(
      `column ${a.column} does not merge: ${a.type} by ${a.distinct.hash} and ${b.type} by ${b.distinct.hash}`,
    );
  const registers = mergeRegisters(registersOf(a), registersOf(b));
  return {
    ...a,
    rows: a.rows + b.rows,
    missing: a.missing + b.missing,
    distinct: { registers: Buffer.from(registers).toString('base64'), hash: a.distinct.hash },
    numeric: a.numeric && b.numeric && mergeNumeric(a.numeric, b.numeric),
    categorical: a.categorical && b.categorical && mergeCategorical(a.categorical, b.categorical),
  };
}

function mergeNumeric(a: NumericPart, b: NumericPart): NumericPart {
  const sketch = QuantileSketch.from(a.sketch);
  sketch.merge(QuantileSketch.from(b.sketch));
  return {
    sketch: sketch.toJSON(),
    moments: a.moments && b.moments && finiteMoments(mergeMoments(a.moments, b.moments)),
    min: extreme(Math.min, a.min, b.min),
    max: extreme(Math.max, a.max, b.max),
    notFinite: a.notFinite + b.notFinite,
  };
}

/** Null for moments that overflowed. */
export function finiteMoments(moments: Moments): Moments | null {
  return Number.isFinite(moments.mean) && Number.isFinite(moments.m2) ? moments : null;
}

/** Chan, Golub and LeVeque 1979. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const n = a.n + b.n;
  if (n === 0) return a;
  const distance = b.mean - a.mean;
  return {
    n,
    mean: a.mean + (distance * b.n) / n,
    m2: a.m2 + b.m2 + (distance * distance * a.n * b.n) / n,
  };
}

const extreme = (pick: (a: number, b: number) => number, a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : pick(a, b);

/** Counts of values that only one side kept are lower bounds where the other had `others`. */
function mergeCategorical(a: CategoricalPart, b: CategoricalPart): CategoricalPart {
  const counts = new Map(a.counts);
  for (const [value, count] of b.counts) counts.set(value, (counts.get(value) ?? 0) + count);
  const ordered = [...counts].sort(([x, n], [y, m]) => m - n || (x < y ? -1 : 1));
  const dropped = ordered.slice(PROFILE_CATEGORIES).reduce((sum, [, count]) => sum + count, 0);
  return {
    counts: ordered.slice(0, PROFILE_CATEGORIES),
    others: a.others + b.others + dropped,
    lengths:
      a.lengths && b.lengths
        ? {
            min: Math.min(a.lengths.min, b.lengths.min),
            max: Math.max(a.lengths.max, b.lengths.max),
            sum: a.lengths.sum + b.lengths.sum,
          }
        : (a.lengths ?? b.lengths),
  };
}

/** One without rows, to merge others into. */
export function emptyNumeric(capacity?: number): NumericPart {
  const sketch = new QuantileSketch(capacity).toJSON();
  return { sketch, moments: { n: 0, mean: 0, m2: 0 }, min: null, max: null, notFinite: 0 };
}

export const noDistinct = (hash: string): StoredColumn['distinct'] => ({
  registers: Buffer.from(emptyRegisters()).toString('base64'),
  hash,
});

/**
 * A column of two stored profiles, as drift takes them: sketches for numbers; counts over the reference's categories where both profiles
 * kept every category. Both of one kind.
 */
export function storedColumns(
  reference: StoredColumn,
  current: StoredColumn,
): [ColumnProfile, ColumnProfile] {
  const { categorical } = reference;
  const whole = categorical?.others === 0 && current.categorical?.others === 0;
  const bins = whole ? categoricalBins(new Map(categorical.counts)) : null;
  const profile = ({ column, kind, missing, numeric, categorical: part }: StoredColumn): ColumnProfile => ({
    column,
    kind,
    binned: bins && part && countedCategories(bins, new Map(part.counts), missing),
    values: null,
    sketch: numeric && QuantileSketch.from(numeric.sketch),
  });
  return [profile(reference), profile(current)];
}
