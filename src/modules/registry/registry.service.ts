import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork, type Transaction } from '../../platform/database/index.js';
import { BlobReferences, Uploads } from '../../platform/storage/index.js';
import { DatasetReader } from '../datasets/index.js';
import { RunReader } from '../experiments/index.js';
import { LineageService, type NodeRef } from '../lineage/index.js';
import { MODEL_NAME, MODEL_NAME_RULE } from './model-reference.js';
import type { ModelVersionView } from './model-version.view.js';
import { ModelReader } from './model.reader.js';
import { modelNameInvalid } from './registry.errors.js';
import { MODEL, MODEL_VERSION } from './registry.records.js';

export interface NewModelVersion {
  model: string;
  /** The uploaded artifact. */
  artifactUploadId: string;
  /** The run that produced it. */
  runId?: string;
  /** The data it came from, NAME@VERSION or ids, beside the inputs of its run. */
  datasetVersions?: string[];
  /** NAME@VERSION or id of the model version it was derived from. */
  parent?: string;
  description?: string;
  tags?: Record<string, string>;
}

/** Where a dataset version of a model version is known from. */
type Origin = 'named' | 'run';

interface NextVersion {
  modelId: string;
  /** As its first version wrote it. */
  name: string;
  version: number;
}

@Injectable()
export class RegistryService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly audit: AuditLog,
    private readonly lineage: LineageService,
    private readonly uploads: Uploads,
    private readonly blobs: BlobReferences,
    private readonly datasets: DatasetReader,
    private readonly runs: RunReader,
    private readonly models: ModelReader,
  ) {}

  /**
   * Register the next version of a model; the first one creates the model. Throws MODEL_NAME_INVALID and what its parts
   * throw: UPLOAD_NOT_FOUND, RUN_NOT_FOUND, MODEL_VERSION_NOT_FOUND, dataset errors.
   */
  register(request: NewModelVersion): Promise<ModelVersionView> {
    if (!MODEL_NAME.test(request.model)) throw modelNameInvalid(request.model, MODEL_NAME_RULE);
    return this.units.run(async (tx) => {
      const artifact = await this.uploads.claim(request.artifactUploadId, 'modelVersion');
      const run = request.runId === undefined ? undefined : await this.runs.byId(request.runId);
      const parent = request.parent === undefined ? undefined : await this.models.byRef(request.parent);
      const data = new Map<string, Origin>(
        run?.datasetVersionIds.map((input) => [input.datasetVersionId, 'run']),
      );
      for (const ref of request.datasetVersions ?? []) data.set((await this.datasets.byRef(ref)).id, 'named');

      const id = newId();
      const { modelId, name, version } = await this.nextVersion(tx, request.model);
      await tx.execute(
        `INSERT INTO model_version (id, model_id, version, artifact_digest, artifact_size, artifact_filename, run_id,
           parent_id, description, tags, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          id,
          modelId,
          version,
          artifact.digest,
          artifact.size,
          artifact.filename,
          run?.id ?? null,
          parent?.id ?? null,
          request.description ?? '',
          JSON.stringify(request.tags ?? {}),
          currentContext().actor.id,
        ],
      );
      await tx.execute(
        `INSERT INTO model_version_dataset (model_version_id, dataset_version_id, origin)
         SELECT $1, * FROM unnest($2::uuid[], $3::text[])`,
        [id, [...data.keys()], [...data.values()]],
      );
      await this.blobs.add(artifact.digest, artifact.size, { kind: 'modelVersion', id });
      await this.drawLineage({ id, label: `${name}@${version}` }, run?.id, parent?.id, data);
      const stored = await this.models.byRef(id);
      await this.audit.record({
        action: 'model.version.registered',
        subject: { kind: 'modelVersion', id },
        body: { ...stored, createdAt: stored.createdAt.toISOString() },
        records: [
          { kind: MODEL, id: modelId },
          { kind: MODEL_VERSION, id },
        ],
      });
      return stored;
    });
  }

  /** The model's row stays locked until the transaction ends, so numbers have no gaps and no twins. */
  private async nextVersion(tx: Transaction, model: string): Promise<NextVersion> {
    const [next] = await tx.query<NextVersion>(
      `INSERT INTO model (id, name, last_version, created_by) VALUES ($1, $2, 1, $3)
       ON CONFLICT (project_id, lower(name)) DO UPDATE SET last_version = model.last_version + 1
       RETURNING id AS "modelId", name, last_version AS version`,
      [newId(), model, currentContext().actor.id],
    );
    if (!next) throw new Error(`the model ${model} was neither created nor found`);
    return next;
  }

  private async drawLineage(
    node: { id: string; label: string },
    runId: string | undefined,
    parentId: string | undefined,
    data: ReadonlyMap<string, Origin>,
  ): Promise<void> {
    const to: NodeRef = { kind: 'modelVersion', id: node.id };
    await this.lineage.addNode({ ...to, label: node.label });
    if (runId) await this.lineage.addEdge({ from: { kind: 'run', id: runId }, to, relation: 'produced' });
    if (parentId)
      await this.lineage.addEdge({ from: { kind: 'modelVersion', id: parentId }, to, relation: 'derived' });
    for (const [id, origin] of data) {
      // What the run read is upstream through the run already.
      if (origin === 'named')
        await this.lineage.addEdge({ from: { kind: 'datasetVersion', id }, to, relation: 'trained_on' });
    }
  }
}
