import { quotas } from './shares.js';

/**
 * Times at which splits begin, from the second on, so that each has about its share of rows: the time of the row at which the
 * share ends. Rows of one time stay together, in the later split. Two cuts may be the same: then nothing is between them.
 */
export function cutsByShares(times: Float64Array, shares: readonly number[]): number[] {
  const sorted = times.slice().sort();
  let end = 0;
  return quotas(times.length, shares)
    .slice(0, -1)
    .map((count) => sorted[Math.min((end += count), sorted.length - 1)]!);
}

/** Rows before the first cut to the first split, from there up to before the second to the second, and so on. */
export function assignByCuts(times: Float64Array, cuts: readonly number[]): Uint8Array {
  return Uint8Array.from(times, (time) => {
    const found = cuts.findIndex((cut) => time < cut);
    return found < 0 ? cuts.length : found;
  });
}
