import { numericBinOf, sameBins, type Bins, type CategoricalBins, type NumericBins } from './bins.js';

/**
 * A column counted over fixed bins; JSON-serialisable. `counts` has one count for each bin, in their order (for a categorical
 * column the last but one is of all other categories), and last the rows without a value. Merging is exact.
 */
export interface BinnedSample {
  bins: Bins;
  counts: readonly number[];
}

/** Counts numbers; NaN is a missing value. */
export function countNumbers(bins: NumericBins, values: Iterable<number>): BinnedSample {
  const counts = new Array<number>(bins.edges.length + 2).fill(0);
  for (const value of values) counts[Number.isNaN(value) ? counts.length - 1 : numericBinOf(bins, value)]!++;
  return { bins, counts };
}

/** Counts categories; null is a missing value. */
export function countCategories(bins: CategoricalBins, values: Iterable<string | null>): BinnedSample {
  const counts = new Array<number>(bins.categories.length + 2).fill(0);
  const at = new Map(bins.categories.map((category, i) => [category, i]));
  for (const value of values)
    counts[value === null ? counts.length - 1 : (at.get(value) ?? counts.length - 2)]!++;
  return { bins, counts };
}

/** Counts categories that were counted already; `missing` rows have none. */
export function countedCategories(
  bins: CategoricalBins,
  counted: ReadonlyMap<string, number>,
  missing: number,
): BinnedSample {
  const counts = new Array<number>(bins.categories.length + 2).fill(0);
  counts[counts.length - 1] = missing;
  const at = new Map(bins.categories.map((category, i) => [category, i]));
  for (const [category, count] of counted) counts[at.get(category) ?? counts.length - 2]! += count;
  return { bins, counts };
}

/** Rows, those without a value among them. */
export function rowsOf({ counts }: BinnedSample): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Throws RangeError where the bins differ. */
export function mergeBinned(a: BinnedSample, b: BinnedSample): BinnedSample {
  checkSameBins(a, b);
  return { bins: a.bins, counts: a.counts.map((count, i) => count + b.counts[i]!) };
}

/** Refuses counts over different bins: their difference would be that of the bins. */
export function checkSameBins(a: BinnedSample, b: BinnedSample): void {
  if (!sameBins(a.bins, b.bins))
    throw new RangeError(
      `samples over different bins do not compare: ${shape(a.bins)} and ${shape(b.bins)}; count both over the bins of the reference`,
    );
}

function shape(bins: Bins): string {
  return bins.kind === 'numeric'
    ? `numeric edges [${bins.edges.join(', ')}]`
    : `${bins.categories.length} categories`;
}

/** The counts of two samples in the bins that hold a row of either: a bin that is empty in both says nothing of their difference. */
export interface OccupiedCounts {
  reference: number[];
  current: number[];
  /** Rows of each. */
  n: number;
  m: number;
}

/** Throws RangeError where the bins differ. */
export function occupiedCounts(reference: BinnedSample, current: BinnedSample): OccupiedCounts {
  checkSameBins(reference, current);
  const held = reference.counts.map((count, i) => count + current.counts[i]! > 0);
  return {
    reference: reference.counts.filter((_, i) => held[i]),
    current: current.counts.filter((_, i) => held[i]),
    n: rowsOf(reference),
    m: rowsOf(current),
  };
}
