import { Injectable } from '@nestjs/common';
import { AuditLog, type RecordRef } from '../../platform/audit/index.js';
import { currentContext, may } from '../../platform/context/index.js';
import { newId, type Transaction, UnitOfWork } from '../../platform/database/index.js';
import { ConflictError } from '../../platform/errors/index.js';
import { Outbox } from '../../platform/queue/index.js';
import { BlobReferences, SealedFiles, UsedUploads } from '../../platform/storage/index.js';
import { LineageService } from '../lineage/index.js';
import { ColumnEdgesStore } from './columns/column-edges.store.js';
import { DATASET, DATASET_VERSION, ENDORSEMENT, HOLDOUT_BUDGET } from './dataset.records.js';
import type { DatasetVersionView } from './dataset-version.js';
import { DigestStore } from './digests/digest.store.js';
import type { IngestedDataset } from './ingest/ingest-dataset.js';
import { lockGateInputs } from '../sources/index.js';
import { Looks } from './looks.service.js';
import { ProvenanceStore } from './provenance/provenance.store.js';
import type { PushPlan } from './push-plan.js';

/** What `dataset push` answers. */
export interface PushResult {
  datasetVersionId: string;
  dataset: string;
  version: number;
  contentId: string;
  /** False when the dataset already had this very version. */
  created: boolean;
  splits: Record<string, { rows: number; root: string; sealed: boolean }>;
}

export const VERSION_CREATED = 'dataset.version.created';

