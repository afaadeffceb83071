/** What a rule, and a decision, may end with; worst first. */
export const VERDICTS = ['ERROR', 'FAIL', 'INCONCLUSIVE', 'PASS'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** The worst of some verdicts. None at all is INCONCLUSIVE: nothing was asked, so nothing was shown. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'INCONCLUSIVE';
}
