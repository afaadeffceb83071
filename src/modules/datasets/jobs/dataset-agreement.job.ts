import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import type { AgreementPlan } from '../agreement/agreement-plan.js';
import { AGREEMENT } from '../agreement/agreement.service.js';
import { measureRatings } from '../agreement/measure-ratings.js';
import { DATASET_VERSION } from '../dataset.records.js';
import { SplitRows } from '../split-rows.js';

/** From the columns of annotators to how far they agree. */
@Injectable()
export class DatasetAgreementJob implements JobDefinition, OnModuleInit {
  readonly kind = AGREEMENT;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly rows: SplitRows,
    private readonly duck: Duck,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: AgreementPlan, job: JobContext): Promise<() => Promise<object>> {
    const { datasetVersionId, split } = plan.sample;
    await this.records.require([{ kind: DATASET_VERSION, id: datasetVersionId }]);
    const from = await this.rows.from(datasetVersionId, split);
    const report = await this.duck.with(
      (db) => measureRatings(db, from, plan, (fraction, message) => job.progress(fraction, message)),
      job.signal,
    );
    return () => Promise.resolve(report);
  }
}
