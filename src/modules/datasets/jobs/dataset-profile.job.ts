import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { DATASET_VERSION } from '../dataset.records.js';
import { SplitRows } from '../split-rows.js';
import { profileSplit } from '../profile/profile-split.js';
import { PROFILE, type ProfilePlan } from '../profile/profile.service.js';
import { ProfileStore } from '../profile/profile.store.js';

/** From a split's public columns to its profile. */
@Injectable()
export class DatasetProfileJob implements JobDefinition, OnModuleInit {
  readonly kind = PROFILE;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly reader: DatasetReader,
    private readonly rows: SplitRows,
    private readonly duck: Duck,
    private readonly store: ProfileStore,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run({ datasetVersionId, split: name }: ProfilePlan, job: JobContext): Promise<() => Promise<object>> {
    await this.records.require([{ kind: DATASET_VERSION, id: datasetVersionId }]);
    const { schema, splits } = await this.reader.byRef(datasetVersionId);
    const split = splits.find((one) => one.name === name)!;
    const from = await this.rows.from(datasetVersionId, name);
    // The label of a sealed split stands in no public file.
    const columns = schema.columns.filter(({ role }) => !(split.sealed && role === 'label'));
    const profile = await this.duck.with(
      (db) =>
        profileSplit(db, from, split.rows, columns, (fraction, message) => job.progress(fraction, message)),
      job.signal,
    );
    const blob = await this.store.keep(profile);
    return () => this.store.store(datasetVersionId, name, split.rows, blob);
  }
}
