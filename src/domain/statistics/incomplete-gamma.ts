import { deviancePart, logGamma, stirlingError } from './gamma.js';

/** x^a e^-x / Gamma(a + 1) by Loader's saddle-point form, exact to rounding also where a is large. */
function kernel(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - deviancePart(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/** 1 + x/(a + 1) + x^2/((a + 1)(a + 2)) + ...; for x < a + 1. */
function series(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 1_000_000; k++) {
    term *= x / (a + k);
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** The continued fraction of Gamma(a, x) e^x / x^a, for x >= a + 1, by Lentz's method. Numerical Recipes, 3rd edition, 6.2. */
function continuedFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let result = d;
  for (let k = 1; k < 1_000_000; k++) {
    const top = k * (a - k);
    b += 2;
    d = top * d + b;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = b + top / c;
    if (Math.abs(c) < tiny) c = tiny;
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return result;
}

function check(a: number, x: number): void {
  if (!(a > 0 && x >= 0))
    throw new RangeError(`an incomplete gamma needs a > 0 and x >= 0, found ${a}, ${x}`);
}

/** The regularised lower incomplete gamma P(a, x), in [0, 1]; a > 0, x >= 0. */
export function gammaLower(a: number, x: number): number {
  check(a, x);
  if (x === 0) return 0;
  return x < a + 1 ? kernel(a, x) * series(a, x) : 1 - gammaUpper(a, x);
}

/** The regularised upper incomplete gamma Q(a, x) = 1 - P(a, x), with its digits in the tail; a > 0, x >= 0. */
export function gammaUpper(a: number, x: number): number {
  check(a, x);
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - gammaLower(a, x) : kernel(a, x) * a * continuedFraction(a, x);
}

/** ln of the lower incomplete gamma (not regularised), finite also where P(a, x) is below the smallest double; a, x > 0. */
export function logLowerGamma(a: number, x: number): number {
  check(a, x);
  if (x < a + 1) return a * Math.log(x) - x - Math.log(a) + Math.log(series(a, x));
  return logGamma(a) + Math.log1p(-gammaUpper(a, x));
}
