import { quotas } from './shares.js';

/** The split of each group; or the first that has more rows than any split is to have. */
export type GroupAssignment =
  | { ok: true; splits: Uint8Array }
  | { ok: false; tooLarge: number; most: number };

/**
 * Whole groups, in the order of their draws, each to the split that lacks most rows of its share. No split gets as many rows
 * beyond its share as the largest group has. `sizes` and `draws`: of each group; of equal draws the first comes first.
 */
export function assignGroups(
  sizes: readonly number[],
  draws: readonly number[],
  shares: readonly number[],
): GroupAssignment {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const lacking = quotas(total, shares);
  const most = Math.max(...lacking);
  const tooLarge = sizes.findIndex((size) => size > most);
  if (tooLarge >= 0) return { ok: false, tooLarge, most };
  const splits = new Uint8Array(sizes.length);
  const order = sizes.map((_, i) => i).sort((a, b) => draws[a]! - draws[b]! || a - b);
  for (const group of order) {
    const split = lacking.indexOf(Math.max(...lacking));
    splits[group] = split;
    lacking[split]! -= sizes[group]!;
  }
  return { ok: true, splits };
}
