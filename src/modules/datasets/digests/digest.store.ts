import { Injectable } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { DATASET_VERSION } from '../dataset.records.js';
import type { DatasetDigest } from './dataset-digest.js';

/** Keeps what others call a version. Digests are only ever added. */
@Injectable()
export class DigestStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly records: Records,
  ) {}

  /** Those that were not known. Inside the unit of work that stores the version, before it is attested. Throws RECORD_ALTERED. */
  async attach(
    version: { id: string; isNew: boolean },
    digests: readonly DatasetDigest[],
  ): Promise<DatasetDigest[]> {
    const tx = this.units.current();
    const known = await tx.query<{
      system: string;
      namespace: string;
      name: string;
      split: string;
      digest: string;
    }>('SELECT system, namespace, name, split, digest FROM dataset_digest WHERE dataset_version_id = $1', [
      version.id,
    ]);
    const missing = new Map(digests.map((digest) => [keyOf(digest), digest]));
    for (const row of known) missing.delete(keyOf(row));
    if (missing.size === 0) return [];
    // What is about to be attested anew has to be what was attested before.
    if (!version.isNew) await this.records.require([{ kind: DATASET_VERSION, id: version.id }]);
    const rows = [...missing.values()];
    await tx.execute(
      `INSERT INTO dataset_digest (dataset_version_id, system, namespace, name, split, digest, origin, created_by)
       SELECT $1, r.system, coalesce(r.namespace, ''), coalesce(r.name, ''), coalesce(r.split, ''), r.digest, r.origin, $3
       FROM jsonb_to_recordset($2::jsonb) AS r(system text, namespace text, name text, split text, digest text, origin text)`,
      [version.id, JSON.stringify(rows), currentContext().actor.id],
    );
    return rows;
  }
}

const keyOf = (
  row: Record<'namespace' | 'name' | 'split', string | null> & { system: string; digest: string },
) => JSON.stringify([row.system, row.namespace ?? '', row.name ?? '', row.split ?? '', row.digest]);
