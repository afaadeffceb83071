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
  /** Answers that earlier looks were given: t - 1, or more where one look was decided about more than once. */
  answered: number;
  /** j: how many of them differed from their default. */
  informative: number;
  /** A^j, or the product of the reciprocal weights of those answers, where not all are taken for equally likely (`told.ts`). */
  alternatives: number;
}

/** `adaptiveAlpha` of a history. Throws RangeError for one that cannot be. */
export function spentAlpha(alpha: number, { looks, answered, informative, alternatives }: Spending): number {
  const counts = [looks, answered, informative].every(Number.isInteger);
  if (!(counts && looks >= 1 && informative >= 0 && informative <= answered && alternatives >= 1))
    throw new RangeError('what was told of a sealed split is not known');
  const histories = logChoose(answered, informative) + Math.log(alternatives);
  return (alpha / looks) * Math.exp(-(informative + 1) * Math.LN2 - histories);
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
