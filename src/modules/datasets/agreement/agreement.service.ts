import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { DatasetReader, splitNotFound } from '../dataset-reader.js';
import { planAgreement, type AgreementRequest } from './agreement-plan.js';
import { requireWhole } from '../require-whole.js';

export const AGREEMENT = 'dataset.agreement';

/** How far annotators agree who rated the rows of a split. */
@Injectable()
export class AgreementService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Ask for it; the report is the result of the job. Throws DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND and what `planAgreement` throws.
   */
  request(request: AgreementRequest): Promise<JobView> {
    return this.units.run(async () => {
      const version = await this.datasets.byRef(request.datasetVersion);
      const split = version.splits.find(({ name }) => name === request.split);
      if (!split) throw splitNotFound(version, request.split);
      requireWhole(version, [split.name]);
      const plan = planAgreement(request, { version, split });
      return this.jobs.request(AGREEMENT, plan, { kind: 'datasetVersion', id: version.id });
    });
  }
}
