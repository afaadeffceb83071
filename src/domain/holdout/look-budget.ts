import { logGamma } from '../statistics/gamma.js';

/** A look at a sealed split. */
export interface Look {
  /** 1 to L. */
  look: number;
  /** How many earlier looks told something: their feedback differed from the default. */
  informative: number;
}

/**
 * How many answers other than the default a look may give: three verdicts times m + 1 places of a ladder of m cells, less one; or the
 * other two verdicts, where only the overall verdict is shown (`cells` null).
 */
export function otherAnswers(cells: number | null): number {
  return cells === null ? 2 : 3 * (cells + 1) - 1;
}

/**
 * The level of the decision at this look: alpha / (L 2^(j+1) C(t-1, j) A^j). Summed over all histories of feedback it is at most alpha, so
 * that whatever strategy chooses the models, any of L looks passes falsely with a probability of at most alpha (for exact tests).
 * May underflow to 0: nothing passes then. FAIL keeps alpha, and its claim for models independent of the split.
 * STATISTICS, section 4.
 */
export function adaptiveAlpha(
  alpha: number,
  looks: number,
  { look, informative }: Look,
  answers: number,
): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie in (0, 1), found ${alpha}`);
  const integers = [looks, look, informative, answers].every(Number.isInteger);
  if (!(integers && look >= 1 && look <= looks && informative >= 0 && informative < look && answers >= 1)) {
    throw new RangeError(
      `expected 0 <= j < t <= L and A >= 1, found j = ${informative}, t = ${look}, L = ${looks}, A = ${answers}`,
    );
  }
  return spentAlpha(alpha, { looks, answered: look - 1, informative, alternatives: answers ** informative });
}

/** What was told of a sealed split before a look. JSON-serialisable. */
export interface Spending {
  /** L: looks that there may be. */
  looks: number;
  /** t - 1: earlier looks, each of which was answered. */
  answered: number;
  /** j: how many of them got an answer that differed from its default. */
  informative: number;
  /** Answers beyond the first about one look, and how many of them told something. None when absent. */
  further?: { answered: number; informative: number };
  /** A^j, or the product of the reciprocal weights of those answers, where not all are taken for equally likely (`told.ts`). */
  alternatives: number;
}

/**
 * `adaptiveAlpha` of a history. How many further answers there will be is the asker's choice, and may depend on what they said: which of
 * them told something has the probability of a sequence (Beta(1, L), one in L + 1 at first) in place of 2^-(j+1) / C(N, j), which sums
 * to at most 1 for a fixed N alone. Throws RangeError for a history that cannot be.
 */
export function spentAlpha(alpha: number, spending: Spending): number {
  const { looks, answered, informative, further = NONE, alternatives } = spending;
  const told = [answered, informative, further.answered, further.informative];
  const counts = [looks, ...told].every((count) => Number.isInteger(count) && count >= 0) && looks >= 1;
  if (!(counts && informative <= answered && further.informative <= further.answered && alternatives >= 1))
    throw new RangeError('what was told of a sealed split is not known');
  const histories = logChoose(answered, informative) + Math.log(alternatives);
  const sequence = logBeta(further.informative + 1, looks + further.answered - further.informative);
  const level = -(informative + 1) * Math.LN2 - histories + sequence - logBeta(1, looks);
  return (alpha / looks) * Math.exp(level);
}

const NONE = { answered: 0, informative: 0 };

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** What a contributor is shown of a look. */
export interface Feedback {
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  /** Step of the ladder after the look. */
  step: number;
}

/** Before the first look. */
export const FIRST_FEEDBACK: Feedback = { verdict: 'INCONCLUSIVE', step: 0 };

/** Whether a look told something: another verdict than the last, or a higher step. */
export function isInformative(before: Feedback, after: Feedback): boolean {
  return after.verdict !== before.verdict || after.step !== before.step;
}

/** Looks so far that told something. */
export function informativeLooks(history: readonly Feedback[]): number {
  return history.filter((feedback, i) => isInformative(history[i - 1] ?? FIRST_FEEDBACK, feedback)).length;
}
