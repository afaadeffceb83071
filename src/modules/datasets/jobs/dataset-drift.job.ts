import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { DATASET_VERSION } from '../dataset.records.js';
import { DatasetsService } from '../datasets.service.js';
import { DRIFT } from '../drift/drift.service.js';
import type { DriftPlan } from '../drift/drift-plan.js';
import { measureSamples } from '../drift/measure-samples.js';

/** From two splits to a report of how far they lie apart. */
@Injectable()
export class DatasetDriftJob implements JobDefinition, OnModuleInit {
  readonly kind = DRIFT;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly datasets: DatasetsService,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: DriftPlan, job: JobContext): Promise<() => Promise<object>> {
    const { reference, sample } = plan;
    await this.records.require(
      [...new Set([reference.datasetVersionId, sample.datasetVersionId])].map((id) => ({
        kind: DATASET_VERSION,
        id,
      })),
    );
    const fileOf = async ({ datasetVersionId, split }: typeof sample) =>
      this.blobs.localPath((await this.datasets.splitFile(datasetVersionId, split)).digest);
    const files = { reference: await fileOf(reference), sample: await fileOf(sample) };
    const report = await this.duck.with(
      (db) => measureSamples(db, files, plan, (fraction, message) => job.progress(fraction, message)),
      job.signal,
    );
    return () => Promise.resolve(report);
  }
}
