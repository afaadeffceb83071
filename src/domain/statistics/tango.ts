import { tailOf, type Interval } from './interval.js';
import { normalQuantile } from './normal.js';
import { bisect } from './root.js';
import { scoreOf } from './score-difference.js';

function checkPairs(b: number, c: number, n: number): void {
  if (
    !(
      Number.isInteger(b) &&
      Number.isInteger(c) &&
      Number.isInteger(n) &&
      b >= 0 &&
      c >= 0 &&
      n >= 1 &&
      b + c <= n
    )
  ) {
    throw new RangeError(
      `expected integers b, c >= 0 with b + c <= n and n >= 1, found b = ${b}, c = ${c}, n = ${n}`,
    );
  }
}

/**
 * The score statistic of "the difference of two paired proportions is D", D in [-1, 1]; falls as D grows.
 * Of n pairs, in b only the first is right and in c only the second. Tango 1998.
 */
export function tangoZ(b: number, c: number, n: number, D: number): number {
  checkPairs(b, c, n);
  const A = 2 * n;
  const B = -b - c + (2 * n - b + c) * D;
  const C = -c * D * (1 - D);
  const q = (Math.sqrt(Math.max(0, B * B - 4 * A * C)) - B) / (2 * A);
  const numerator = b - c - n * D;
  const variance = n * (2 * q + D * (1 - D));
  return scoreOf(Math.abs(numerator) < 1e-12 ? 0 : numerator, variance < 1e-18 ? 0 : variance);
}

/** The one-sided lower 1 - alpha bound of the paired difference (b - c) / n. */
export function tangoLower(b: number, c: number, n: number, alpha: number): number {
  const z = -normalQuantile(alpha);
  return bisect((d) => tangoZ(b, c, n, d) - z, -1, (b - c) / n);
}

/** The one-sided upper 1 - alpha bound of the paired difference. */
export function tangoUpper(b: number, c: number, n: number, alpha: number): number {
  return -tangoLower(c, b, n, alpha);
}

/** The two-sided score interval of the paired difference. Tango 1998. */
export function tangoInterval(b: number, c: number, n: number, confidence: number): Interval {
  const alpha = tailOf(confidence);
  return { low: tangoLower(b, c, n, alpha), high: tangoUpper(b, c, n, alpha) };
}
