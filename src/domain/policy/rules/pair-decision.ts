import {
  asWholeClusters,
  decideDifference,
  decideRatio,
  mayHideClusters,
  normalLevel,
  studentP,
  unseenDifference,
  unseenRatio,
  type ClusteredPair,
  type PairDecision,
  type RatePair,
} from '../../fairness/index.js';
import {
  differenceProductTest,
  differenceUnconditionalP,
  ratioProductTest,
  ratioUnconditionalP,
} from '../../statistics/index.js';
import type { Slice } from '../atom.js';

/** A pair of groups as a rule compares it, the larger rate first. */
export interface ComparedPair extends RatePair {
  slice: Slice;
  /** One of its denominators is below the policy's minGroupSize. */
  small: boolean;
}

/** Below this many trials in a group the score test alone may be off by factors of hundreds deep in the tail. */
const SMALL_GROUP = 30;
/** Below this many successes (or failures) the score test's small p-values, which Holm reads, may be wrong by factors of hundreds. */
const FEW = 10;
/** Of alpha: a score test this much below it, of groups that are not small, is below it in truth. */
const CLEAR = 1 / 20;
/** From this many successes and failures in both groups on, the score test is off by a twentieth of its level at most, ... */
const MANY = 1000;
const CLEAR_OF_MANY = 9 / 10;
/** ... and from this many on by a thousandth. */
const COUNTLESS = 1_000_000;

/** The least of the successes and failures in both groups. */
function leastCount({ x1, n1, x2, n2 }: ComparedPair): number {
  return Math.min(x1, n1 - x1, x2, n2 - x2);
}

/** Whether the score test's small p-values are not to be had without an exact one. */
function isFew(pair: ComparedPair): boolean {
  return Math.min(pair.n1, pair.n2) < SMALL_GROUP || leastCount(pair) < FEW;
}

/**
 * The p-value of PASS: the worse of the score test's and of an exact one. The score alone passes up to 7 % of violated gaps, and
 * 8 % of violated ratios, at alpha .05, where groups are unequal or few.
 */
function guardedPass(pair: ComparedPair, byScore: number, alpha: number, exact: () => number): number {
  const least = leastCount(pair);
  const clear = isFew(pair) ? 0 : least < MANY ? CLEAR : least < COUNTLESS ? CLEAR_OF_MANY : 1;
  // What exceeds alpha shows nothing either way.
  return byScore > alpha || byScore <= alpha * clear ? byScore : Math.max(byScore, exact());
}

/** The p-value of FAIL, likewise where counts are few. */
function guardedFail(pair: ComparedPair, byScore: number, alpha: number, valid: () => number): number {
  return byScore <= alpha && isFew(pair) ? Math.max(byScore, Math.min(1, valid())) : byScore;
}

/**
 * The p-value of an exact test, which takes whole counts: of clusters, the largest over those next to the counts that say as much, by
 * Student's t.
 */
function exactly(
  { x1, n1, x2, n2, df }: ComparedPair,
  test: (x1: number, n1: number, x2: number, n2: number) => number,
): number {
  if (df === undefined) return test(x1, n1, x2, n2);
  const whole = (x: number, n: number) => {
    const trials = Math.floor(n);
    const successes = (x / n) * trials;
    return [Math.floor(successes), Math.ceil(successes)].map(
      (count) => [Math.min(count, trials), trials] as const,
    );
  };
  const found = whole(x1, n1).flatMap(([a, m]) => whole(x2, n2).map(([b, n]) => test(a, m, b, n)));
  return studentP(Math.min(1, Math.max(...found)), df);
}

/** How two rates are compared. */
export interface PairTests {
  byScore: (pair: RatePair, threshold: number) => PairDecision;
  /** What clusters that were not seen leave. */
  unseen: (pair: ClusteredPair, threshold: number) => PairDecision;
  unconditional: typeof differenceUnconditionalP;
  product: typeof differenceProductTest;
  /** What the product test is asked for on either side: the two limits that a threshold is. */
  limits: (threshold: number) => [number, number];
}

export const GAP: PairTests = {
  byScore: decideDifference,
  unseen: unseenDifference,
  unconditional: differenceUnconditionalP,
  product: differenceProductTest,
  limits: (threshold) => [threshold, -threshold],
};
export const RATIO: PairTests = {
  byScore: decideRatio,
  unseen: unseenRatio,
  unconditional: ratioUnconditionalP,
  product: ratioProductTest,
  limits: (threshold) => [1 / threshold, threshold],
};

/** The p-values that a pair's counts give, by the score and, where it misses its level, exactly. */
function decideByCounts(
  { byScore, unconditional, product, limits }: PairTests,
  pair: ComparedPair,
  threshold: number,
  alpha: number,
): PairDecision {
  const { pPass, pFail } = byScore(pair, threshold);
  const level = normalLevel(alpha, pair.df);
  const ofProduct = (limit: number) => exactly(pair, (a, m, b, n) => product(a, m, b, n, limit));
  const [one, other] = limits(threshold);
  return {
    pPass: guardedPass(pair, pPass, alpha, () =>
      exactly(pair, (a, m, b, n) => unconditional(a, m, b, n, threshold, level)),
    ),
    pFail: guardedFail(pair, pFail, alpha, () => ofProduct(one) + ofProduct(other)),
  };
}

/** Clusters that are seldom and quite different may not be among those seen: no p-value below what they leave, or each as one trial. */
function withUnseenClusters(
  pair: ComparedPair,
  decided: (pair: ComparedPair) => PairDecision,
  alpha: number,
  unseenOf: (pair: ClusteredPair) => PairDecision,
): PairDecision {
  const own = decided(pair);
  if (!mayHideClusters(pair) || Math.min(own.pPass, own.pFail) > alpha) return own;
  const unseen = unseenOf(pair);
  const asOne = decided({ ...pair, ...asWholeClusters(pair) });
  return {
    pPass: Math.max(own.pPass, Math.min(unseen.pPass, asOne.pPass)),
    pFail: Math.max(own.pFail, Math.min(unseen.pFail, asOne.pFail)),
  };
}

/** How the score alone decides: what guards it where counts are few tells nothing of how many rows would settle it. */
export function decideByScore(
  { byScore, unseen }: PairTests,
  pair: ComparedPair,
  threshold: number,
  alpha: number,
): PairDecision {
  const decided = (of: ComparedPair) => byScore(of, threshold);
  return withUnseenClusters(pair, decided, alpha, (of) => unseen(of, threshold));
}

function decide(tests: PairTests, pair: ComparedPair, threshold: number, alpha: number): PairDecision {
  const decided = (of: ComparedPair) => decideByCounts(tests, of, threshold, alpha);
  return withUnseenClusters(pair, decided, alpha, (of) => tests.unseen(of, threshold));
}

/** "The gap of this pair is at most the threshold", by Miettinen and Nurminen's score test and what guards it. */
export const decideGap = (pair: ComparedPair, threshold: number, alpha: number): PairDecision =>
  decide(GAP, pair, threshold, alpha);

/** "The ratio of this pair is at least the threshold", likewise. */
export const decideRatioOf = (pair: ComparedPair, threshold: number, alpha: number): PairDecision =>
  decide(RATIO, pair, threshold, alpha);
