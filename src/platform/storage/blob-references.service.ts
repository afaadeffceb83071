import { Injectable } from '@nestjs/common';
import { currentContext } from '../context/index.js';
import { UnitOfWork } from '../database/index.js';
import { type BlobFacts, checkedDigest } from './blob-store.js';

export interface BlobOwner {
  kind: string;
  id: string;
}

export interface ReleasedBlobs {
  kind: string;
  ids: readonly string[];
  digests?: readonly string[];
}

/** Who needs which blob. What nobody needs is swept. */
@Injectable()
export class BlobReferences {
  constructor(private readonly units: UnitOfWork) {}

  /** Keep `digest` (of `size` bytes) for as long as `owner` exists. Inside UnitOfWork.run; saying it twice is saying it once. */
  async add(digest: string, size: number, owner: BlobOwner): Promise<void> {
    await this.addAll([{ digest, size }], owner);
  }

  /** As `add`, of many. */
  async addAll(blobs: readonly BlobFacts[], owner: BlobOwner): Promise<void> {
    await this.units.current().execute(
      `INSERT INTO blob_reference (project_id, digest, size, owner_kind, owner_id)
       SELECT $1, digest, size, $4, $5 FROM unnest($2::text[], $3::bigint[]) AS b(digest, size) ON CONFLICT DO NOTHING`,
      [
        currentContext().projectId,
        blobs.map(({ digest }) => checkedDigest(digest)),
        blobs.map(({ size }) => size),
        owner.kind,
        owner.id,
      ],
    );
  }

  /** Owners need files no more: those of `digests`, or all that they have. Inside UnitOfWork.run. */
  async release({ kind, ids, digests }: ReleasedBlobs): Promise<void> {
    await this.units
      .current()
      .execute('SELECT release_blobs($1, $2::text[], $3::text[])', [kind, ids, digests ?? null]);
  }
}
