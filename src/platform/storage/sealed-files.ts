import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BlobFacts, BlobStore } from './blob-store.js';
import { HEADER_BYTES, isSealed } from './sealed-format.js';
import { openBytes, opening, sealBytes, sealing } from './sealed-stream.js';

/**
 * Blobs that only this installation can read, each under a key of its project: what they hold is in clear in the private scratch
 * folder of a job and nowhere else. A blob's digest is that of its sealed bytes, which differ each time: it tells nothing of what is in.
 */
export class SealedFiles {
  constructor(
    private readonly blobs: BlobStore,
    /** The sealing key of the current project. */
    private readonly key: () => Uint8Array,
  ) {}

  /** Store a sealed copy of a local file. */
  async putFile(path: string): Promise<BlobFacts> {
    const source = createReadStream(path);
    const sealed = sealing(this.key());
    source.on('error', (error) => sealed.destroy(error));
    const staged = await this.blobs.stage(source.pipe(sealed), { maxBytes: Number.POSITIVE_INFINITY });
    await staged.commit();
    return { digest: staged.digest, size: staged.size };
  }

  /**
   * The path of a readable copy of a blob in `folder`, which has to be the caller's alone and go with its work. A blob of before
   * labels were sealed on disk is answered as it stands. Throws BLOB_NOT_FOUND, BLOB_CORRUPT, SEALED_FILE_DAMAGED.
   */
  async openedIn(folder: string, digest: string): Promise<string> {
    const stored = await this.blobs.localPath(digest);
    if (!isSealed(await startOf(stored))) return stored;
    const path = join(folder, `opened-${randomUUID()}`);
    await pipeline(
      createReadStream(stored),
      opening(this.key()),
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    );
    return path;
  }

  /** A small value, for a column of the database. */
  sealValue(value: unknown): Buffer {
    return sealBytes(this.key(), Buffer.from(JSON.stringify(value)));
  }

  /** Throws SEALED_FILE_DAMAGED. */
  openValue(sealed: Buffer): unknown {
    return JSON.parse(openBytes(this.key(), sealed).toString('utf8'));
  }
}

async function startOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
