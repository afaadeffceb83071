import { describe, expect, it } from 'vitest';
import { assertRunStates, canMoveRun, faultsOf, RUN_STATUSES } from './run.state.js';

describe('the states of a run', () => {
  it('are all reachable', () => {
    expect(() => assertRunStates()).not.toThrow();
  });

  it.each([
    // from        running finished failed killed
    ['running', [false, true, true, true]],
    ['finished', [false, false, false, false]],
    ['failed', [false, false, false, false]],
    ['killed', [false, false, false, false]],
  ] as const)('from %s', (from, allowed) => {
    expect(RUN_STATUSES.map((to) => canMoveRun(from, to))).toEqual([...allowed]);
  });

  it('names a state that nothing leads to and a target that is none', () => {
    expect(faultsOf({ a: ['b', 'x'], b: [], c: ['a'] }, 'a')).toEqual([
      'a -> x: there is no state x',
      'c cannot be reached from a',
    ]);
  });
});
