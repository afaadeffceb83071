import { checkCounts } from './binomial.js';

/** Tables whose chance is equal but for rounding count as equal. */
const TIE = 1 + 1e-7;

/**
 * Fisher's exact two-sided p-value of equal proportions, x1 of n1 against x2 of n2: the chance, given the margins, of every table
 * that is no likelier than the observed one. Throws RangeError unless 0 <= x <= n are integers and n >= 1. Fisher 1935; the two-sided
 * form of R's fisher.test.
 */
export function fisherExact(x1: number, n1: number, x2: number, n2: number): number {
  const { mode, up, down } = tablesOf(x1, n1, x2, n2);
  const observed = (x1 >= mode ? up[x1 - mode] : down[mode - x1]) ?? 0;
  // Smallest first.
  const weights = [...up.slice(1), ...down].sort((a, b) => a - b);
  let [extreme, all] = [0, 0];
  for (const weight of weights) {
    all += weight;
    if (weight <= observed * TIE) extreme += weight;
  }
  return Math.min(1, extreme / all);
}

/**
 * Fisher's exact one-sided p-value against "the first rate is at most the second": the chance, given the margins, of x1 or more among
 * the n1. Valid at any sizes. Throws as `fisherExact`.
 */
export function fisherExactGreater(x1: number, n1: number, x2: number, n2: number): number {
  const { mode, up, down } = tablesOf(x1, n1, x2, n2);
  // Smallest first, as they fall outwards.
  const from = (weights: readonly number[], start: number, end = weights.length) =>
    weights.slice(start, end).reduceRight((sum, weight) => sum + weight, 0);
  const more = from(up, Math.max(0, x1 - mode)) + from(down, 1, Math.max(1, mode - x1 + 1));
  return Math.min(1, more / (from(down, 1) + from(up, 0)));
}

/**
 * The first cells that the margins allow, as chances relative to the likeliest, `mode`: from it upwards, and from it downwards (so
 * that it stands in both).
 */
function tablesOf(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
): { mode: number; up: number[]; down: number[] } {
  checkCounts(x1, n1);
  checkCounts(x2, n2);
  const drawn = x1 + x2;
  const from = Math.max(0, drawn - n2);
  const to = Math.min(n1, drawn);
  // Chances relative to the likeliest table, by their ratios outwards: no factorial is large.
  const mode = Math.min(to, Math.max(from, Math.floor(((drawn + 1) * (n1 + 1)) / (n1 + n2 + 2))));
  const above = (x: number) => ((n1 - x) * (drawn - x)) / ((x + 1) * (n2 - drawn + x + 1));
  return {
    mode,
    up: weightsFrom(to - mode, (i) => above(mode + i)),
    down: weightsFrom(mode - from, (i) => 1 / above(mode - i - 1)),
  };
}

/** Of the likeliest table and those beyond it, as far as they are above the smallest double. */
function weightsFrom(steps: number, ratio: (i: number) => number): number[] {
  const weights = [1];
  for (let i = 0; i < steps && weights[i]! > 0; i++) weights.push(weights[i]! * ratio(i));
  return weights;
}
