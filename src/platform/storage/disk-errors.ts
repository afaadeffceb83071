import { AssayError, NotFoundError, UnavailableError } from '../errors/index.js';

export const notFound = (digest: string) =>
  new NotFoundError('BLOB_NOT_FOUND', `no file with digest ${digest} is stored`, {
    remedy: 'upload the file again, or restore the blobs of this installation from its backup',
  });

export const corrupt = (digest: string, found: string) =>
  new AssayError('internal', 'BLOB_CORRUPT', `the file stored as ${digest} now has the digest ${found}`, {
    remedy: 'restore this file from a backup: its bytes were changed on disk',
  });

/** Node's and PostgreSQL's words for a full disk. */
const FULL = new Set(['ENOSPC', 'EDQUOT', '53100']);
/** For too many open files, of this process, of the machine, or of PostgreSQL. */
const NO_FILES = new Set(['EMFILE', 'ENFILE', '53000']);

/** A full disk or quota, or the end of the open files, in Assay's words, whoever met it; other errors as they are. */
export function diskError(error: unknown): unknown {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: unknown };
  if (driverError !== undefined && driverError !== error) {
    const cause = diskError(driverError);
    return cause === driverError ? error : cause;
  }
  if (typeof code !== 'string' || error instanceof AssayError) return error;
  if (FULL.has(code)) {
    return new UnavailableError('STORAGE_FULL', 'the disk under ASSAY_HOME is full; nothing was stored', {
      remedy: 'free space and send the request again',
    });
  }
  if (NO_FILES.has(code)) {
    return new UnavailableError('FILES_EXHAUSTED', 'no more files may be opened; nothing was stored', {
      remedy: 'send the request again; the operator can raise the limit of open files (ulimit -n)',
    });
  }
  return error;
}