/** Turns an ingested dataset into a version: everything or nothing, inside the unit of work that ends its job. */
@Injectable()
export class VersionStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly looks: Looks,
    private readonly references: BlobReferences,
    private readonly usedUploads: UsedUploads,
    private readonly sealedFiles: SealedFiles,
    private readonly lineage: LineageService,
    private readonly provenance: ProvenanceStore,
    private readonly columns: ColumnEdgesStore,
    private readonly digests: DigestStore,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  /**
   * `from`: the version that these rows are a part of; endorsement, budgets of looks and sources are as they are there. Throws
   * VERSION_ERASED for content whose version lost rows, and what `ProvenanceStore` throws.
   */
  async store(plan: PushPlan, ingested: IngestedDataset, from?: DatasetVersionView): Promise<PushResult> {
    const tx = this.units.current();
    await lockGateInputs(tx, 'changing');
    const dataset = await lockDataset(tx, plan.dataset);
    const existing = await findVersion(tx, dataset.id, ingested.contentId, plan.parentId);
    const version = existing ?? { id: newId(), number: dataset.latest + 1 };
    // Also for rows that are here already: a smaller budget counts at once.
    // Rows that several datasets share, always in one order: nobody waits for somebody who waits for them.
    for (const { name, root } of sealedInOrder(ingested)) {
      const before = from?.splits.find((split) => split.name === name);
      await (before ? this.looks.inherit(root, before.root) : this.looks.grant(root, plan.looks));
    }
    // The file of a sealed split holds its labels in clear: it does not outlive the push.
    for (const upload of sealedUploads(ingested)) await this.usedUploads.useUp(upload, 'datasetVersion');
    const result: PushResult = {
      datasetVersionId: version.id,
      dataset: dataset.name,
      version: version.number,
      contentId: ingested.contentId,
      created: existing === undefined,
      splits: Object.fromEntries(
        ingested.splits.map(({ name, rows, root, sealed }) => [name, { rows, root, sealed }]),
      ),
    };
    const mayEndorse = from?.endorsed ?? true;
    if (existing) {
      await refuseErased(tx, version.id, result);
      const endorsed = mayEndorse && (await endorse(tx, version.id));
      const { records, ...named } = await this.attach(version.id, false, plan, ingested, from);
      const body = { version: version.number, looks: plan.looks, endorsed, ...named };
      await this.audit.record({
        action: 'dataset.version.pushed_again',
        subject: { kind: 'datasetVersion', id: version.id },
        body,
        records: [...left(version.id, endorsed, ingested), ...records],
      });
      return result;
    }

    await insertVersion(tx, dataset.id, version, plan, ingested, this.sealedClasses(ingested));
    await insertSplits(tx, version.id, ingested);
    await insertRepeats(tx, version.id, ingested);
    const endorsed = mayEndorse && (await endorse(tx, version.id));
    await this.keepBlobs(version.id, ingested);
    await this.addLineage(version.id, `${dataset.name}@${version.number}`, plan, from ? [] : ingested.splits);
    const { records, ...named } = await this.attach(version.id, true, plan, ingested, from);
    const facts = {
      ...result,
      ...named,
      parentId: plan.parentId,
      schema: ingested.schema,
      looks: plan.looks,
      endorsed,
      message: plan.message,
      source: plan.source,
      ...referencesOf(plan),
      ...(ingested.splitBy === null ? {} : { splitBy: ingested.splitBy }),
    };
    await this.audit.record({
      action: VERSION_CREATED,
      subject: { kind: 'datasetVersion', id: version.id },
      body: facts,
      records: [
        { kind: DATASET, id: dataset.id },
        { kind: DATASET_VERSION, id: version.id },
        ...left(version.id, endorsed, ingested),
        ...records,
      ],
    });
    await this.outbox.publish(VERSION_CREATED, { datasetVersionId: version.id, parentId: plan.parentId });
    return result;
  }

  /** What is known of where it comes from and of what it is called, for its audit entry. */
  private async attach(
    id: string,
    isNew: boolean,
    { sources, columnLineage = [], digests = [] }: PushPlan,
    ingested: IngestedDataset,
    from?: DatasetVersionView,
  ) {
    const version = { id, isNew };
    const { records, ...named } = from
      ? await this.provenance.inherit(version, from, ingested.provenance)
      : await this.provenance.attach(version, sources ?? [], ingested.provenance);
    const columns = await this.columns.attach(version, columnLineage);
    const added = await this.digests.attach(version, [...ingested.digests, ...digests]);
    return {
      ...named,
      ...(columns ? { columnLineage } : {}),
      ...(added.length === 0 ? {} : { digests: added }),
      records: [...records, ...(added.length === 0 ? [] : [{ kind: DATASET_VERSION, id }])],
    };
  }

  /** Null where no split is sealed: then all classes stand in open splits. */
  private sealedClasses({ splits, labelClasses }: IngestedDataset): Buffer | null {
    return splits.some(({ sealed }) => sealed) ? this.sealedFiles.sealValue(labelClasses.all) : null;
  }

  private async keepBlobs(versionId: string, { splits, repeats }: IngestedDataset): Promise<void> {
    const blobs = splits.flatMap((split) => [split.manifest, ...split.chunks, split.labelParquet]);
    const kept = [...blobs, ...repeats.map(({ findings }) => findings)].filter((blob) => blob !== null);
    await this.references.addAll(kept, { kind: 'datasetVersion', id: versionId });
  }

  private async addLineage(
    versionId: string,
    label: string,
    plan: PushPlan,
    splits: IngestedDataset['splits'],
  ): Promise<void> {
    const to = { kind: 'datasetVersion', id: versionId } as const;
    await this.lineage.addNode({ ...to, label });
    for (const { upload, fileId } of splits) {
      const from = { kind: 'upload', id: fileId } as const;
      await this.lineage.addNode({ ...from, label: upload.fetched?.url ?? upload.filename });
      await this.lineage.addEdge({ from, to, relation: 'pushed' });
    }
    if (plan.parentId !== null) {
      await this.lineage.addEdge({
        from: { kind: 'datasetVersion', id: plan.parentId },
        to,
        relation: 'derived_from',
      });
    }
  }
}

/** Where splits came from that were pushed by reference. Without their digests: of a sealed one it could be guessed what is in. */
function referencesOf({ splits }: PushPlan): { references?: Record<string, string> } {
  const named = splits.flatMap(({ name, reference }) => (reference ? [[name, reference.url] as const] : []));
  return named.length === 0 ? {} : { references: Object.fromEntries(named) };
}

const sealedInOrder = ({ splits }: IngestedDataset) =>
  splits.filter(({ sealed }) => sealed).sort((a, b) => (a.root < b.root ? -1 : 1));

/** The rows that a push brings again would lie nowhere. */
async function refuseErased(tx: Transaction, id: string, { dataset, version }: PushResult): Promise<void> {
  const erased = await tx.query('SELECT FROM erased_rows WHERE dataset_version_id = $1 LIMIT 1', [id]);
  if (erased.length === 0) return;
  throw new ConflictError(
    'VERSION_ERASED',
    `this content is that of ${dataset}@${version}, of which rows were erased with their subject`,
    { remedy: 'Leave out the rows of whoever asked for erasure.' },
  );
}

/** Files with labels of sealed rows, perhaps beside open ones. */
function sealedUploads({ splits }: Pick<IngestedDataset, 'splits'>): Set<string> {
  return new Set(splits.flatMap(({ sealed, upload }) => (sealed && upload.id !== null ? upload.id : [])));
}

