import { clopperPearson } from './clopper-pearson.js';
import { chanceUpTo, expectationOver, likelyCounts } from './likely-counts.js';

/** Two independent binomials at the edge of a hypothesis: p1 = line(p2), a rising line, for p2 in `reach`. */
export interface Edge {
  /** Falls as x1 falls or x2 grows: the smaller, the more speaks against "p1 is at least line(p2)". */
  score(x1: number, x2: number): number;
  line(p2: number): number;
  /** The inverse of `line`. */
  inverse(p1: number): number;
  /** The p2 for which p2 and line(p2) are both proportions. */
  reach: readonly [number, number];
}

/** Of alpha, for the chance that the nuisance parameter lies outside its interval. */
export const NUISANCE_SHARE = 1e-3;
/** Points at which the nuisance parameter is tried: about five for each standard error. */
export const NUISANCE_POINTS = 40;

/**
 * The valid p-value, at any group sizes, against "p1 is at least line(p2)": the largest chance, over the p2 that the observed counts
 * leave open, of a score as small as the observed one. Exact unconditional (Barnard 1947; Suissa and Shuster 1985), the nuisance
 * parameter confined at 1 - gamma and gamma added (Berger and Boos 1994). Its cost grows with the spread of the group that varies
 * less, not with the rows.
 */
export function unconditionalP(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  edge: Edge,
  alpha: number,
): number {
  const gamma = alpha * NUISANCE_SHARE;
  const [from, to] = nuisance(x1, n1, x2, n2, edge, gamma);
  const observed = edge.score(x1, x2) + 1e-9;
  const outerIsFirst = n1 * spread(x1, n1) <= n2 * spread(x2, n2);
  // From which count of the second group on, or from how many failures of the first on, the score is small enough.
  const known = new Map<number, number>();
  let guess = outerIsFirst ? x2 : n1 - x1;
  const boundaryAt = (outer: number): number => {
    const found = known.get(outer);
    if (found !== undefined) return found;
    guess = outerIsFirst
      ? boundaryFrom(guess, n2 + 1, (b) => edge.score(outer, b) <= observed)
      : boundaryFrom(guess, n1 + 1, (failures) => edge.score(n1 - failures, outer) <= observed);
    known.set(outer, guess);
    return guess;
  };
  let worst = 0;
  for (let i = 0; i <= NUISANCE_POINTS; i++) {
    const p2 = from + ((to - from) * i) / NUISANCE_POINTS;
    const p1 = Math.min(1, Math.max(0, edge.line(p2)));
    const [first, second] = [likelyCounts(n1, p1), likelyCounts(n2, p2)];
    const chance = outerIsFirst
      ? expectationOver(first, (a) => 1 - chanceUpTo(second, boundaryAt(a) - 1))
      : expectationOver(second, (b) => chanceUpTo(first, n1 - boundaryAt(b)));
    worst = Math.max(worst, chance);
  }
  return Math.min(1, worst + gamma);
}

/** The p2 to try: those that either group's own interval at 1 - gamma leaves open, whichever is narrower on this line. */
function nuisance(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  { inverse, reach: [least, most] }: Edge,
  gamma: number,
): [number, number] {
  const second = clopperPearson(x2, n2, 1 - gamma);
  const first = clopperPearson(x1, n1, 1 - gamma);
  const within = (low: number, high: number): [number, number] => [
    Math.min(most, Math.max(least, low)),
    Math.min(most, Math.max(least, high)),
  ];
  // Chosen by the sizes, not by what was observed: a choice between two intervals after the fact would cover less.
  return n2 >= n1 ? within(second.low, second.high) : within(inverse(first.low), inverse(first.high));
}

/** n times the variance of one trial, with half a success added to either side. */
function spread(x: number, n: number): number {
  const p = (x + 0.5) / (n + 1);
  return p * (1 - p);
}

/**
 * The smallest y in [0, end] from which on `holds`, `end` where it holds for none before: galloping from a guess, as neighbouring counts
 * have neighbouring boundaries.
 */
export function boundaryFrom(guess: number, end: number, holds: (y: number) => boolean): number {
  let low = 0;
  let high = end;
  for (let step = 1, y = Math.min(guess, end - 1); y >= 0 && y < end; step *= 2) {
    if (holds(y)) {
      high = y;
      y -= step;
    } else {
      low = y + 1;
      y += step;
    }
    if (y < low || y >= high) break;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
