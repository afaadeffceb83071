import { expect, it } from 'vitest';
import { DEPLOYMENT_STATES } from './deployment.state.js';

it('every state can be reached from current, and leads to states', () => {
  const reached = new Set<string>(['current']);
  for (const state of reached)
    for (const next of DEPLOYMENT_STATES[state as keyof typeof DEPLOYMENT_STATES].next) reached.add(next);
  expect([...reached].sort()).toEqual(Object.keys(DEPLOYMENT_STATES).sort());
});
