import { describe, expect, it } from 'vitest';
import { isFinished, JOB_STATES, JOB_TRANSITIONS, type JobState } from './job.state.js';

describe('the states of a job', () => {
  it('lead only to states that exist', () => {
    for (const targets of Object.values(JOB_TRANSITIONS)) {
      for (const target of targets) expect(JOB_STATES).toContain(target);
    }
  });

  it('are all reached from queued, and each can end', () => {
    const reached = new Set<JobState>(['queued']);
    for (const state of reached) for (const next of JOB_TRANSITIONS[state]) reached.add(next);
    expect([...reached].sort()).toEqual([...JOB_STATES].sort());
    for (const state of JOB_STATES) {
      expect(isFinished(state) || JOB_TRANSITIONS[state].some((next) => isFinished(next))).toBe(true);
    }
  });

  it.each([
    ['queued', false],
    ['running', false],
    ['succeeded', true],
    ['failed', true],
    ['cancelled', true],
  ] as const)('%s is finished: %s', (state, finished) => {
    expect(isFinished(state)).toBe(finished);
  });
});
