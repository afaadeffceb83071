import { binomialLowerTail } from './binomial.js';
import { chiSquaredUpper } from './chi-squared.js';

/** McNemar's exact two-sided p-value of equality from the discordant pairs b and c; 1 without any. Reported, never decides. */
export function mcnemarExact(b: number, c: number): number {
  if (b + c === 0) return 1;
  return Math.min(1, 2 * binomialLowerTail(Math.min(b, c), b + c, 0.5));
}

/** McNemar's chi-squared statistic (one degree of freedom) with Edwards' continuity correction; 0 without discordant pairs. */
export function mcnemarChiSquared(b: number, c: number, corrected = true): number {
  if (b + c === 0) return 0;
  const gap = Math.max(0, Math.abs(b - c) - (corrected ? 1 : 0));
  return (gap * gap) / (b + c);
}

/** The p-value of `mcnemarChiSquared`; 1 without discordant pairs. Approximate: with fewer than 25 of them the exact one is meant. */
export function mcnemarChiSquaredP(b: number, c: number, corrected = true): number {
  return chiSquaredUpper(mcnemarChiSquared(b, c, corrected), 1);
}
