import { binomialUpperTail } from './binomial.js';

/** Counts rarer than this are left out; what they have together is added. */
const RARE = 1e-9;

/** Binomial(n, p) where it is not rare: chances of `start`, `start` + 1, ..., and their running sums. */
export interface LikelyCounts {
  start: number;
  chances: Float64Array;
  upTo: Float64Array;
}

export function likelyCounts(n: number, p: number): LikelyCounts {
  if (p <= 0 || p >= 1) {
    return { start: p <= 0 ? 0 : n, chances: Float64Array.of(1), upTo: Float64Array.of(1) };
  }
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const atMode = binomialUpperTail(mode, n, p) - binomialUpperTail(mode + 1, n, p);
  let below = 0;
  for (let x = mode, share = atMode; x > 0 && share > RARE; x--)
    keep(below++, (share *= x / ((n - x + 1) * odds)));
  let kept = below;
  for (let x = mode, share = atMode; x < n && share > RARE; x++)
    keep(kept++, (share *= ((n - x) / (x + 1)) * odds));
  const chances = new Float64Array(kept + 1);
  for (let i = 0; i < below; i++) chances[below - 1 - i] = scratch[i]!;
  chances[below] = atMode;
  chances.set(scratch.subarray(below, kept), below + 1);
  const upTo = new Float64Array(kept + 1);
  let sum = 0;
  for (let i = 0; i <= kept; i++) upTo[i] = sum += chances[i]!;
  return { start: mode - below, chances, upTo };
}

/** Where chances stand until their number is known: the exact tests ask for thousands of tables. */
let scratch = new Float64Array(1024);

function keep(at: number, share: number): void {
  if (at === scratch.length) {
    const larger = new Float64Array(2 * at);
    larger.set(scratch);
    scratch = larger;
  }
  scratch[at] = share;
}

/** P(X <= x), but for what is rare. */
export function chanceUpTo({ start, upTo }: LikelyCounts, x: number): number {
  return x < start ? 0 : upTo[Math.min(x - start, upTo.length - 1)]!;
}

/** The expectation over the counts of one group; what was left out as rare counts in full. */
export function expectationOver({ start, chances, upTo }: LikelyCounts, of: (x: number) => number): number {
  let sum = Math.max(0, 1 - upTo[upTo.length - 1]!);
  for (let i = 0; i < chances.length; i++) sum += chances[i]! * of(start + i);
  return sum;
}
