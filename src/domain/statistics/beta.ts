import { deviancePart, stirlingError } from './gamma.js';

/** x^a (1-x)^b / B(a, b) by Loader's saddle-point form, exact to rounding also where a and b are large. `y` is 1 - x. */
function kernel(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const exponent =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviancePart(a, n * x) - deviancePart(b, n * y);
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(exponent);
}

/** The continued fraction of the incomplete beta, by Lentz's method. Numerical Recipes, 3rd edition, 6.4. */
function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let result = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = 1 + even / c;
    if (Math.abs(c) < tiny) c = tiny;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = 1 + odd / c;
    if (Math.abs(c) < tiny) c = tiny;
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return result;
}

/** The regularised incomplete beta I_x(a, b), in [0, 1]; a, b > 0. `y` may give 1 - x where x is within rounding of 1. */
export function betaCdf(x: number, a: number, b: number, y = 1 - x): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`betaCdf needs a, b > 0, found ${a}, ${b}`);
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  return x < (a + 1) / (a + b + 2)
    ? (kernel(x, y, a, b) * continuedFraction(x, a, b)) / a
    : 1 - (kernel(x, y, a, b) * continuedFraction(y, b, a)) / b;
}

/**
 * The p-quantile of Beta(a, b), in [0, 1]. Newton's steps kept inside a shrinking bracket.
 * Throws RangeError unless 0 <= p <= 1 and a, b > 0.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`betaQuantile needs p in [0, 1], found ${p}`);
  if (!(a > 0 && b > 0)) throw new RangeError(`betaQuantile needs a, b > 0, found ${a}, ${b}`);
  if (p === 0) return 0;
  if (p === 1) return 1;
  let low = 0;
  let high = 1;
  let x = a / (a + b);
  for (let step = 0; step < 300; step++) {
    const error = betaCdf(x, a, b) - p;
    if (error === 0) return x;
    if (error < 0) low = x;
    else high = x;
    const density = kernel(x, 1 - x, a, b) / (x * (1 - x));
    let next = x - error / density;
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (next === x || high - low <= Number.EPSILON * high * 0.5) return next;
    x = next;
  }
  return x;
}
