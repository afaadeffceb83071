import { Injectable } from '@nestjs/common';
import type { CheckRequest } from '../../../domain/quality/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { planChecks } from './check-plan.js';

export const CHECK = 'dataset.check';

/** Checks of dataset versions, on request. */
@Injectable()
export class ChecksService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Ask for checks; what is stored already is answered as it is. Throws DATASET_VERSION_NOT_FOUND, CHECK_INVALID,
   * CHECK_READS_SEALED_LABELS.
   */
  request(ref: string, requests: readonly CheckRequest[]): Promise<JobView> {
    return this.units.run(async () => {
      const version = await this.datasets.byRef(ref);
      const plan = await planChecks(requests, version, (named) => this.datasets.byRef(named));
      return this.jobs.request(CHECK, plan, { kind: 'datasetVersion', id: version.id });
    });
  }
}
