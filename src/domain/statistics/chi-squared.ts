import { deviancePart, stirlingError } from './gamma.js';

/**
 * P(X >= x) for X chi-squared with `df` > 0 degrees of freedom, in [0, 1]; small tails keep their digits (about 1e-13 relative).
 * The regularised incomplete gamma, by its series left of df and by Lentz's continued fraction right of it.
 */
export function chiSquaredUpperTail(x: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`chiSquaredUpperTail needs df > 0, found ${df}`);
  if (Number.isNaN(x)) throw new RangeError('chiSquaredUpperTail needs a number, found NaN');
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const [a, half] = [df / 2, x / 2];
  return half < a + 1 ? 1 - lower(a, half) : upper(a, half);
}

/** x^a e^-x / Gamma(a + 1), by Loader's saddle-point form. */
function kernel(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - deviancePart(a, x)) / Math.sqrt(2 * Math.PI * a);
}

function lower(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(1, kernel(a, x) * sum);
}

function upper(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < 100_000; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    const step = c * d;
    result *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return Math.min(1, a * kernel(a, x) * result);
}
