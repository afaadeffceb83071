import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DetailedError, Upload } from 'tus-js-client';
import { CommandFailed } from './problem.js';

/** Files above this are sent in parts: what broke off is then not sent again from its beginning. */
export const RESUMABLE_ABOVE = 16 * 2 ** 20;
export const PART_BYTES = 64 * 2 ** 20;
/** In all longer than a server takes to notice that a connection is dead, or to start again. */
const PAUSES_MS = [100, 200, 400, 800, 1_600, 3_000, 5_000, 10_000, 20_000, 30_000, 30_000, 30_000, 30_000];
/** Before anything was begun, as for any request. */
const FIRST_TRIES = 5;

export interface ResumableTarget {
  /** Absolute URL of the collection. */
  endpoint: string;
  apiKey: string;
  /** Most bytes of one request. */
  partBytes?: number;
  onProgress?: (fraction: number) => void;
  /** What the server refused, as an error. */
  refused(status: number, text: string): Error;
  unreachable(error: unknown): Error;
}

/**
 * Send a file by the tus protocol, from where it broke off after each error of the network or the server. Resolves with the id of the
 * upload and the SHA-256 of what was sent.
 */
export async function sendResumably(
  path: string,
  size: number,
  target: ResumableTarget,
): Promise<{ id: string; digest: string }> {
  // Only who sends a large file waits for the library to load.
  const tus = await import('tus-js-client');
  const file = createReadStream(path);
  const sent = new Promise<string>((resolve, reject) => {
    const upload: Upload = new tus.Upload(file as never, {
      endpoint: target.endpoint,
      headers: { authorization: `Bearer ${target.apiKey}`, accept: 'application/json' },
      metadata: { filename: basename(path) },
      uploadSize: size,
      chunkSize: target.partBytes ?? PART_BYTES,
      retryDelays: PAUSES_MS,
      storeFingerprintForResuming: false,
      onProgress: (bytes) => target.onProgress?.(bytes / size),
      onShouldRetry: (error, tried) =>
        (upload.url !== null || tried < FIRST_TRIES) && mayPass(error.originalResponse?.getStatus()),
      onSuccess: () => resolve(upload.url!.split('/').pop()!),
      onError: (error) => reject(asFailure(error as DetailedError, target)),
    });
    upload.start();
  });
  const hash = createHash('sha256');
  try {
    const [id] = await Promise.all([sent, pipeline(createReadStream(path), hash)]);
    return { id, digest: hash.digest('hex') };
  } finally {
    file.destroy();
  }
}

/** No answer at all, another request at the upload, an offset that has moved, or a server in trouble. */
const mayPass = (status: number | undefined): boolean =>
  status === undefined || status === 0 || [408, 409, 423, 429].includes(status) || status >= 500;

function asFailure(error: DetailedError, target: ResumableTarget): Error {
  const { originalResponse: answer, causingError } = error;
  if (answer) return target.refused(answer.getStatus(), answer.getBody() ?? '');
  return causingError ? target.unreachable(causingError) : error;
}

/** What to say where the server has other bytes than the file. */
export const fileChanged = (path: string): CommandFailed =>
  new CommandFailed({
    code: 'FILE_CHANGED',
    detail: `${path} was changed while it was sent: the server has other bytes than the file has now.`,
    remedy: 'Send it again when nothing writes to it.',
  });
