import { binomialTestGreater, binomialTestLess } from '../statistics/binomial.js';
import type { Random } from '../statistics/random.js';
import { accuracyVariance, climb, ladderOf, released } from './ladder.js';
import { adaptiveAlpha, FIRST_FEEDBACK, isInformative, otherAnswers, type Feedback } from './look-budget.js';

/** n fair coins, each 1 or -1: labels that nothing predicts, or a predictor that knows nothing. */
export function coins(random: Random, n: number): Int8Array {
  return Int8Array.from({ length: n }, () => (random() < 0.5 ? 1 : -1));
}

function hits(labels: Int8Array, predictions: Int8Array): number {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === predictions[i]) count++;
  return count;
}

/** The weighted vote of predictors; ties are broken by a coin. */
function vote(random: Random, predictors: readonly Int8Array[], weights: readonly number[], n: number) {
  const sums = new Float64Array(n);
  predictors.forEach((predictor, k) => {
    const weight = weights[k]!;
    if (weight !== 0) for (let i = 0; i < n; i++) sums[i]! += weight * predictor[i]!;
  });
  return Int8Array.from(sums, (sum) => (sum > 0 || (sum === 0 && random() < 0.5) ? 1 : -1));
}

/** What came of one attempt to climb a leaderboard by votes of coins. */
export interface ClimbAttempt {
  /** Largest value released by the ladder. */
  highest: number;
  baseline: number;
  eta: number;
  /** Accuracy on the sealed labels that an open leaderboard would show for the vote of those above one half. */
  naive: number;
}

/** `predictors` coins against `n` labels that are coins, then the majority vote of those released above one half. Blum and Hardt 2015. */
export function climbByVotes(random: Random, n: number, predictors: number, looks: number): ClimbAttempt {
  const labels = coins(random, n);
  const ladder = ladderOf(0.5, accuracyVariance(0.5, n), looks);
  const all = Array.from({ length: predictors }, () => coins(random, n));
  const scores = all.map((predictor) => hits(labels, predictor) / n);
  let step = 0;
  const kept = scores.map((score) => {
    step = climb(ladder, step, score);
    return released(ladder, step) > 0.5 ? 1 : 0;
  });
  const last = vote(random, all, kept, n);
  step = climb(ladder, step, hits(labels, last) / n);
  const above = scores.map((score) => (score > 0.5 ? 1 : 0));
  return {
    highest: released(ladder, step),
    baseline: ladder.baseline,
    eta: ladder.eta,
    naive: hits(labels, vote(random, all, above, n)) / n,
  };
}

/** What the holder of the labels shows: every accuracy, at alpha/L a look; or the verdict and the ladder, at `adaptiveAlpha`. */
export type Holder = 'numbers' | 'ladder';

/**
 * Whether a model that is no better than the required accuracy of one half ever passes in L looks. The attacker sends coins, weighs them
 * by what each answer told, and sends their vote: once at the end, or (`eager`) after every answer that told something.
 */
export function attackPasses(
  random: Random,
  holder: Holder,
  { n, looks, alpha, eager }: { n: number; looks: number; alpha: number; eager: boolean },
): boolean {
  const labels = coins(random, n);
  const ladder = ladderOf(0.5, accuracyVariance(0.5, n), looks);
  const answers = otherAnswers(ladder.cells);
  const sent: Int8Array[] = [];
  const weights: number[] = [];
  let before: Feedback = FIRST_FEEDBACK;
  let informative = 0;
  for (let look = 1; look <= looks; look++) {
    const useful = weights.some((weight) => weight !== 0);
    const voting = look === looks || (eager && useful && weights.at(-1) !== 0);
    const predictions = voting && useful ? vote(random, sent, weights, n) : coins(random, n);
    const x = hits(labels, predictions);
    const level =
      holder === 'numbers' ? alpha / looks : adaptiveAlpha(alpha, looks, { look, informative }, answers);
    if (binomialTestGreater(x, n, 0.5) <= level) return true;
    const verdict = binomialTestLess(x, n, 0.5) <= alpha ? 'FAIL' : 'INCONCLUSIVE';
    const after: Feedback = { verdict, step: climb(ladder, before.step, x / n) };
    sent.push(predictions);
    if (holder === 'numbers') weights.push(x / n - 0.5);
    else weights.push(verdict === 'FAIL' ? -1 : after.step > before.step ? 1 : 0);
    if (isInformative(before, after)) informative++;
    before = after;
  }
  return false;
}
