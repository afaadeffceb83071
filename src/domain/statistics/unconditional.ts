import { clopperPearson } from './clopper-pearson.js';
import { chanceUpTo, expectationOver, likelyCounts } from './likely-counts.js';
import { normalQuantile } from './normal.js';
import { miettinenNurminenUpper, miettinenNurminenZ } from './score-difference.js';
import { ratioScoreZ, ratioUpper } from './score-ratio.js';

/** Of alpha, for the chance that the nuisance parameter lies outside its interval. */
export const NUISANCE_SHARE = 1e-3;
/** Points at which the nuisance parameter is tried: about five for each standard error. */
export const NUISANCE_POINTS = 40;
/**
 * Tables are ordered by their score bound at this level, whatever the threshold and alpha: an order that changed with either could pass
 * at a stricter one what it does not at a laxer.
 */
export const ORDER_LEVEL = 0.05;
/** The score statistic of a bound at that level, with room for rounding: the observed table is among those as far as itself. */
export const ORDER_Z = -normalQuantile(ORDER_LEVEL) - 1e-9;

/**
 * The valid p-value, at any group sizes, against "the two rates lie `limit` or more apart, whichever is the larger", 0 <= limit < 1: the largest
 * chance, at both edges, of an upper bound of the gap (Miettinen and Nurminen 1985) as small as the observed one. Exact unconditional
 * (Barnard 1947; Suissa and Shuster 1985), the nuisance parameter confined at 1 - gamma and gamma added (Berger and Boos 1994).
 */
export function differenceUnconditionalP(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  limit: number,
  alpha: number,
): number {
  const bound = Math.max(
    miettinenNurminenUpper(x1, n1, x2, n2, ORDER_LEVEL),
    miettinenNurminenUpper(x2, n2, x1, n1, ORDER_LEVEL),
  );
  // What was observed on the wrong side shows nothing; near it in groups of one or two the edges would not be the worst.
  if (bound >= 1 || Math.abs(x1 / n1 - x2 / n2) >= limit) return 1;
  return unconditionalP(x1, n1, x2, n2, alpha, {
    within: (a, m, b, n) => miettinenNurminenZ(a, m, b, n, bound) <= -ORDER_Z,
    line: (p) => p + limit,
    inverse: (p) => p - limit,
    reach: [0, 1 - limit],
  });
}

/** Likewise against "one of the two rates is at most `limit` times the other", 0 < limit <= 1, by the bound of Koopman's score. */
export function ratioUnconditionalP(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  limit: number,
  alpha: number,
): number {
  const bound = Math.max(ratioUpper(x1, n1, x2, n2, ORDER_LEVEL), ratioUpper(x2, n2, x1, n1, ORDER_LEVEL));
  const [least, most] = [x1 * n2, x2 * n1].sort((a, b) => a - b) as [number, number];
  if (!Number.isFinite(bound) || least <= limit * most) return 1;
  return unconditionalP(x1, n1, x2, n2, alpha, {
    within: (a, m, b, n) => ratioScoreZ(a, m, b, n, bound) <= -ORDER_Z,
    line: (p) => p / limit,
    inverse: (p) => p * limit,
    reach: [0, limit],
  });
}

interface Group {
  x: number;
  n: number;
}

interface Edge {
  /** Whether a of m lies above b of n by no more than observed; stays true as a falls or b grows. */
  within(a: number, m: number, b: number, n: number): boolean;
  /** The larger rate at the edge, a rising function of the smaller. */
  line(smaller: number): number;
  inverse(larger: number): number;
  /** The smaller rates at which both are proportions. */
  reach: readonly [number, number];
}

/** Its cost grows with the spread of the group that varies less, not with the rows. */
function unconditionalP(x1: number, n1: number, x2: number, n2: number, alpha: number, edge: Edge): number {
  const gamma = alpha * NUISANCE_SHARE;
  const [first, second] = [
    { x: x1, n: n1 },
    { x: x2, n: n2 },
  ];
  const [outer, inner] = spread(first) <= spread(second) ? [first, second] : [second, first];
  const insideOf = innerRange(outer, inner, edge);
  let worst = 0;
  for (const [larger, smaller] of [
    [outer, inner],
    [inner, outer],
  ] as const) {
    const [from, to] = nuisance(larger, smaller, edge, gamma);
    for (let i = 0; i <= NUISANCE_POINTS; i++) {
      const low = from + ((to - from) * i) / NUISANCE_POINTS;
      const high = Math.min(1, Math.max(0, edge.line(low)));
      const counts = likelyCounts(inner.n, larger === inner ? high : low);
      const chance = expectationOver(likelyCounts(outer.n, larger === outer ? high : low), (x) => {
        const [least, end] = insideOf(x);
        return end <= least ? 0 : chanceUpTo(counts, end - 1) - chanceUpTo(counts, least - 1);
      });
      worst = Math.max(worst, chance);
    }
  }
  return Math.min(1, worst + gamma);
}

/** The counts of the inner group, [from, end), that lie within of a count of the outer group on both sides. */
function innerRange(outer: Group, inner: Group, { within }: Edge): (x: number) => readonly [number, number] {
  const known = new Map<number, readonly [number, number]>();
  let guess: readonly [number, number] = [inner.x, inner.x];
  return (x) => {
    const found = known.get(x);
    if (found !== undefined) return found;
    guess = [
      boundaryFrom(guess[0], inner.n + 1, (y) => within(x, outer.n, y, inner.n)),
      boundaryFrom(guess[1], inner.n + 1, (y) => !within(y, inner.n, x, outer.n)),
    ];
    known.set(x, guess);
    return guess;
  };
}

/** The smaller rates to try: those that either group's own interval at 1 - gamma leaves open, whichever is narrower on this line. */
function nuisance(
  larger: Group,
  smaller: Group,
  { inverse, reach: [least, most] }: Edge,
  gamma: number,
): [number, number] {
  const within = (p: number): number => Math.min(most, Math.max(least, p));
  // Chosen by the sizes, not by what was observed: a choice between two intervals after the fact would cover less.
  if (smaller.n >= larger.n) {
    const { low, high } = clopperPearson(smaller.x, smaller.n, 1 - gamma);
    return [within(low), within(high)];
  }
  const { low, high } = clopperPearson(larger.x, larger.n, 1 - gamma);
  return [within(inverse(low)), within(inverse(high))];
}

/** The variance of a count, with half a success added to either side. */
function spread({ x, n }: Group): number {
  const p = (x + 0.5) / (n + 1);
  return n * p * (1 - p);
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
