import { Injectable } from '@nestjs/common';
import { AssayConfig } from '../../platform/config/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { decodeCursor, type Page, type PageRequest, pageSize, toPage } from '../../platform/http/page.js';
import { Jobs, type JobView } from '../../platform/queue/index.js';
import { Uploads } from '../../platform/storage/index.js';
import { SourceReader } from '../sources/index.js';
import { planEdges, versionsNamed } from './columns/check-columns.js';
import type { PlannedEdge, StatedEdge } from './columns/column-edge.js';
import { readColumnLineage } from './columns/read-column-lineage.js';
import { checkedName } from './dataset-name.js';
import { DatasetReader } from './dataset-reader.js';
import type { DatasetVersionView } from './dataset-version.js';
import { planPush, type PushPlan, type PushRequest } from './push-plan.js';
import { selectVersions } from './version-rows.js';

export const INGEST = 'dataset.ingest';

export interface DatasetView {
  id: string;
  name: string;
  latestVersion: number;
  createdAt: Date;
}

interface DatasetRow {
  id: string;
  name: string;
  latest_version: number;
  created_at: Date;
}

@Injectable()
export class DatasetsService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly reader: DatasetReader,
    private readonly uploads: Uploads,
    private readonly sources: SourceReader,
    private readonly jobs: Jobs,
    private readonly config: AssayConfig,
  ) {}

  /** Ask for a version to be made of uploaded files, or of what references lead to. What can be wrong without reading them is refused at once. */
  push(name: string, request: PushRequest): Promise<JobView> {
    const planned = planPush(name, request, this.config);
    const stated = readColumnLineage(request.columnLineage ?? []);
    return this.units.run(async () => {
      const parentId = await this.parentOf(name, request.parent ?? null);
      const columnLineage = await this.resolveColumns(stated);
      await this.sources.latest(planned.sources);
      await this.uploads.claimAll(
        [...new Set(planned.splits.flatMap(({ uploadId }) => uploadId ?? []))],
        'datasetVersion',
      );
      const plan: PushPlan = { ...planned, columnLineage, parentId };
      return this.jobs.request(INGEST, plan, { kind: 'dataset', id: planned.dataset });
    });
  }

  /** Datasets by name. */
  async list(page: PageRequest): Promise<Page<DatasetView>> {
    const size = pageSize(page.first);
    const [after] = decodeCursor(page.after, 1) ?? [null];
    const rows = await this.units.read((tx) =>
      tx.query<DatasetRow>(
        `SELECT id, name, latest_version, created_at FROM dataset WHERE $1::text IS NULL OR lower(name) > $1 ORDER BY lower(name) LIMIT $2`,
        [after, size + 1],
      ),
    );
    return toPage(rows.map(toView), size, ({ name }) => [name.toLowerCase()]);
  }

  /** Throws DATASET_NOT_FOUND. */
  async get(name: string): Promise<DatasetView> {
    checkedName(name, 'dataset');
    const [row] = await this.units.read((tx) =>
      tx.query<DatasetRow>(
        'SELECT id, name, latest_version, created_at FROM dataset WHERE lower(name) = lower($1)',
        [name],
      ),
    );
    if (!row)
      throw new NotFoundError(
        'DATASET_NOT_FOUND',
        `There is no dataset ${JSON.stringify(name)} in this project.`,
      );
    return toView(row);
  }

  /** The latest version of each dataset. One statement. */
  async latestOf(datasetIds: readonly string[]): Promise<Map<string, DatasetVersionView>> {
    const versions = await this.units.read((tx) =>
      selectVersions(tx, 'WHERE d.id = ANY($1::uuid[]) AND v.version = d.latest_version', [datasetIds]),
    );
    return new Map(versions.map((version) => [version.datasetId, version]));
  }

  /** Versions of a dataset, newest first. */
  async versions(name: string, page: PageRequest): Promise<Page<DatasetVersionView>> {
    const { id } = await this.get(name);
    const size = pageSize(page.first);
    const [before] = decodeCursor(page.after, 1) ?? [null];
    const versions = await this.units.read((tx) =>
      selectVersions(
        tx,
        'WHERE v.dataset_id = $1 AND ($2::integer IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3',
        [id, before, size + 1],
      ),
    );
    return toPage(versions, size, ({ version }) => [version]);
  }

  /** Throws what `DatasetReader.byRef` throws, COLUMN_LINEAGE_INVALID, DATASET_COLUMN_UNKNOWN. */
  private async resolveColumns(edges: readonly StatedEdge[]): Promise<PlannedEdge[]> {
    const versions = new Map<string, DatasetVersionView>();
    for (const ref of versionsNamed(edges)) versions.set(ref, await this.reader.byRef(ref));
    return planEdges(edges, versions);
  }

  private async parentOf(name: string, parent: string | null): Promise<string | null> {
    if (parent === null) return null;
    // A bare number means a version of the dataset that is pushed to.
    const ref = /^[0-9]+$/.test(parent) ? `${name}@${parent}` : parent;
    return (await this.reader.byRef(ref)).id;
  }
}

const toView = (row: DatasetRow): DatasetView => ({
  id: row.id,
  name: row.name,
  latestVersion: row.latest_version,
  createdAt: row.created_at,
});
