import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../database/index.js';
import { EventSubscriptions } from '../queue/event-subscriptions.js';
import { Outbox } from '../queue/outbox.js';
import { BlobStore } from './blob-store.js';

const USED_UP = 'upload.used_up';

interface UsedUpUpload {
  digest: string;
  /** When the upload came to be. What was stored after that is another's. */
  storedBefore: string;
}

/** Ends uploads whose files must not be kept, and removes the files. */
@Injectable()
export class UsedUploads implements OnModuleInit {
  constructor(
    private readonly subscriptions: EventSubscriptions,
    private readonly outbox: Outbox,
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
  ) {}

  onModuleInit(): void {
    this.subscriptions.on(USED_UP, 'storage.used-uploads', (upload: UsedUpUpload) => this.remove(upload));
  }

  /**
   * Say that nothing may use an upload any more, as `purpose` has taken what it needs. Its file goes at once after this unit has
   * committed, unless something else refers to the same bytes. Inside UnitOfWork.run.
   */
  async useUp(uploadId: string, purpose: string): Promise<void> {
    const [row] = await this.units.current().query<{ digest: string; created_at: Date }>(
      `UPDATE upload SET expires_at = now(), used_up_for = $2
       WHERE id = $1 AND used_up_for IS NULL RETURNING digest, created_at`,
      [uploadId, purpose],
    );
    if (!row) return;
    // Files and rows are dated to the millisecond here, and the file came first.
    const storedBefore = new Date(row.created_at.getTime() + 1).toISOString();
    await this.outbox.publish(USED_UP, { digest: row.digest, storedBefore } satisfies UsedUpUpload);
  }

  /** Have files removed at once after this unit has committed, each unless something else refers to it. Inside UnitOfWork.run. */
  async discard(digests: readonly string[]): Promise<void> {
    const storedBefore = new Date(Date.now() + 1).toISOString();
    for (const digest of new Set(digests))
      await this.outbox.publish(USED_UP, { digest, storedBefore } satisfies UsedUpUpload);
  }

  /** At least once: a file that is gone is what is wanted. */
  private async remove({ digest, storedBefore }: UsedUpUpload): Promise<void> {
    // An attempt before this one may have died with the file set aside, where it is neither there nor gone.
    await this.blobs.restore(digest);
    if ((await this.isInUse(digest)) || !(await this.blobs.exists(digest))) return;
    await this.blobs.removeIfUnused(digest, new Date(storedBefore), () => this.isInUse(digest));
  }

  /** Across all projects. */
  private async isInUse(digest: string): Promise<boolean> {
    const [row] = await this.units.read((tx) =>
      tx.query<{ used: boolean }>('SELECT blob_in_use($1) AS used', [digest]),
    );
    return row?.used ?? true;
  }
}
