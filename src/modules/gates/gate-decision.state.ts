/**
 * What has become of a decision. A decision itself never changes; its state follows from the clock and from what happened
 * since.
 */
export const DECISION_STATES = {
  standing: { meaning: 'its evidence is fresh: a PASS allows a promotion', next: ['stale', 'expired'] },
  stale: { meaning: 'policy, evidence or baseline changed since: ask again', next: [] },
  expired: {
    meaning: 'its oldest evidence has reached the age that the policy allows: evaluate again',
    next: [],
  },
} as const;

export type DecisionState = keyof typeof DECISION_STATES;

/** The state of a decision. Stale outranks expired: evaluating again would not bring it back. */
export function decisionState({ stale, expired }: { stale: boolean; expired: boolean }): DecisionState {
  if (stale) return 'stale';
  return expired ? 'expired' : 'standing';
}
