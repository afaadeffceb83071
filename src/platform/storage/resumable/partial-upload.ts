import { ConflictError, LockedError, NotFoundError, TooLargeError } from '../../errors/index.js';

/** A file that is being sent in parts. */
export interface PartialUploadView {
  /** Also that of the upload which it becomes. */
  id: string;
  filename: string;
  /** Bytes of the whole. */
  size: number;
  /** Bytes, from the first on, that are on disk for good. */
  received: number;
  /** Whether it is an upload now. */
  finished: boolean;
  /** What has not been continued by then goes. */
  expiresAt: Date;
}

/** How a part says what it must hash to. */
export interface PartChecksum {
  algorithm: 'sha1' | 'sha256';
  digest: Buffer;
}

/** The right to write one partial upload, for as long as it is renewed. */
export interface Lease {
  id: string;
  /** Names this writing. */
  writer: string;
  /** Names the writing before it, whose hash may be continued. */
  before: string | null;
  /** Which of its files to write. */
  file: number;
  filename: string;
  size: number;
  received: number;
}

export const partialNotFound = (id: string) =>
  new NotFoundError(
    'RESUMABLE_UPLOAD_NOT_FOUND',
    `no resumable upload ${JSON.stringify(id.slice(0, 80))} of this API key in this project, or it has expired`,
    {
      remedy: 'begin anew with POST /v1/projects/{project}/resumable-uploads, by the key that sends the file',
    },
  );

export const partialLocked = (id: string) =>
  new LockedError('UPLOAD_LOCKED', `another request is sending to upload ${id}`, {
    remedy: 'let it end, ask by HEAD how far the upload is, and go on from there',
  });

export const wrongOffset = (id: string, offset: number, received: number) =>
  new ConflictError(
    'UPLOAD_OFFSET_CONFLICT',
    `upload ${id} has ${received} bytes, and the part begins at ${offset}`,
    { received, remedy: 'send what follows the bytes that are there: Upload-Offset of HEAD says how many' },
  );

export const beyondLength = (id: string, size: number) =>
  new TooLargeError(
    'UPLOAD_BEYOND_LENGTH',
    `the part goes beyond the ${size} bytes that upload ${id} was said to have`,
    { remedy: 'ask by HEAD how far the upload is, and send the rest of the file and no more' },
  );
