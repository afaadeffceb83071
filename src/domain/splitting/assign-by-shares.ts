import { quotas, roundedTo } from './shares.js';

/**
 * Exact shares: as many rows of the smallest draws as the first split's share is, the next to the second, and so on. The order of
 * rows does not matter: rows of one draw are the same row, or one in 2^53 pairs of others.
 */
export function assignByShares(draws: Float64Array, shares: readonly number[]): Uint8Array {
  const assigned = new Uint8Array(draws.length);
  deal(draws, null, quotas(draws.length, shares), assigned);
  return assigned;
}

/**
 * Exact shares of each stratum: floor or ceiling of the share of its rows. Which of the two keeps the totals of the splits near
 * their shares, too. `strata`: of each row, a number from 0; strata are taken in this order, so it must not depend on that of rows.
 */
export function assignStratified(
  draws: Float64Array,
  strata: Uint32Array,
  shares: readonly number[],
): Uint8Array {
  const rows: number[][] = [];
  for (let row = 0; row < strata.length; row++) (rows[strata[row]!] ??= []).push(row);
  const assigned = new Uint8Array(draws.length);
  const owed = shares.map(() => 0);
  for (const members of rows) {
    if (!members) continue;
    const claim = shares.map((share, i) => owed[i]! + share * members.length);
    const counts = roundedTo(
      members.length,
      shares,
      claim.map((each, i) => each - Math.floor(shares[i]! * members.length)),
    );
    counts.forEach((count, i) => (owed[i] = claim[i]! - count));
    deal(draws, members, counts, assigned);
  }
  return assigned;
}

/** The smallest draws to the first split, as many as its count. `members`: rows; null: all. */
function deal(
  draws: Float64Array,
  members: readonly number[] | null,
  counts: readonly number[],
  assigned: Uint8Array,
): void {
  const sorted = members ? Float64Array.from(members, (row) => draws[row]!) : draws.slice();
  sorted.sort();
  // Of each split the largest draw that it may still take, and how many rows of exactly that.
  let start = 0;
  const limits = counts.map((count) => {
    const end = start + count;
    const last = count === 0 ? -1 : sorted[end - 1]!;
    let ties = 0;
    for (let i = end - 1; i >= start && sorted[i] === last; i--) ties += 1;
    start = end;
    return { last, ties };
  });
  const place = (row: number) => {
    const draw = draws[row]!;
    const split = limits.findIndex((limit) => draw < limit.last || (draw === limit.last && limit.ties > 0));
    if (limits[split]!.last === draw) limits[split]!.ties -= 1;
    assigned[row] = split;
  };
  if (members) members.forEach(place);
  else for (let row = 0; row < draws.length; row++) place(row);
}
