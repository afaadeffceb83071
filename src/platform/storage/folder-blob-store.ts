import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat, link, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline, Readable, Transform } from 'node:stream';
import { pipeline as pipelineDone } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { AssayConfig } from '../config/index.js';
import { passingFolders } from '../files/process-files.js';
import { type BlobFacts, BlobStore, checkedDigest, type StagedBlob, type StoredBlob } from './blob-store.js';
import { corrupt, diskError, notFound } from './disk-errors.js';
import { receive } from './receive.js';

/** A blob out of the way of a sweeper that is about to remove it. */
const REMOVED = /^removed-([0-9a-f]{64})$/;
/** Its last look takes milliseconds. */
const SWEEPER_DIED_MS = 60_000;

/** Blobs in a folder: `home`/blobs/ab/cd/<digest>, staged in `home`/staging on the same file system. */
@Injectable()
export class FolderBlobStore extends BlobStore {
  private readonly blobs: string;
  private readonly staging: string;
  /** Files that were checked in this process, by digest: inode, size and times of the checked state. */
  private readonly checked = new Map<string, string>();

  constructor(config: AssayConfig) {
    super();
    this.blobs = resolve(config.home, 'blobs');
    this.staging = passingFolders(config.home).staging;
  }

  async stage(source: Readable, limit: { maxBytes: number }): Promise<StagedBlob> {
    const { path, digest, size } = await receive(source, this.staging, limit.maxBytes);
    return {
      digest,
      size,
      commit: () => this.commit(path, digest),
      discard: () => rm(path, { force: true }),
    };
  }

  async putFile(path: string): Promise<BlobFacts> {
    const staged = await this.stage(createReadStream(path), { maxBytes: Number.POSITIVE_INFINITY });
    await staged.commit();
    return { digest: staged.digest, size: staged.size };
  }

  async adopt(path: string, digest: string): Promise<void> {
    const now = new Date();
    try {
      // It counts as stored now, however long ago its last byte came.
      await utimes(path, now, now);
      await this.name(path, digest);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw diskError(error);
    }
  }

  async putBytes(bytes: Uint8Array): Promise<BlobFacts> {
    const staged = await this.stage(Readable.from([bytes]), { maxBytes: Number.POSITIVE_INFINITY });
    await staged.commit();
    return { digest: staged.digest, size: staged.size };
  }

  read(digest: string): Readable {
    const hash = createHash('sha256');
    const check = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
      flush(done) {
        const found = hash.digest('hex');
        done(found === digest ? null : corrupt(digest, found));
      },
    });
    const file = createReadStream(this.pathOf(digest));
    file.on('error', (error) => check.destroy(missing(error, digest) as Error));
    return pipeline(file, check, () => undefined);
  }

  async localPath(digest: string): Promise<string> {
    const path = this.pathOf(digest);
    const state = await this.stateOf(digest);
    if (this.checked.get(digest) !== state) {
      const hash = createHash('sha256');
      await pipelineDone(createReadStream(path), hash);
      const found = hash.digest('hex');
      if (found !== digest) throw corrupt(digest, found);
      this.checked.set(digest, state);
    }
    return path;
  }

  async exists(digest: string): Promise<boolean> {
    return stat(this.pathOf(digest)).then(
      () => true,
      () => false,
    );
  }

  async *list(): AsyncIterable<StoredBlob> {
    await mkdir(this.blobs, { recursive: true, mode: 0o700 });
    for await (const entry of await opendir(this.blobs, { recursive: true })) {
      if (!entry.isFile()) continue;
      // Gone between the listing and here: another sweeper was faster.
      const facts = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
      if (facts) yield { digest: entry.name, size: facts.size, storedAt: facts.mtime };
    }
  }

  async removeIfUnused(digest: string, before: Date, isWanted: () => Promise<boolean>): Promise<boolean> {
    const path = this.pathOf(digest);
    const aside = join(this.staging, `removed-${digest}`);
    await mkdir(this.staging, { recursive: true, mode: 0o700 });
    // Out of the way first, then the last look: whoever stores it again meanwhile makes a new file of the same name.
    await rename(path, aside);
    let again = true;
    try {
      again = (await stat(aside)).mtime >= before || (await isWanted());
    } finally {
      // Where nobody can say, it stays.
      if (again) await this.putBack(aside, digest);
      else await rm(aside, { force: true });
    }
    return !again;
  }

  async restore(digest: string): Promise<void> {
    await this.putBack(join(this.staging, `removed-${checkedDigest(digest)}`), digest);
  }

  async sweepStaging(before: Date, diedForMs = SWEEPER_DIED_MS): Promise<number> {
    await mkdir(this.staging, { recursive: true, mode: 0o700 });
    let swept = 0;
    for await (const entry of await opendir(this.staging)) {
      const path = join(this.staging, entry.name);
      const facts = await stat(path).catch(() => undefined);
      if (!facts || facts.mtime >= before) continue;
      const digest = REMOVED.exec(entry.name)?.[1];
      if (digest !== undefined) {
        // Set aside by a sweeper that died before its last look: back to where it was, to be looked at anew.
        if (Date.now() - facts.ctimeMs > diedForMs) await this.putBack(path, digest);
        continue;
      }
      await rm(path, { force: true });
      swept += 1;
    }
    return swept;
  }

  private async commit(path: string, digest: string): Promise<void> {
    try {
      await this.name(path, digest);
    } catch (error) {
      await rm(path, { force: true });
      throw diskError(error);
    }
  }

  private async name(path: string, digest: string): Promise<void> {
    const target = this.pathOf(digest);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    // Over an equal file too: the new one's age counts, so a sweeper that saw the old one lets it be.
    await rename(path, target);
    await syncFolder(dirname(target));
  }

  private async putBack(aside: string, digest: string): Promise<void> {
    const path = this.pathOf(digest);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      // A file that stands there already has the same bytes; one that is not set aside was put back by somebody else.
      if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
    });
    await rm(aside, { force: true });
  }

  private async stateOf(digest: string): Promise<string> {
    try {
      // Whoever changes a file can put its mtime back, but not its ctime.
      const { ino, size, mtimeNs, ctimeNs } = await stat(this.pathOf(digest), { bigint: true });
      return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
    } catch (error) {
      throw missing(error, digest);
    }
  }

  private pathOf(digest: string): string {
    checkedDigest(digest);
    return join(this.blobs, digest.slice(0, 2), digest.slice(2, 4), digest);
  }
}

function missing(error: unknown, digest: string): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? notFound(digest) : error;
}

/** A rename is durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
