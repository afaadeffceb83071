/**
 * What raters said of units. `labels[r]` is the place of rater r's label in the scale's categories, null where there is none.
 * Equal units may stand once with their number as `weight`.
 */
export interface RatedUnit {
  labels: readonly (number | null)[];
  weight: number;
}

/**
 * The categories in their order, pinned by the guideline: one that nobody used still counts where distances between categories do.
 * `values` are their numbers, for interval and ratio scales.
 */
export interface Scale {
  categories: readonly string[];
  values?: readonly number[];
}

/** A coefficient's value, or why there is none: agreement of labels that never vary is undefined, not perfect. */
export type Agreement = number | { undefinedBecause: string };

export const NO_PAIRS: Agreement = { undefinedBecause: 'no unit has two labels' };
export const CONSTANT: Agreement = {
  undefinedBecause: 'all labels are the same: agreement beyond chance is undefined',
};

/** Equal units together, in the order of their first one. Throws RangeError for a label outside the scale. */
export function ratedUnits(units: readonly RatedUnit['labels'][], { categories }: Scale): RatedUnit[] {
  const weights = new Map<string, RatedUnit>();
  for (const labels of units) {
    for (const label of labels) {
      if (label !== null && !(Number.isInteger(label) && label >= 0 && label < categories.length))
        throw new RangeError(
          `label ${label} is none of the ${categories.length} categories of the guideline version`,
        );
    }
    const key = labels.join();
    const known = weights.get(key);
    if (known) known.weight++;
    else weights.set(key, { labels, weight: 1 });
  }
  return [...weights.values()];
}

/** How often each category was given to a unit. */
export function votesOf({ labels }: RatedUnit, categories: number): number[] {
  const votes = new Array<number>(categories).fill(0);
  for (const label of labels) if (label !== null) votes[label]!++;
  return votes;
}

/** Rater by rater counts: table[a][b], the units that the first called a and the second b. Units that either left out are left out. */
export function pairTable(units: readonly RatedUnit[], categories: number): number[][] {
  const table = Array.from({ length: categories }, () => new Array<number>(categories).fill(0));
  for (const { labels, weight } of units) {
    if (labels.length !== 2) throw new RangeError(`expected two raters, found ${labels.length}`);
    const [a, b] = labels as [number | null, number | null];
    if (a !== null && b !== null) table[a]![b]! += weight;
  }
  return table;
}
