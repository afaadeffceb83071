import { UnavailableError } from '../errors/index.js';
import { isDatabaseAway } from './is-database-away.js';

/** Serialization failure and deadlock: the same transaction may well succeed when it is run again. */
const CONFLICTS = ['40001', '40P01'];
/** Out of connections or locks, or longer than a statement may take. */
const BUSY = [...CONFLICTS, '53300', '53400', '55P03', '57014'];
const NO_CONNECTION_FREE = /^timeout exceeded when trying to connect/;

/** Whether a transaction lost against others, and is worth another try. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.includes(codeOf(error));
}

/** What the database's trouble means for the caller: nothing was done, try again. Undefined for errors of any other kind. */
export function databaseTrouble(error: unknown): UnavailableError | undefined {
  const message = error instanceof Error ? error.message : '';
  if (BUSY.includes(codeOf(error)) || NO_CONNECTION_FREE.test(message)) {
    return new UnavailableError(
      'DATABASE_BUSY',
      'Assay has more to do at this moment than its database takes.',
      {
        remedy: 'Try again in a few seconds; nothing was stored of this request.',
      },
    );
  }
  if (!isDatabaseAway(error)) return undefined;
  return new UnavailableError('DATABASE_UNAVAILABLE', "Assay's database cannot be reached at this moment.", {
    remedy:
      'Try again in a few seconds, with the same Idempotency-Key: the request may have been carried out.',
  });
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
