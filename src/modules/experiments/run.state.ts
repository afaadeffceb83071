/** Where a run may go from each state. Nothing leaves `finished`, `failed` or `killed`. */
export const RUN_TRANSITIONS = {
  running: ['finished', 'failed', 'killed'],
  finished: [],
  failed: [],
  killed: [],
} as const satisfies Record<string, readonly string[]>;

export type RunStatus = keyof typeof RUN_TRANSITIONS;
export type EndedRunStatus = (typeof RUN_TRANSITIONS)['running'][number];

export const INITIAL_RUN_STATUS: RunStatus = 'running';
export const RUN_STATUSES = Object.keys(RUN_TRANSITIONS) as RunStatus[];
export const ENDED_RUN_STATUSES: readonly EndedRunStatus[] = RUN_TRANSITIONS.running;

export function canMoveRun(from: RunStatus, to: RunStatus): boolean {
  return (RUN_TRANSITIONS[from] as readonly string[]).includes(to);
}

/** What is wrong with a table of transitions: targets that are no states, states that nothing leads to. */
export function faultsOf(transitions: Record<string, readonly string[]>, initial: string): string[] {
  const unknown = Object.entries(transitions).flatMap(([from, targets]) =>
    targets.filter((to) => !(to in transitions)).map((to) => `${from} -> ${to}: there is no state ${to}`),
  );
  const reached = new Set([initial]);
  for (const state of reached) for (const next of transitions[state] ?? []) reached.add(next);
  const lost = Object.keys(transitions).filter((state) => !reached.has(state));
  return [...unknown, ...lost.map((state) => `${state} cannot be reached from ${initial}`)];
}

/** Called at boot: a table that leads nowhere stops the service before it serves. */
export function assertRunStates(): void {
  const faults = faultsOf(RUN_TRANSITIONS, INITIAL_RUN_STATUS);
  if (faults.length > 0) throw new Error(`The states of a run are inconsistent: ${faults.join('; ')}`);
}
