import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { DatasetReader, type DatasetVersionView } from '../../datasets/index.js';
import { RunReader } from '../../experiments/index.js';
import { ModelReader, type ModelVersionView } from '../../registry/index.js';
import { EvaluationReader } from '../evaluation.reader.js';
import type { EvaluationView } from '../evaluation.view.js';
import { manifestOf, requirePairable, type AblationPlan, type AblationRequest } from './ablation-plan.js';

export const ABLATION = 'evaluation.ablation';

/** What factors are worth: models that lack one thing each against the one that has them all, on the same rows. */
@Injectable()
export class AblationService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly models: ModelReader,
    private readonly runs: RunReader,
    private readonly evaluations: EvaluationReader,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Ask for it, from the newest evaluation of each model version on the split; the report is the result of the job. Throws
   * DATASET_VERSION_NOT_FOUND, MODEL_VERSION_NOT_FOUND, SPLIT_NOT_EVALUATED, ABLATION_ARM_REPEATED and what `requirePairable` throws.
   */
  request({ datasetVersion, split, full, ablated }: AblationRequest): Promise<JobView> {
    return this.units.run(async () => {
      const dataset = await this.datasets.byRef(datasetVersion);
      const models: ModelVersionView[] = [];
      for (const ref of [full, ...ablated]) {
        const model = await this.models.byRef(ref);
        if (models.some(({ id }) => id === model.id)) throw repeated(ref);
        models.push(model);
      }
      const runs = await this.runs.byIds(models.flatMap(({ runId }) => runId ?? []));
      const evaluations: EvaluationView[] = [];
      for (const model of models) evaluations.push(await this.newest(model, dataset, split));
      const [first, ...others] = evaluations as [EvaluationView, ...EvaluationView[]];
      for (const other of others) requirePairable(first, other, split);
      const [arm, ...arms] = models.map((model, i) => ({
        modelVersionId: model.id,
        ref: refOf(model),
        evaluationId: evaluations[i]!.id,
        manifest: manifestOf(model, runs.get(model.runId ?? '')),
      }));
      const cluster = evaluations.find(({ protocol }) => protocol.cluster !== undefined)?.protocol.cluster;
      const plan: AblationPlan = {
        datasetVersionId: dataset.id,
        split,
        full: arm!,
        ablated: arms,
        ...(cluster === undefined ? {} : { cluster }),
      };
      return this.jobs.request(ABLATION, plan, { kind: 'modelVersion', id: models[0]!.id });
    });
  }

  private async newest(
    model: ModelVersionView,
    dataset: DatasetVersionView,
    split: string,
  ): Promise<EvaluationView> {
    const found = (await this.evaluations.latestBySplit(model.id, dataset.id)).get(split);
    if (found) return found;
    throw new InvalidInputError(
      'SPLIT_NOT_EVALUATED',
      `${refOf(model)} was not evaluated on a split ${JSON.stringify(split)} of ${dataset.dataset}@${dataset.version}`,
      { remedy: `Evaluate it first: assay evaluate ${refOf(model)} --predictions ${split}=FILE.` },
    );
  }
}

const refOf = ({ model, version }: ModelVersionView) => `${model}@${version}`;

const repeated = (ref: string) =>
  new InvalidInputError('ABLATION_ARM_REPEATED', `model version ${ref} is named twice`, {
    remedy: 'Name each model version once: the full one, and those that lack a factor.',
  });
