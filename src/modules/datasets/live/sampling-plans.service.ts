import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, UnitOfWork } from '../../../platform/database/index.js';
import { ConflictError, InvalidInputError } from '../../../platform/errors/index.js';
import { SourceReader } from '../../sources/index.js';
import { checkedName } from '../dataset-name.js';
import { DatasetReader, splitNotFound } from '../dataset-reader.js';
import { requireWhole } from '../require-whole.js';
import { SAMPLING_PLAN } from './live.records.js';
import { SamplingPlanReader } from './sampling-plan.reader.js';
import type { SamplingPlanView } from './sampling-plan.view.js';

export const MAX_CAPACITY = 100_000;

/** What a client asks for. Absent and null are the same. */
export interface SamplingPlanRequest {
  /** The dataset that samples become versions of. */
  dataset: string;
  /** NAME@VERSION, NAME for the latest, or id: whose columns rows have to fit. */
  datasetVersion: string;
  /** The split that samples are to be compared with. */
  split: string;
  capacity: number;
  seed?: number | null;
  sources?: string[] | null;
}

/** Says how live rows are sampled. What was said does not change: other terms are another plan. */
@Injectable()
export class SamplingPlans {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly sources: SourceReader,
    private readonly reader: SamplingPlanReader,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Throws NAME_INVALID, DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND, VERSION_ERASED, SOURCE_NOT_FOUND, SAMPLING_SAME_DATASET,
   * SAMPLING_PLAN_EXISTS.
   */
  create(request: SamplingPlanRequest): Promise<SamplingPlanView> {
    const name = checkedName(request.dataset, 'dataset');
    const sources = [...new Set(request.sources ?? [])];
    return this.units.run(async (tx) => {
      const version = await this.datasets.byRef(request.datasetVersion);
      const split = version.splits.find(({ name: each }) => each === request.split);
      if (!split) throw splitNotFound(version, request.split);
      requireWhole(version, [split.name]);
      if (version.dataset.toLowerCase() === name.toLowerCase())
        throw new InvalidInputError(
          'SAMPLING_SAME_DATASET',
          `samples of ${version.dataset} would be its latest versions, without its other splits`,
          { remedy: `Name a dataset of its own, such as ${version.dataset.slice(0, 95)}-live.` },
        );
      await this.sources.latest(sources);
      const id = newId();
      const { subjectColumn } = version;
      const { capacity } = request;
      const seed = request.seed ?? 0;
      const made = await tx.query(
        `INSERT INTO sampling_plan (id, dataset, dataset_version_id, split, capacity, seed, subject_column, sources, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (project_id, lower(dataset)) DO NOTHING RETURNING id`,
        [
          id,
          name,
          version.id,
          split.name,
          capacity,
          seed,
          subjectColumn,
          JSON.stringify(sources),
          currentContext().actor.id,
        ],
      );
      if (made.length === 0)
        throw new ConflictError('SAMPLING_PLAN_EXISTS', `there is a sampling plan ${name} already`, {
          remedy: 'Feed that one, or name another dataset: plans do not change.',
        });
      await this.audit.record({
        action: 'sampling.plan.created',
        subject: { kind: 'samplingPlan', id },
        body: {
          dataset: name,
          datasetVersionId: version.id,
          split: split.name,
          capacity,
          seed,
          subjectColumn,
          sources,
        },
        records: [{ kind: SAMPLING_PLAN, id }],
      });
      return this.reader.byName(name);
    });
  }
}
