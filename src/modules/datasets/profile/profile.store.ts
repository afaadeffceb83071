import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../../domain/canonical/index.js';
import type { StoredProfile } from '../../../domain/drift/index.js';
import { AuditLog } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, UnitOfWork } from '../../../platform/database/index.js';
import { type BlobFacts, BlobReferences, BlobStore } from '../../../platform/storage/index.js';
import { DATASET_PROFILE } from '../dataset.records.js';

/** What the job answers. */
export interface ProfileResult {
  datasetProfileId: string;
  datasetVersionId: string;
  split: string;
  rows: number;
}

/** Sketches of as many columns as a version may have. */
const MAX_BYTES = 2 ** 30;

/** Keeps profiles: once each, as a blob and a row. */
@Injectable()
export class ProfileStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
    private readonly references: BlobReferences,
    private readonly audit: AuditLog,
  ) {}

  /** Its sketches, before the unit of work. */
  async keep(profile: StoredProfile): Promise<BlobFacts> {
    const staged = await this.blobs.stage(Readable.from([Buffer.from(canonicalJson(profile))]), {
      maxBytes: MAX_BYTES,
    });
    await staged.commit();
    return { digest: staged.digest, size: staged.size };
  }

  /** Inside the unit of work that ends the job. Where somebody was faster, theirs is the answer. */
  async store(
    datasetVersionId: string,
    split: string,
    rows: number,
    blob: BlobFacts,
  ): Promise<ProfileResult> {
    const { projectId, actor } = currentContext();
    const tx = this.units.current();
    const [inserted] = await tx.query<{ id: string }>(
      `INSERT INTO dataset_profile (id, project_id, dataset_version_id, split, rows, profile_blob, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (dataset_version_id, split) DO NOTHING RETURNING id`,
      [newId(), projectId, datasetVersionId, split, rows, blob.digest, actor.name],
    );
    if (inserted) {
      const { id } = inserted;
      await this.references.add(blob.digest, blob.size, { kind: 'datasetProfile', id });
      await this.audit.record({
        action: 'dataset.profiled',
        subject: { kind: 'datasetProfile', id },
        body: { datasetVersionId, split, rows, profileBlob: blob.digest },
        records: [{ kind: DATASET_PROFILE, id }],
      });
    }
    const [row] = await tx.query<{ id: string }>(
      'SELECT id FROM dataset_profile WHERE dataset_version_id = $1 AND split = $2',
      [datasetVersionId, split],
    );
    return { datasetProfileId: row!.id, datasetVersionId, split, rows };
  }
}
