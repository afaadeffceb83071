import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { DatasetReader, splitNotFound } from '../dataset-reader.js';
import { requireWhole } from '../require-whole.js';

export const PROFILE = 'dataset.profile';

/** What the job is given. */
export interface ProfilePlan {
  datasetVersionId: string;
  split: string;
}

/** Profiles of splits, on request. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly jobs: Jobs,
  ) {}

  /** Throws DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND. */
  request(ref: string, split: string): Promise<JobView> {
    return this.units.run(async () => {
      const version = await this.datasets.byRef(ref);
      if (!version.splits.some(({ name }) => name === split)) throw splitNotFound(version, split);
      requireWhole(version, [split]);
      const plan: ProfilePlan = { datasetVersionId: version.id, split };
      return this.jobs.request(PROFILE, plan, { kind: 'datasetVersion', id: version.id });
    });
  }
}
