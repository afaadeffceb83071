import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { ConflictError, NotFoundError } from '../../../platform/errors/index.js';
import { DatasetReader } from '../dataset-reader.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { type DigestReference, parseDigestReference } from './digest-reference.js';

/** More candidates are not worth telling apart. */
const MAX_CANDIDATES = 20;

/** Finds versions by what other tools call them. */
@Injectable()
export class DigestReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly reader: DatasetReader,
  ) {}

  /**
   * As `DatasetReader.byRef`, and by a digest. Never where a gate decides on what is found: anybody who contributes may state digests.
   * Throws DATASET_DIGEST_UNKNOWN, DATASET_DIGEST_AMBIGUOUS.
   */
  async byRef(ref: string): Promise<DatasetVersionView> {
    const wanted = parseDigestReference(ref);
    if (wanted === null) return this.reader.byRef(ref);
    const ids = await this.candidates(wanted);
    const [id, ...others] = ids;
    if (id === undefined)
      throw new NotFoundError(
        'DATASET_DIGEST_UNKNOWN',
        `No dataset version of this project is known as ${JSON.stringify(ref.slice(0, 400))}.`,
        { remedy: 'Push the file again with this digest under "digests", or name the version.' },
      );
    if (others.length > 0) {
      const versions = [...(await this.reader.byIds(ids)).values()];
      const candidates = versions.map(({ dataset, version }) => `${dataset}@${version}`).sort();
      throw new ConflictError(
        'DATASET_DIGEST_AMBIGUOUS',
        `${JSON.stringify(ref.slice(0, 400))} may be any of ${candidates.join(', ')}`,
        { remedy: 'Name the version itself.', candidates },
      );
    }
    return this.reader.byRef(id);
  }

  /** By digests that are kept, or as Assay's own content id. MLflow's name tells candidates apart where they are called otherwise. */
  private async candidates({ system, namespace, name, digest }: DigestReference): Promise<string[]> {
    const rows = await this.units.read((tx) =>
      tx.query<{ id: string; dataset: string }>(
        `SELECT v.id, d.name AS dataset FROM dataset_digest g
         JOIN dataset_version v ON v.id = g.dataset_version_id JOIN dataset d ON d.id = v.dataset_id
         WHERE g.project_id = current_setting('app.project')::uuid AND g.system = $1 AND g.digest = $4 AND g.namespace = coalesce($2, '')
           AND ($3::text IS NULL OR g.name IN ('', $3))
         UNION
         SELECT v.id, d.name FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id
         WHERE v.project_id = current_setting('app.project')::uuid AND length($4) >= 36 AND left(v.content_id, 36) = left($4, 36)
           AND ($1 = 'mlflow' OR v.content_id = $4) LIMIT ${MAX_CANDIDATES}`,
        [system, namespace, name, digest],
      ),
    );
    const named = rows.filter(({ dataset }) => dataset.toLowerCase() === name?.toLowerCase());
    const chosen = named.length > 0 ? named : rows;
    return [...new Set(chosen.map(({ id }) => id))];
  }
}
