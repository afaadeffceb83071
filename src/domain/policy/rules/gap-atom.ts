import {
  decideDifference,
  decideRatio,
  largestGapBounds,
  normalLevel,
  pairGap,
  pairGapRequiredN,
  pairRatio,
  pairRatioRequiredN,
  rateCounts,
  RATES,
  studentP,
  smallestRatioBounds,
  type FairnessForm,
  type RatePair,
} from '../../fairness/index.js';
import {
  differenceProductTest,
  differenceUnconditionalP,
  ratioProductTest,
  ratioUnconditionalP,
} from '../../statistics/index.js';
import { undefinedAtom, type Atom, type Slice } from '../atom.js';
import { groupTitle } from '../groups.js';
import { count, percent } from '../phrase.js';

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

/**
 * The p-value of PASS: the worse of the score test's and of an exact one. The score alone passes up to 7 % of violated gaps, and
 * 8 % of violated ratios, at alpha .05, where groups are unequal or few.
 */
function guardedPass(pair: ComparedPair, byScore: number, alpha: number, exact: () => number): number {
  const least = leastCount(pair);
  const few = Math.min(pair.n1, pair.n2) < SMALL_GROUP || least < FEW;
  const clear = few ? 0 : least < MANY ? CLEAR : least < COUNTLESS ? CLEAR_OF_MANY : 1;
  // What exceeds alpha shows nothing either way.
  return byScore > alpha || byScore <= alpha * clear ? byScore : Math.max(byScore, exact());
}

/** The p-value of FAIL, likewise where counts are few. */
function guardedFail(
  { x1, n1, x2, n2 }: ComparedPair,
  byScore: number,
  alpha: number,
  valid: () => number,
): number {
  const few = Math.min(n1, n2) < SMALL_GROUP || Math.min(x1, n1 - x1, x2, n2 - x2) < FEW;
  return few && byScore <= alpha ? Math.max(byScore, Math.min(1, valid())) : byScore;
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

/** Rows per group, as many more as those at hand are more than independent ones. */
function neededRows(
  { rate, higher, lower, n1, n2 }: ComparedPair,
  independent: number | null,
): number | null {
  if (independent === null) return null;
  const deff = Math.max(rateCounts(higher, rate).n / n1, rateCounts(lower, rate).n / n2);
  return Math.ceil(independent * deff);
}

/** "The gap of this pair is at most the threshold", by Miettinen and Nurminen's score test. */
export function gapAtom(pair: ComparedPair, threshold: number, alpha: number): Atom {
  const base = baseOf(pair, 'atMost', threshold);
  const empty = emptiness(pair);
  if (empty) return undefinedAtom(base.slice, 'atMost', threshold, empty, base.detail);
  const decided = decideDifference(pair, threshold);
  const level = normalLevel(alpha, pair.df);
  const pPass = guardedPass(pair, decided.pPass, alpha, () =>
    exactly(pair, (a, m, b, n) => differenceUnconditionalP(a, m, b, n, threshold, level)),
  );
  const clears = pPass <= alpha;
  return {
    ...base,
    observed: pairGap(pair),
    clears,
    pFail: guardedFail(
      pair,
      decided.pFail,
      alpha,
      () =>
        exactly(pair, (a, m, b, n) => differenceProductTest(a, m, b, n, threshold)) +
        exactly(pair, (a, m, b, n) => differenceProductTest(a, m, b, n, -threshold)),
    ),
    neededN: clears ? null : neededRows(pair, pairGapRequiredN(pair, threshold, alpha)),
  };
}

/** "The ratio of this pair is at least the threshold", whichever group is the reference. */
export function ratioAtom(pair: ComparedPair, threshold: number, alpha: number): Atom {
  const base = baseOf(pair, 'atLeast', threshold);
  const empty = emptiness(pair);
  if (empty) return undefinedAtom(base.slice, 'atLeast', threshold, empty, base.detail);
  const observed = pairRatio(pair);
  if (observed === null) {
    const reason = `the ${RATES[pair.rate].label} is 0 in both groups, and 0 to 0 is no ratio`;
    return undefinedAtom(base.slice, 'atLeast', threshold, reason, base.detail);
  }
  const decided = decideRatio(pair, threshold);
  const level = normalLevel(alpha, pair.df);
  const pPass = guardedPass(pair, decided.pPass, alpha, () =>
    exactly(pair, (a, m, b, n) => ratioUnconditionalP(a, m, b, n, threshold, level)),
  );
  const clears = pPass <= alpha;
  return {
    ...base,
    observed,
    clears,
    pFail: guardedFail(
      pair,
      decided.pFail,
      alpha,
      () =>
        exactly(pair, (a, m, b, n) => ratioProductTest(a, m, b, n, 1 / threshold)) +
        exactly(pair, (a, m, b, n) => ratioProductTest(a, m, b, n, threshold)),
    ),
    neededN: clears ? null : neededRows(pair, pairRatioRequiredN(pair, threshold, alpha)),
  };
}

function baseOf(
  pair: ComparedPair,
  comparison: Atom['comparison'],
  threshold: number,
): Omit<Atom, 'observed' | 'clears' | 'pFail' | 'neededN'> {
  const { rate, higher, lower } = pair;
  const [{ x: x1, n: n1 }, { x: x2, n: n2 }] = [rateCounts(higher, rate), rateCounts(lower, rate)];
  return {
    slice: { ...pair.slice, groups: [higher.attributes, lower.attributes] },
    comparison,
    threshold,
    interval: null,
    n: n1 + n2,
    undefinedBecause: null,
    certain: false,
    detail: `${RATES[rate].label} of ${told(groupTitle(higher), x1, n1)} v ${told(groupTitle(lower), x2, n2)}`,
  };
}

function told(name: string, x: number, n: number): string {
  return n === 0 ? `${name} (nobody)` : `${name} (${percent(x / n)}, ${count(x)} of ${count(n)})`;
}

function emptiness({ rate, higher, lower, n1, n2, missing }: ComparedPair): string | null {
  const empty = [...(n1 === 0 ? [groupTitle(higher)] : []), ...(n2 === 0 ? [groupTitle(lower)] : [])];
  return empty.length === 0
    ? (missing ?? null)
    : `the ${RATES[rate].label} of ${empty.join(' and of ')} has no ${RATES[rate].among} to be measured on`;
}

/** The worst gap (ratio) over all pairs of groups that are large enough, with its one-sided bounds on either side. */
export function gapSummary(
  pairs: readonly ComparedPair[],
  form: FairnessForm,
  alpha: number,
): { observed: number | null; ci: [number, number] | null } {
  const measurable = pairs.filter(({ n1, n2, missing }) => n1 > 0 && n2 > 0 && missing === undefined);
  const large = measurable.filter(({ small }) => !small);
  const shown = large.length > 0 ? large : measurable;
  const bounds = form === 'difference' ? largestGapBounds(shown, alpha) : smallestRatioBounds(shown, alpha);
  if (bounds === null) return { observed: null, ci: null };
  const values = shown.map(form === 'difference' ? pairGap : pairRatio).filter((value) => value !== null);
  return {
    observed: form === 'difference' ? Math.max(...values) : Math.min(...values),
    ci: [bounds.lower, bounds.upper],
  };
}
