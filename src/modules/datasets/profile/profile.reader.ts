import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { describeColumn, type StoredProfile } from '../../../domain/drift/index.js';
import { Records } from '../../../platform/audit/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { NotFoundError } from '../../../platform/errors/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { DATASET_PROFILE } from '../dataset.records.js';
import { DatasetReader, splitNotFound } from '../dataset-reader.js';
import type { ProfileView } from './profile.view.js';

type ProfileRow = Omit<ProfileView, 'columns'>;

/** Profiles of splits: as numbers to look at, or as the sketches they are made of. */
@Injectable()
export class ProfileReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly records: Records,
    private readonly blobs: BlobStore,
  ) {}

  /** Throws DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND, PROFILE_NOT_FOUND. */
  async show(ref: string, split: string): Promise<ProfileView> {
    const version = await this.datasets.byRef(ref);
    if (!version.splits.some(({ name }) => name === split)) throw splitNotFound(version, split);
    const row = await this.row(version.id, split);
    if (!row) throw profileNotFound(`${version.dataset}@${version.version}`, split);
    const { columns } = await this.sketches(row.digest);
    return { ...row, columns: columns.map(describeColumn) };
  }

  /** What drift compares, as the audit log recorded it. Throws PROFILE_NOT_FOUND, RECORD_ALTERED. */
  async stored(datasetVersionId: string, split: string, ref: string): Promise<StoredProfile> {
    const row = await this.row(datasetVersionId, split);
    if (!row) throw profileNotFound(ref, split);
    await this.records.require([{ kind: DATASET_PROFILE, id: row.id }]);
    return this.sketches(row.digest);
  }

  async exists(datasetVersionId: string, split: string): Promise<boolean> {
    return (await this.row(datasetVersionId, split)) !== undefined;
  }

  private async row(datasetVersionId: string, split: string): Promise<ProfileRow | undefined> {
    const [row] = await this.units.read((tx) =>
      tx.query<ProfileRow>(
        `SELECT id, dataset_version_id AS "datasetVersionId", split, rows::float8 AS rows, profile_blob AS digest,
           created_at AS "createdAt", created_by AS "createdBy"
         FROM dataset_profile WHERE dataset_version_id = $1 AND split = $2 AND profile_blob IS NOT NULL`,
        [datasetVersionId, split],
      ),
    );
    return row;
  }

  /** Throws BLOB_NOT_FOUND or BLOB_CORRUPT where they are not what was stored. */
  private async sketches(digest: string): Promise<StoredProfile> {
    return JSON.parse(await readFile(await this.blobs.localPath(digest), 'utf8')) as StoredProfile;
  }
}

export const profileNotFound = (ref: string, split: string) =>
  new NotFoundError('PROFILE_NOT_FOUND', `Nobody profiled split ${split} of ${ref} yet.`, {
    remedy: 'Ask for it: `assay dataset profile NAME@VERSION:SPLIT`, or POST to the same address.',
  });
