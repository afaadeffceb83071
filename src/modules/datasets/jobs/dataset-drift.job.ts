import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { DATASET_VERSION } from '../dataset.records.js';
import { SplitRows } from '../split-rows.js';
import { DRIFT } from '../drift/drift.service.js';
import type { DriftPlan } from '../drift/drift-plan.js';
import { measureProfiles, measureSamples } from '../drift/measure-samples.js';
import { ProfileReader } from '../profile/profile.reader.js';

/** From two splits to a report of how far they lie apart. */
@Injectable()
export class DatasetDriftJob implements JobDefinition, OnModuleInit {
  readonly kind = DRIFT;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly rows: SplitRows,
    private readonly duck: Duck,
    private readonly profiles: ProfileReader,
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
    const progress = (fraction: number, message: string) => job.progress(fraction, message);
    if (plan.from === 'profiles') {
      const profileOf = ({ datasetVersionId, ref, split }: typeof sample) =>
        this.profiles.stored(datasetVersionId, split, ref);
      const profiles = { reference: await profileOf(reference), sample: await profileOf(sample) };
      const report = await measureProfiles(profiles, plan, progress);
      return () => Promise.resolve(report);
    }
    const rowsOf = ({ datasetVersionId, split }: typeof sample) => this.rows.from(datasetVersionId, split);
    const rows = { reference: await rowsOf(reference), sample: await rowsOf(sample) };
    const report = await this.duck.with((db) => measureSamples(db, rows, plan, progress), job.signal);
    return () => Promise.resolve(report);
  }
}
