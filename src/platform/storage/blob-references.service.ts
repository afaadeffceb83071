import { Injectable } from '@nestjs/common';
import { currentContext } from '../context/index.js';
import { UnitOfWork } from '../database/index.js';
import { checkedDigest } from './blob-store.js';

export interface BlobOwner {
  kind: string;
  id: string;
}

/** Who needs which blob. What nobody needs is swept. */
@Injectable()
export class BlobReferences {
  constructor(private readonly units: UnitOfWork) {}

  /** Keep `digest` (of `size` bytes) for as long as `owner` exists. Inside UnitOfWork.run; saying it twice is saying it once. */
  async add(digest: string, size: number, owner: BlobOwner): Promise<void> {
    await this.units.current().execute(
      `INSERT INTO blob_reference (project_id, digest, size, owner_kind, owner_id)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [currentContext().projectId, checkedDigest(digest), size, owner.kind, owner.id],
    );
  }
}
