import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { CheckRequest } from '../../../domain/quality/index.js';
import { AuditLog, Records } from '../../../platform/audit/index.js';
import { AssayConfig, Secrets } from '../../../platform/config/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { ConflictError, NotFoundError } from '../../../platform/errors/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import { ChecksService } from '../checks/checks.service.js';
import { DatasetReader } from '../dataset-reader.js';
import { DATASET_VERSION } from '../dataset.records.js';
import { ingestDataset, type IngestedDataset } from '../ingest/ingest-dataset.js';
import { driftOfSample } from '../live/drift-of-sample.js';
import { LIVE_SAMPLE } from '../live/live.records.js';
import { pushOfSample } from '../live/sample-plan.js';
import { SAMPLE, type SamplePlan } from '../live/sample-taking.service.js';
import { SamplingPlanReader } from '../live/sampling-plan.reader.js';
import type { LiveSampleView } from '../live/sampling-plan.view.js';
import { WaitingRows } from '../live/waiting-rows.js';
import { writeWaitingRows } from '../live/write-waiting-rows.js';
import { SubjectIndex } from '../provenance/subject-index.js';
import type { PushPlan } from '../push-plan.js';
import { VersionStore } from '../version-store.js';

/** From the rows of a sample to a dataset version, as a push would make it of a file. */
@Injectable()
export class DatasetSampleJob implements JobDefinition, OnModuleInit {
  readonly kind = SAMPLE;

  constructor(
    private readonly registry: JobRegistry,
    private readonly units: UnitOfWork,
    private readonly plans: SamplingPlanReader,
    private readonly waiting: WaitingRows,
    private readonly datasets: DatasetReader,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
    private readonly secrets: Secrets,
    private readonly subjects: SubjectIndex,
    private readonly versions: VersionStore,
    private readonly records: Records,
    private readonly audit: AuditLog,
    private readonly checks: ChecksService,
    private readonly config: AssayConfig,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run({ plan: name, liveSampleId }: SamplePlan, job: JobContext): Promise<() => Promise<object>> {
    const plan = await this.plans.byName(name);
    const sample = await this.plans.sample(liveSampleId);
    const version = await this.datasets.byRef(plan.datasetVersionId);
    await this.records.require([
      { kind: LIVE_SAMPLE, id: sample.id },
      { kind: DATASET_VERSION, id: version.id },
    ]);
    const push = pushOfSample(plan, sample, version);
    const terms = await this.subjects.terms();
    const held = await this.waiting.left(plan.id, sample.no);
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    const ingested = await this.duck.with(async (db) => {
      const path = join(db.scratch, 'live.jsonl');
      const written = await writeWaitingRows(
        this.units,
        sample,
        version.schema.columns,
        terms.withdrawn,
        path,
      );
      if (written.rows === 0) throw nothingLeft(plan.dataset, sample.no);
      return ingestDataset(db, stores, {
        plan: push,
        uploads: [written.file],
        projectKey: this.secrets.projectHmacKey(currentContext().projectId),
        maxBytes: this.config.maxUploadBytes,
        subjectTerms: push.subject === null ? null : terms,
        progress: (fraction, message) => job.progress(fraction, message),
      });
    }, job.signal);
    const drift = driftOfSample(plan, version);
    return () => this.store(push, ingested, sample, held, drift);
  }

  private async store(
    push: PushPlan,
    ingested: IngestedDataset,
    sample: LiveSampleView,
    held: number,
    drift: CheckRequest | null,
  ) {
    const tx = this.units.current();
    // Under the lock that erasures take, too.
    const result = await this.versions.store(push, ingested);
    if ((await this.waiting.left(sample.planId, sample.no)) !== held) throw changed(push.dataset, sample.no);
    await this.records.require([{ kind: LIVE_SAMPLE, id: sample.id }]);
    await tx.execute('UPDATE live_sample SET dataset_version_id = $2 WHERE id = $1', [
      sample.id,
      result.datasetVersionId,
    ]);
    await this.waiting.drop(sample.planId, sample.no);
    await this.audit.record({
      action: 'sampling.sample.taken',
      subject: { kind: 'liveSample', id: sample.id },
      body: { no: sample.no, datasetVersionId: result.datasetVersionId, offered: sample.offered },
      records: [{ kind: LIVE_SAMPLE, id: sample.id }],
    });
    if (drift !== null) await this.checks.request(result.datasetVersionId, [drift]);
    return { ...result, liveSampleId: sample.id, no: sample.no, offered: sample.offered };
  }
}

const nothingLeft = (dataset: string, no: number) =>
  new NotFoundError(
    'LIVE_SAMPLE_EMPTY',
    `no row of sample ${no} of ${dataset} is left: all were erased or their subjects withdrew consent`,
    { remedy: 'Offer rows, and take the sample that is being fed.' },
  );

const changed = (dataset: string, no: number) =>
  new ConflictError(
    'LIVE_SAMPLE_CHANGED',
    `rows of sample ${no} of ${dataset} were erased while it was taken`,
    {
      remedy: `Take sample ${no} once more.`,
    },
  );
