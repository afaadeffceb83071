import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { DatasetReader, splitNotFound } from '../dataset-reader.js';
import { ProfileReader, profileNotFound } from '../profile/profile.reader.js';
import { planDrift, type DriftRequest, type SampleRequest } from './drift-plan.js';
import { requireWhole } from '../require-whole.js';

export const DRIFT = 'dataset.drift';

/** Drift between two samples: any two splits of any versions. */
@Injectable()
export class DriftService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly jobs: Jobs,
    private readonly profiles: ProfileReader,
  ) {}

  /**
   * Ask for two samples to be compared; the report is the result of the job. Throws DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND, PROFILE_NOT_FOUND and what
   * `planDrift` throws.
   */
  request(request: DriftRequest): Promise<JobView> {
    return this.units.run(async () => {
      const reference = await this.sample(request.reference);
      const sample = await this.sample(request.sample);
      const plan = planDrift(request, reference, sample);
      if (plan.from === 'profiles') {
        for (const { datasetVersionId, ref, split } of [plan.reference, plan.sample])
          if (!(await this.profiles.exists(datasetVersionId, split))) throw profileNotFound(ref, split);
      }
      return this.jobs.request(DRIFT, plan, { kind: 'datasetVersion', id: sample.version.id });
    });
  }

  private async sample({ datasetVersion, split }: SampleRequest) {
    const version = await this.datasets.byRef(datasetVersion);
    const found = version.splits.find(({ name }) => name === split);
    if (!found) throw splitNotFound(version, split);
    requireWhole(version, [split]);
    return { version, split: found };
  }
}
