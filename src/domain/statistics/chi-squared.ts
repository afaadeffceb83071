import { gammaUpper } from './incomplete-gamma.js';

/** P(X >= x) for X chi-squared with `df` > 0 degrees of freedom; 1 for x <= 0. */
export function chiSquaredUpper(x: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`chiSquaredUpper needs df > 0, found ${df}`);
  return x <= 0 ? 1 : gammaUpper(df / 2, x / 2);
}
