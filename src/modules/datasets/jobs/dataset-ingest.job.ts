import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AssayConfig, Secrets } from '../../../platform/config/index.js';
import { currentContext, may } from '../../../platform/context/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore, SealedFiles, Uploads } from '../../../platform/storage/index.js';
import { INGEST } from '../datasets.service.js';
import { ingestDataset } from '../ingest/ingest-dataset.js';
import { SubjectIndex } from '../provenance/subject-index.js';
import type { PushPlan } from '../push-plan.js';
import { objectStoreOf } from '../references/download-object.js';
import { fetchReference, type SplitSource } from '../references/fetch-reference.js';
import { VersionStore } from '../version-store.js';

/** From uploads and references to a dataset version. */
@Injectable()
export class DatasetIngestJob implements JobDefinition, OnModuleInit {
  readonly kind = INGEST;

  constructor(
    private readonly registry: JobRegistry,
    private readonly uploads: Uploads,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
    private readonly secrets: Secrets,
    private readonly subjects: SubjectIndex,
    private readonly versions: VersionStore,
    private readonly config: AssayConfig,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: PushPlan, job: JobContext): Promise<() => Promise<object>> {
    const projectKey = this.commitmentKey();
    const subjectTerms = (plan.subject ?? null) === null ? null : await this.subjects.terms();
    const progress = (fraction: number, message: string) => job.progress(fraction, message);
    const maxBytes = this.config.maxUploadBytes;
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    const ingested = await this.duck.with(async (db) => {
      const uploads = await this.sourcesOf(plan, db.scratch, job);
      return ingestDataset(db, stores, { plan, uploads, projectKey, maxBytes, subjectTerms, progress });
    }, job.signal);
    return () => this.versions.store(plan, ingested);
  }

  /** The files of the splits, in their order. References are fetched one after the other, into the job's own folder. */
  private async sourcesOf(
    { splits, splitBy }: PushPlan,
    folder: string,
    job: JobContext,
  ): Promise<SplitSource[]> {
    const { dataHosts, dataFolder, dataBuckets, maxUploadBytes } = this.config;
    const allowed = { dataHosts, dataFolder, dataBuckets, maxUploadBytes };
    const objectStore = objectStoreOf(this.config);
    const sources: SplitSource[] = [];
    // Splits of one file all name it.
    for (const { name, uploadId, reference } of splitBy ? splits.slice(0, 1) : splits) {
      if (reference === null || reference === undefined) {
        sources.push(await this.uploads.usable(uploadId!));
        continue;
      }
      await job.progress(0.01, `fetching ${name}`);
      const fetching = { ...allowed, objectStore, folder, signal: job.signal };
      sources.push(await fetchReference(name, reference, fetching));
    }
    return splits.map((_, i) => sources[splitBy ? 0 : i]!);
  }

  /**
   * What commits sealed labels. Only for those who may endorse data do the same rows give the same id, whoever of them pushes:
   * with one key for everybody, a contributor could push guesses at somebody else's labels and compare ids (ADR 16).
   */
  private commitmentKey(): Buffer {
    const { projectId, actor } = currentContext();
    return may('policy')
      ? this.secrets.projectHmacKey(projectId)
      : this.secrets.pusherHmacKey(projectId, actor.id);
  }
}