/** What a push leaves, also of a version that was there. */
function left(id: string, endorsed: boolean, { splits }: IngestedDataset): RecordRef[] {
  return [
    ...(endorsed ? [{ kind: ENDORSEMENT, id }] : []),
    ...splits.filter(({ sealed }) => sealed).map(({ root }) => ({ kind: HOLDOUT_BUDGET, id: root })),
  ];
}

/** Its row, locked until the unit ends: versions are numbered one after the other without gaps. */
async function lockDataset(
  tx: Transaction,
  name: string,
): Promise<{ id: string; name: string; latest: number }> {
  await tx.execute('INSERT INTO dataset (id, project_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
    newId(),
    currentContext().projectId,
    name,
  ]);
  const [row] = await tx.query<{ id: string; name: string; latest: number }>(
    'SELECT id, name, latest_version AS latest FROM dataset WHERE lower(name) = lower($1) FOR UPDATE',
    [name],
  );
  return row!;
}

/** Who may say what a gate demands may also say on which data: what they push is endorsed, new or there already. */
async function endorse(tx: Transaction, versionId: string): Promise<boolean> {
  if (!may('policy')) return false;
  const { projectId, actor } = currentContext();
  await tx.execute(
    `INSERT INTO dataset_endorsement (dataset_version_id, project_id, endorsed_by) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    [versionId, projectId, actor.id],
  );
  return true;
}

async function findVersion(
  tx: Transaction,
  datasetId: string,
  contentId: string,
  parentId: string | null,
): Promise<{ id: string; number: number } | undefined> {
  const [row] = await tx.query<{ id: string; number: number }>(
    `SELECT id, version AS number FROM dataset_version
     WHERE dataset_id = $1 AND content_id = $2 AND parent_id IS NOT DISTINCT FROM $3`,
    [datasetId, contentId, parentId],
  );
  return row;
}

async function insertVersion(
  tx: Transaction,
  datasetId: string,
  version: { id: string; number: number },
  plan: PushPlan,
  ingested: IngestedDataset,
  sealedClasses: Buffer | null,
): Promise<void> {
  const { projectId, actor } = currentContext();
  await tx.execute('UPDATE dataset SET latest_version = $2 WHERE id = $1', [datasetId, version.number]);
  await tx.execute(
    `INSERT INTO dataset_version (id, project_id, dataset_id, version, content_id, encoding_version, schema, label_classes,
       sealed_classes, parent_id, message, source, created_by, split_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      version.id,
      projectId,
      datasetId,
      version.number,
      ingested.contentId,
      ingested.encodingVersion,
      JSON.stringify(ingested.schema),
      JSON.stringify(ingested.labelClasses.open),
      sealedClasses,
      plan.parentId,
      plan.message,
      plan.source,
      actor.name,
      ingested.splitBy && JSON.stringify(ingested.splitBy),
    ],
  );
}

async function insertSplits(tx: Transaction, versionId: string, { splits }: IngestedDataset): Promise<void> {
  for (const [position, split] of splits.entries()) {
    await tx.execute(
      `INSERT INTO dataset_split (id, project_id, dataset_version_id, position, name, role, domain, rows, sealed, root,
         manifest_digest, label_digest, file_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        newId(),
        currentContext().projectId,
        versionId,
        position,
        split.name,
        split.role,
        split.domain,
        split.rows,
        split.sealed,
        split.root,
        split.manifest.digest,
        split.labelParquet?.digest ?? null,
        split.fileId,
      ],
    );
  }
}

async function insertRepeats(
  tx: Transaction,
  versionId: string,
  { repeats }: IngestedDataset,
): Promise<void> {
  const rows = repeats.map((repeat) => ({ ...repeat, findings: repeat.findings?.digest ?? null }));
  await tx.execute(
    `INSERT INTO dataset_repeat (project_id, dataset_version_id, in_split, found_in, total, compared_on, rows, ignoring_label,
       with_label, findings_digest)
     SELECT $1, $2, "inSplit", "foundIn", total, "comparedOn", rows, "ignoringLabel", "withLabel", findings
     FROM json_to_recordset($3) AS r("inSplit" text, "foundIn" text, total bigint, "comparedOn" text, rows bigint,
       "ignoringLabel" bigint, "withLabel" bigint, findings text)`,
    [currentContext().projectId, versionId, JSON.stringify(rows)],
  );
}
