/** SQLSTATEs of a server that stops, starts, crashed, or has no connection to give: classes 08 and 57P, and 53300. */
const AWAY_STATE = /^(08...|57P0[1-5]|53300)$/;
const AWAY_CODE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What pg, its pool and TypeORM say without a code of their own. */
const AWAY_MESSAGE =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired$)/;

/**
 * Whether a statement failed because the database was not there: stopped, starting, crashed, out of reach. What it was to do is
 * not done, or, if it was a commit, may be done; sent again with the same Idempotency-Key it takes effect once.
 */
export function isDatabaseAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  // Node's word for a client that hung up in the middle of its own request.
  if (thrown.message === 'aborted') return false;
  // TypeORM gives a runner back by itself when its connection breaks; the next statement finds it gone.
  if (thrown.name === 'QueryRunnerAlreadyReleasedError') return true;
  const { driverError, errors } = thrown as { driverError?: unknown; errors?: unknown[] };
  if (driverError !== undefined && driverError !== thrown) return isDatabaseAway(driverError);
  // A host of several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isDatabaseAway);
  const { code } = thrown as { code?: unknown };
  if (typeof code === 'string') return AWAY_CODE.has(code) || AWAY_STATE.test(code);
  return AWAY_MESSAGE.test(thrown.message);
}
