import { expect, it } from 'vitest';
import { DECISION_STATES, decisionState } from './gate-decision.state.js';

it.each([
  [false, false, 'standing'],
  [false, true, 'expired'],
  [true, false, 'stale'],
  [true, true, 'stale'],
])('stale %s, expired %s: %s', (stale, expired, state) => {
  expect(decisionState({ stale, expired })).toBe(state);
});

it('every state can be reached from standing, and leads to states', () => {
  const reached = new Set<string>(['standing']);
  for (const state of reached)
    for (const next of DECISION_STATES[state as keyof typeof DECISION_STATES].next) reached.add(next);
  expect([...reached].sort()).toEqual(Object.keys(DECISION_STATES).sort());
});
