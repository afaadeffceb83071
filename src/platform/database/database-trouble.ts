import { UnavailableError } from '../errors/index.js';

/** Serialization failure and deadlock: the same transaction may well succeed when it is run again. */
const CONFLICTS = ['40001', '40P01'];
/** Out of connections or locks, or longer than a statement may take. */
const BUSY = [...CONFLICTS, '53300', '53400', '55P03', '57014'];
/** Shutting down, starting, or ended by an operator. */
const AWAY = ['25P03', '57P01', '57P02', '57P03'];
const NETWORK = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

const NO_CONNECTION_FREE = /^timeout exceeded when trying to connect/;
const CONNECTION_LOST = /^(Connection terminated|Client has encountered a connection error)/;

/** Whether a transaction lost against others, and is worth another try. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.includes(codeOf(error));
}

/** What the database's trouble means for the caller: nothing was done, try again. Undefined for errors of any other kind. */
export function databaseTrouble(error: unknown): UnavailableError | undefined {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (BUSY.includes(code) || NO_CONNECTION_FREE.test(message)) {
    return new UnavailableError(
      'DATABASE_BUSY',
      'Assay has more to do at this moment than its database takes.',
      {
        remedy: 'Try again in a few seconds; nothing was stored of this request.',
      },
    );
  }
  const lost = NETWORK.includes(code) && isOfDatabase(error);
  if (lost || AWAY.includes(code) || /^08...$/.test(code) || CONNECTION_LOST.test(message)) {
    return new UnavailableError(
      'DATABASE_UNAVAILABLE',
      "Assay's database cannot be reached at this moment.",
      {
        remedy:
          'Try again in a few seconds, with the same Idempotency-Key: the request may have been carried out.',
      },
    );
  }
  return undefined;
}

/** A client that hangs up in the middle of its request has the same codes. */
function isOfDatabase(error: unknown): boolean {
  const { driverError, syscall } = error as { driverError?: unknown; syscall?: unknown };
  return driverError !== undefined || syscall === 'connect';
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
