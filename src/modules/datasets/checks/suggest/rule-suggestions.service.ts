import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../../platform/database/index.js';
import { Jobs, type JobView } from '../../../../platform/queue/index.js';
import { DatasetReader } from '../../dataset-reader.js';
import { planSuggestion } from './suggestion-plan.js';

export const SUGGEST_RULES = 'dataset.suggest-rules';

/** Rules that a version keeps, for others to be held to. */
@Injectable()
export class RuleSuggestions {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly jobs: Jobs,
  ) {}

  /** Ask for them; they are the result of the job. Without splits of all together. Throws DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND. */
  request(ref: string, splits: readonly string[] | null): Promise<JobView> {
    return this.units.run(async () => {
      const version = await this.datasets.byRef(ref);
      const plan = planSuggestion(version, splits);
      return this.jobs.request(SUGGEST_RULES, plan, { kind: 'datasetVersion', id: version.id });
    });
  }
}
