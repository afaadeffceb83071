import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isJobProcess } from '../queue/process-role.js';
import { BlobStore } from './blob-store.js';

const EVERY_MS = 3_600_000;
/** Longer than any upload, and than any job between storing its blobs and referring to them. */
const GRACE_MS = 24 * 3_600_000;

/** Removes blobs that no row of any project refers to, and staged bytes whose upload died. */
@Injectable()
export class BlobSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(BlobSweeper.name);
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly blobs: BlobStore,
    private readonly database: DataSource,
  ) {}

  onApplicationBootstrap(): void {
    if (isJobProcess()) return;
    const sweep = () => {
      this.sweep(GRACE_MS).catch((error: unknown) =>
        this.logger.error({ msg: 'sweeping blobs failed', err: error }),
      );
    };
    this.timer = setInterval(sweep, EVERY_MS).unref();
    this.blobs
      .sweepStaging(new Date(Date.now() - GRACE_MS))
      .catch((error: unknown) => this.logger.error({ msg: 'sweeping staged files failed', err: error }));
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Remove what has been unused for `graceMs`. Any number of processes may sweep at once. */
  async sweep(graceMs: number): Promise<{ blobs: number; bytes: number; staged: number }> {
    const before = new Date(Date.now() - graceMs);
    const swept = { blobs: 0, bytes: 0, staged: await this.blobs.sweepStaging(before) };
    for await (const { digest, size, storedAt } of this.blobs.list()) {
      if (storedAt >= before || (await this.isInUse(digest))) continue;
      const removed = await this.blobs
        .removeIfUnused(digest, before, () => this.isInUse(digest))
        .catch((error: unknown) => this.logger.warn({ msg: 'a blob was not swept', err: error, digest }));
      if (!removed) continue;
      swept.blobs += 1;
      swept.bytes += size;
    }
    if (swept.blobs + swept.staged > 0) this.logger.log({ msg: 'blobs swept', ...swept });
    return swept;
  }

  private async isInUse(digest: string): Promise<boolean> {
    // Across all projects, so it is a function of the owner that answers nothing but this.
    const [row] = await this.database.query<{ used: boolean }[]>('SELECT blob_in_use($1) AS used', [digest]);
    return row?.used ?? true;
  }
}
