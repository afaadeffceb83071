/** What `assay` ends with. `gate check` uses all of them; other commands use pass, fail (a negative answer) and error. */
export const EXIT = {
  pass: 0,
  fail: 1,
  /** Wrong usage, no server, or a server that could not answer. Never confused with an answer. */
  error: 2,
  inconclusive: 3,
  awaitingApproval: 4,
  stale: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_VERDICT = new Map<unknown, ExitCode>([
  ['PASS', EXIT.pass],
  ['FAIL', EXIT.fail],
  ['ERROR', EXIT.error],
  ['INCONCLUSIVE', EXIT.inconclusive],
  ['AWAITING_APPROVAL', EXIT.awaitingApproval],
  ['STALE', EXIT.stale],
]);

/** The exit code of a verdict. A verdict that this client does not know is an error, never a pass. */
export function exitCodeOf(verdict: unknown): ExitCode {
  return BY_VERDICT.get(verdict) ?? EXIT.error;
}
