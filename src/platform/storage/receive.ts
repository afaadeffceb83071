import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { TooLargeError } from '../errors/index.js';
import { processPrefix } from '../files/process-files.js';
import type { BlobFacts } from './blob-store.js';
import { diskError } from './disk-errors.js';

/**
 * Write a stream to a new file in `folder`, hashing on the way, and flush it to disk. When anything fails the file is
 * gone and the stream is closed. Throws UPLOAD_TOO_LARGE, STORAGE_FULL, or what the stream threw.
 */
export async function receive(
  source: Readable,
  folder: string,
  maxBytes: number,
): Promise<BlobFacts & { path: string }> {
  // A stream may fail before the loop below listens to it; the loop is told all the same.
  source.on('error', () => undefined);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, processPrefix() + randomUUID());
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx', 0o600);
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    await file.sync();
    await file.close();
    return { path, digest: hash.digest('hex'), size };
  } catch (error) {
    source.destroy();
    await file?.close().catch(() => undefined);
    await rm(path, { force: true });
    throw diskError(error);
  }
}

export const tooLarge = (maxBytes: number) =>
  new TooLargeError('UPLOAD_TOO_LARGE', `the file has more than ${maxBytes} bytes, the most that is taken`, {
    remedy: 'send less, or raise ASSAY_MAX_UPLOAD_BYTES',
  });

/** Where the file stands, or at `position`. */
export async function writeAll(
  file: FileHandle,
  chunk: Buffer,
  position: number | null = null,
): Promise<void> {
  for (let offset = 0; offset < chunk.length;) {
    const at = position === null ? null : position + offset;
    offset += (await file.write(chunk, offset, chunk.length - offset, at)).bytesWritten;
  }
}
