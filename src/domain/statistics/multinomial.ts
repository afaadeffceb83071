import { stirlingError } from './gamma.js';
import type { Random } from './random.js';

/** ln k! less the terms that the BTRS acceptance test writes out; k >= 0. */
function tail(k: number): number {
  return stirlingError(k + 1);
}

/** One number from Binomial(n, p): inversion where n p is small, otherwise transformed rejection (BTRS, Hörmann 1993). */
export function binomialDraw(random: Random, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomialDraw(random, n, 1 - p);
  return n * p < 10 ? byInversion(random, n, p) : byRejection(random, n, p);
}

/** Counts the geometric gaps between successes: about n p + 1 uniforms. */
function byInversion(random: Random, n: number, p: number): number {
  const scale = Math.log1p(-p);
  let successes = 0;
  let position = 0;
  for (;;) {
    position += Math.floor(Math.log(1 - random()) / scale) + 1;
    if (position > n) return successes;
    successes++;
  }
}

function byRejection(random: Random, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const accept = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= accept) return k;
    if (k < 0 || k > n) continue;
    const left = Math.log((v * alpha) / (a / (us * us) + b));
    const right =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      tail(mode) +
      tail(n - mode) -
      tail(k) -
      tail(n - k);
    if (left <= right) return k;
  }
}

/**
 * One bootstrap replicate of a table of counts: a multinomial draw of the same total over the same cells, by conditional
 * binomials. Its cost depends on the number of cells only.
 */
export function multinomialDraw(random: Random, counts: readonly number[]): number[] {
  const drawn = new Array<number>(counts.length).fill(0);
  multinomialDrawInto(random, counts, drawn);
  return drawn;
}

/** As `multinomialDraw`, into an array of the same length: thousands of replicates leave no garbage. */
export function multinomialDrawInto(random: Random, counts: readonly number[], drawn: number[]): void {
  let remaining = 0;
  for (const count of counts) remaining += count;
  let mass = remaining;
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell]!;
    const here = mass > 0 ? binomialDraw(random, remaining, count / mass) : 0;
    drawn[cell] = here;
    remaining -= here;
    mass -= count;
  }
}
