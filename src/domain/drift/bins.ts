/**
 * Bins of a numeric column, fixed by its reference and stored as data. `edges` ascend. Bin k is (edges[k - 1], edges[k]], the first
 * and the last reach to infinity; an edge that stands twice is an atom, a value with a bin of its own:
 * edges [0, 0, 5] are the four bins x < 0, x = 0, 0 < x <= 5, x > 5.
 */
export interface NumericBins {
  kind: 'numeric';
  edges: readonly number[];
}

/** Bins of a categorical column: one for each category named (in ascending code units), and one for all others. */
export interface CategoricalBins {
  kind: 'categorical';
  categories: readonly string[];
}

export type Bins = NumericBins | CategoricalBins;

/** Bins asked for, and categories kept by name, where nobody says otherwise. */
export const DEFAULT_BINS = 10;
export const DEFAULT_CATEGORIES = 50;

/**
 * Bins from the reference's quantiles (by inverse distribution function, so that edges are values that occur). A value held by two
 * rows or more and by at least one in `bins` of all is an atom. Edges that fall together are merged. `sorted`: ascending, no NaN;
 * infinite values count in the outer bins and make no edge.
 */
export function numericBins(sorted: Float64Array, bins = DEFAULT_BINS): NumericBins {
  if (!(Number.isInteger(bins) && bins >= 2))
    throw new RangeError(`numericBins needs two bins or more, found ${bins}`);
  const values = sorted.filter((value) => Number.isFinite(value));
  const n = values.length;
  const atoms = atomsOf(values, Math.max(2, n / bins));
  const quantiles = new Set<number>();
  for (let k = 1; k < bins; k++) {
    const at = values[Math.ceil((k * n) / bins) - 1];
    // An edge at the maximum would close a bin that nothing of the reference reaches.
    if (at !== undefined && at < values[n - 1]!) quantiles.add(at + 0);
  }
  const edges: number[] = [];
  for (const edge of [...new Set([...quantiles, ...atoms])].sort((a, b) => a - b)) {
    if (!atoms.has(edge)) edges.push(edge);
    else {
      // Between the last edge and an atom lies a bin of its own only if something of the reference lies there.
      const before = edges.at(-1);
      if (before !== undefined && before !== edges.at(-2) && valueBelow(values, edge) === before) edges.pop();
      edges.push(edge, edge);
    }
  }
  return { kind: 'numeric', edges };
}

function atomsOf(values: Float64Array, least: number): Set<number> {
  const atoms = new Set<number>();
  for (let from = 0, to = 0; from < values.length; from = to) {
    while (to < values.length && values[to] === values[from]) to++;
    if (to - from >= least) atoms.add(values[from]! + 0); // -0 is 0.
  }
  return atoms;
}

/** The largest of ascending values that is smaller than `limit`. */
function valueBelow(values: Float64Array, limit: number): number | undefined {
  return values[edgesBelow(values, limit) - 1];
}

/** How many of ascending numbers are smaller than x. */
function edgesBelow(ascending: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which bin a number falls in, from 0. */
export function numericBinOf({ edges }: NumericBins, x: number): number {
  const below = edgesBelow(edges, x);
  return edges[below] === x && edges[below + 1] === x ? below + 1 : below;
}

/** The reference's `most` most frequent categories; ties go to the smaller name. What is rarer, or new, counts together. */
export function categoricalBins(
  counts: ReadonlyMap<string, number>,
  most = DEFAULT_CATEGORIES,
): CategoricalBins {
  const named = [...counts]
    .filter(([, count]) => count > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([category]) => category);
  return { kind: 'categorical', categories: named.sort((a, b) => (a < b ? -1 : 1)) };
}

/** Whether counts over both may be compared. */
export function sameBins(a: Bins, b: Bins): boolean {
  if (a.kind === 'numeric') return b.kind === 'numeric' && sameList(a.edges, b.edges);
  return b.kind === 'categorical' && sameList(a.categories, b.categories);
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
