import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { parseModelReference } from './model-reference.js';
import { MODEL_VERSION_COLUMNS, type ModelVersionView } from './model-version.view.js';
import { modelNotFound, modelVersionNotFound } from './registry.errors.js';

export interface ModelView {
  id: string;
  name: string;
  /** The number of its newest version. */
  latestVersion: number;
  createdAt: Date;
  /** Actor id. */
  createdBy: string;
}

type Owned = ModelVersionView & { owner: string };

const MODEL_COLUMNS = `id, name, last_version AS "latestVersion", created_at AS "createdAt", created_by AS "createdBy"`;
const VERSIONS = `SELECT ${MODEL_VERSION_COLUMNS} FROM model_version v JOIN model m ON m.id = v.model_id`;

/** Models and their versions as others read them. Every method is one statement, however much it answers with. */
@Injectable()
export class ModelReader {
  constructor(private readonly units: UnitOfWork) {}

  /** By NAME@VERSION or id. Throws MODEL_REFERENCE_INVALID, MODEL_VERSION_NOT_FOUND. */
  async byRef(ref: string): Promise<ModelVersionView> {
    const parsed = parseModelReference(ref);
    const [version] = await this.units.read((tx) =>
      'id' in parsed
        ? tx.query<ModelVersionView>(`${VERSIONS} WHERE v.id = $1`, [parsed.id])
        : tx.query<ModelVersionView>(`${VERSIONS} WHERE lower(m.name) = lower($1) AND v.version = $2`, [
            parsed.name,
            parsed.version,
          ]),
    );
    if (!version) throw modelVersionNotFound(ref);
    return version;
  }

  /** Unknown ids are absent from the answer. */
  byIds(ids: readonly string[]): Promise<Map<string, ModelVersionView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<ModelVersionView>(`${VERSIONS} WHERE v.id = ANY($1::uuid[])`, [ids]);
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** Throws MODEL_NOT_FOUND. */
  async model(name: string): Promise<ModelView> {
    const [model] = await this.units.read((tx) =>
      tx.query<ModelView>(`SELECT ${MODEL_COLUMNS} FROM model WHERE lower(name) = lower($1)`, [name]),
    );
    if (!model) throw modelNotFound(name);
    return model;
  }

  /** Unknown ids are absent from the answer. */
  modelsByIds(ids: readonly string[]): Promise<Map<string, ModelView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<ModelView>(
        `SELECT ${MODEL_COLUMNS} FROM model WHERE id = ANY($1::uuid[])`,
        [ids],
      );
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** Models of the project, newest first. */
  models(page: PageRequest): Promise<Page<ModelView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<ModelView>(
        `SELECT ${MODEL_COLUMNS} FROM model WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
        [after?.[0] ?? null, size + 1],
      );
      return toPage(rows, size, (row) => [row.id]);
    });
  }

  /** One page of versions, newest first, for each model. */
  versionsOf(modelIds: readonly string[], page: PageRequest): Promise<Map<string, Page<ModelVersionView>>> {
    return this.pages(modelIds, page, 'version', 'SELECT * FROM model_version WHERE model_id = owner.id');
  }

  /** One page of the model versions that each run produced, newest first. */
  ofRuns(runIds: readonly string[], page: PageRequest): Promise<Map<string, Page<ModelVersionView>>> {
    return this.pages(runIds, page, 'id', 'SELECT * FROM model_version WHERE run_id = owner.id');
  }

  /** One page of the model versions that came from each dataset version, newest first. */
  ofDatasetVersions(
    datasetVersionIds: readonly string[],
    page: PageRequest,
  ): Promise<Map<string, Page<ModelVersionView>>> {
    return this.pages(
      datasetVersionIds,
      page,
      'id',
      `SELECT * FROM model_version
       WHERE id IN (SELECT model_version_id FROM model_version_dataset WHERE dataset_version_id = owner.id)`,
    );
  }

  private pages(
    owners: readonly string[],
    page: PageRequest,
    order: 'id' | 'version',
    ofOwner: string,
  ): Promise<Map<string, Page<ModelVersionView>>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    const type = order === 'id' ? 'uuid' : 'integer';
    return this.units.read(async (tx) => {
      const rows = await tx.query<Owned>(
        `SELECT owner.id AS owner, ${MODEL_VERSION_COLUMNS}
         FROM unnest($1::uuid[]) AS owner(id)
         CROSS JOIN LATERAL (
           ${ofOwner} AND ($2::${type} IS NULL OR ${order} < $2::${type}) ORDER BY ${order} DESC LIMIT $3
         ) v
         JOIN model m ON m.id = v.model_id ORDER BY v.${order} DESC`,
        [owners, after?.[0] ?? null, size + 1],
      );
      const byOwner = new Map<string, ModelVersionView[]>(owners.map((id) => [id, []]));
      for (const { owner, ...version } of rows) byOwner.get(owner)?.push(version);
      return new Map(
        [...byOwner].map(([id, versions]) => [id, toPage(versions, size, (version) => [version[order]])]),
      );
    });
  }
}
