import { AssayError, NotFoundError, UnavailableError } from '../errors/index.js';

export const notFound = (digest: string) =>
  new NotFoundError('BLOB_NOT_FOUND', `no file with digest ${digest} is stored`, {
    remedy: 'upload the file again, or restore the blobs of this installation from its backup',
  });

export const corrupt = (digest: string, found: string) =>
  new AssayError('internal', 'BLOB_CORRUPT', `the file stored as ${digest} now has the digest ${found}`, {
    remedy: 'restore this file from a backup: its bytes were changed on disk',
  });

/** A full disk or quota in Assay's words; other errors as they are. */
export function diskError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new UnavailableError('STORAGE_FULL', 'the disk under ASSAY_HOME is full; nothing was stored', {
    remedy: 'free space and send the request again',
  });
}
