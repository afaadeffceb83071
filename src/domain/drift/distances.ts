import type { OccupiedCounts } from './binned-sample.js';

/**
 * How far two samples' shares lie apart, over bins that one of both occupies at least. 0 is the same shares. Each side needs rows.
 * The names are their `formulaId`s: a distance under another logarithm is another formula.
 */
export type Distance = (counts: OccupiedCounts) => number;

function sum({ reference, current, n, m }: OccupiedCounts, term: (p: number, q: number) => number): number {
  return reference.reduce((total, count, i) => total + term(count / n, current[i]! / m), 0);
}

/** Population stability index, sum of (q - p) ln(q / p); infinite where a bin is empty on one side only. Lewis 1994. */
export const psiRaw: Distance = (counts) =>
  sum(counts, (p, q) => (p === 0 || q === 0 ? Infinity : (q - p) * Math.log(q / p)));

/** The same over (c + 1/2) / (n + B/2) with B occupied bins: finite whatever is empty. */
export const psiJeffreys: Distance = ({ reference, current, n, m }) => {
  const half = reference.length / 2;
  return psiRaw({
    reference: reference.map((count) => count + 0.5),
    current: current.map((count) => count + 0.5),
    n: n + half,
    m: m + half,
  });
};

/** The square root of Jensen-Shannon divergence in nats, in [0, sqrt(ln 2)]. Endres and Schindelin 2003. */
export const jensenShannonNatural: Distance = (counts) => {
  const part = (p: number, mean: number) => (p === 0 ? 0 : p * Math.log(p / mean));
  const divergence = sum(counts, (p, q) => (part(p, (p + q) / 2) + part(q, (p + q) / 2)) / 2);
  return Math.sqrt(Math.max(0, divergence));
};

/** The same with logarithms to base 2, in [0, 1]. */
export const jensenShannonBase2: Distance = (counts) => jensenShannonNatural(counts) / Math.sqrt(Math.LN2);

/** Hellinger's distance, in [0, 1]: sqrt(sum (sqrt p - sqrt q)^2 / 2). */
export const hellinger: Distance = (counts) =>
  Math.sqrt(sum(counts, (p, q) => (Math.sqrt(p) - Math.sqrt(q)) ** 2) / 2);

/** Half the summed differences of shares, in [0, 1]: the share of rows that would have to move. */
export const totalVariation: Distance = (counts) => sum(counts, (p, q) => Math.abs(p - q)) / 2;

/** The largest difference of one bin's shares, in [0, 1]. */
export const lInfinity: Distance = ({ reference, current, n, m }) =>
  Math.max(...reference.map((count, i) => Math.abs(count / n - current[i]! / m)));

/**
 * Cramér's V of two samples by bins as it would be were both equally large, in [0, 1]: sqrt(sum (p - q)^2 / (p + q) / 2), the root of
 * triangular discrimination. V itself falls with the samples' ratio of sizes, and would call one row against 1,000 no drift.
 */
export const cramersV: Distance = (counts) => Math.sqrt(sum(counts, (p, q) => (p - q) ** 2 / (p + q)) / 2);

/** Pearson's chi-squared of homogeneity: both samples are random, neither is taken as known. */
export function homogeneityChiSquared({ reference, current, n, m }: OccupiedCounts): number {
  return reference.reduce((total, count, i) => {
    const [x, y] = [count, current[i]!];
    // Equal to the sum over both cells of (observed - expected)^2 / expected.
    return total + (x * m - y * n) ** 2 / ((x + y) * n * m);
  }, 0);
}
