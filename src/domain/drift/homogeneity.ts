import {
  chiSquaredUpper,
  multivariateHypergeometricDraw,
  RANDOM_KIND,
  seededRandom,
} from '../statistics/index.js';
import type { OccupiedCounts } from './binned-sample.js';
import { homogeneityChiSquared, type Distance } from './distances.js';

export interface PValue {
  p: number;
  /** How it was computed; with the generator, its seed and its draws where it was drawn. */
  method: string;
}

/** Random splits of the pooled rows at most: p-values down to 1 / 10,000. */
export const PERMUTATIONS = 9_999;
/** Splits as far apart as the samples after which the p-value is known well enough: to a tenth of itself. */
const ENOUGH = 100;

/** P-value against "both samples come from one distribution", by Pearson's chi-squared of homogeneity. */
export function homogeneityP(counts: OccupiedCounts, seed: number | string): PValue {
  return pOf(counts, homogeneityChiSquared, 1, seed);
}

/** The same by a PSI: PSI / (1/n + 1/m) is chi-squared with one degree of freedom less than bins. Yurdakul and Naranjo 2020. */
export function psiP(counts: OccupiedCounts, psi: Distance, seed: number | string): PValue {
  return pOf(counts, psi, 1 / counts.n + 1 / counts.m, seed);
}

function pOf(counts: OccupiedCounts, statistic: Distance, unit: number, seed: number | string): PValue {
  const df = counts.reference.length - 1;
  const observed = statistic(counts);
  // One bin for all rows: nothing differs.
  if (df === 0) return { p: 1, method: 'one-bin' };
  if (enoughForChiSquared(counts)) return { p: chiSquaredUpper(observed / unit, df), method: 'chi-squared' };
  return {
    p: permutationP(counts, statistic, observed, seed),
    method: `permutation-${PERMUTATIONS}/${RANDOM_KIND}/seed-${seed}`,
  };
}

/**
 * Cochran's rule (1954) for the chi-squared distribution: no expected count below 1, at most a fifth of them below 5. Without it a
 * column with many rare categories, 2,000 rows against 100, drifts in 14 % of all cases where nothing did, at a nominal 5 %.
 */
export function enoughForChiSquared({ reference, current, n, m }: OccupiedCounts): boolean {
  const expected = reference.flatMap((count, i) => {
    const share = (count + current[i]!) / (n + m);
    return [share * n, share * m];
  });
  const small = expected.filter((count) => count < 5).length;
  return expected.every((count) => count >= 1) && small * 5 <= expected.length;
}

/**
 * The share of random splits of the pooled rows into n and m whose statistic is as large: valid at any number of rows (Phipson and
 * Smyth 2010, the observed split counted), and soon over where it is large (Besag and Clifford 1991).
 */
function permutationP(
  { reference, current, n, m }: OccupiedCounts,
  statistic: Distance,
  observed: number,
  seed: number | string,
): number {
  const random = seededRandom(`drift/${seed}`);
  const pooled = reference.map((count, i) => count + current[i]!);
  // Equal tables may differ in rounding.
  const reach = observed * (1 - 1e-12);
  let reached = 0;
  for (let draws = 1; draws <= PERMUTATIONS; draws++) {
    const second = multivariateHypergeometricDraw(random, pooled, m);
    const first = pooled.map((count, bin) => count - second[bin]!);
    if (statistic({ reference: first, current: second, n, m }) >= reach) reached++;
    if (reached === ENOUGH) return reached / draws;
  }
  return (reached + 1) / (PERMUTATIONS + 1);
}
