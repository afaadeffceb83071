import { normalQuantile } from '../statistics/index.js';
import { CONSTANT, NO_PAIRS, type Agreement } from './ratings.js';

export type KappaWeights = 'none' | 'linear' | 'quadratic';

interface Parts {
  n: number;
  observed: number;
  expected: number;
  /** Of the first and of the second rater. */
  rows: number[];
  columns: number[];
  weight(i: number, j: number): number;
}

function partsOf(table: readonly (readonly number[])[], weights: KappaWeights): Parts {
  const size = table.length;
  const n = table.flat().reduce((sum, count) => sum + count, 0);
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0) / n);
  const columns = table.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0) / n);
  const weight = (i: number, j: number) => {
    const distance = size > 1 ? Math.abs(i - j) / (size - 1) : 0;
    if (weights === 'none') return i === j ? 1 : 0;
    return 1 - (weights === 'linear' ? distance : distance * distance);
  };
  let observed = 0;
  let expected = 0;
  table.forEach((row, i) =>
    row.forEach((count, j) => {
      observed += (weight(i, j) * count) / n;
      expected += weight(i, j) * rows[i]! * columns[j]!;
    }),
  );
  return { n, observed, expected, rows, columns, weight };
}

/** Both raters gave one and the same category throughout. */
function isConstant(table: readonly (readonly number[])[]): boolean {
  return (
    table.filter((row, i) => row.some((count) => count > 0) || table.some((other) => other[i]! > 0)).length <
    2
  );
}

/**
 * Cohen's kappa of two raters' table over the pinned categories, at most 1; 0 is the agreement of chance. Weights by distance in the
 * order of the categories. Cohen 1960, 1968.
 */
export function cohenKappa(table: readonly (readonly number[])[], weights: KappaWeights): Agreement {
  const { n, observed, expected } = partsOf(table, weights);
  if (n === 0) return NO_PAIRS;
  if (isConstant(table)) return CONSTANT;
  return (observed - expected) / (1 - expected);
}

export interface KappaErrors {
  /** Asymptotic standard error of kappa. */
  ase: number;
  /** The same where kappa is 0, for the test of that, and z = kappa / ase0. */
  ase0: number;
  z: number;
  ci: [number, number];
}

/** Asymptotic standard errors and the two-sided 95 % interval, in [-1, 1]; null where kappa is undefined. Fleiss, Cohen, Everitt 1969. */
export function cohenKappaErrors(
  table: readonly (readonly number[])[],
  weights: KappaWeights,
): KappaErrors | null {
  const kappa = cohenKappa(table, weights);
  if (typeof kappa !== 'number') return null;
  const { n, observed, expected, rows, columns, weight } = partsOf(table, weights);
  const ofRow = rows.map((_, i) => columns.reduce((sum, share, j) => sum + share * weight(i, j), 0));
  const ofColumn = columns.map((_, j) => rows.reduce((sum, share, i) => sum + share * weight(i, j), 0));
  let spread = 0;
  let spread0 = 0;
  table.forEach((row, i) =>
    row.forEach((count, j) => {
      const means = ofRow[i]! + ofColumn[j]!;
      spread += (count / n) * (weight(i, j) * (1 - expected) - means * (1 - observed)) ** 2;
      spread0 += rows[i]! * columns[j]! * (weight(i, j) - means) ** 2;
    }),
  );
  const left = observed * expected - 2 * expected + observed;
  const ase = Math.sqrt(Math.max(0, spread - left ** 2) / n) / (1 - expected) ** 2;
  const ase0 = Math.sqrt(Math.max(0, spread0 - expected ** 2) / n) / (1 - expected);
  const half = normalQuantile(0.975) * ase;
  return { ase, ase0, z: kappa / ase0, ci: [Math.max(-1, kappa - half), Math.min(1, kappa + half)] };
}
