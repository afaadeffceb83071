/** The states of a job and where each may lead. A running job goes back to `queued` when it is to be tried again. */
export const JOB_TRANSITIONS = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['succeeded', 'failed', 'cancelled', 'queued', 'running'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type JobState = keyof typeof JOB_TRANSITIONS;

export const JOB_STATES = Object.keys(JOB_TRANSITIONS) as JobState[];

/** Whether nothing happens to a job any more. */
export const isFinished = (state: JobState): boolean => JOB_TRANSITIONS[state].length === 0;
