import { Injectable } from '@nestjs/common';
import type { ContaminationQuestion, TrainingScope } from '../../../domain/contamination/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { ConflictError, InvalidInputError } from '../../../platform/errors/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { DatasetReader, type DatasetVersionView, requireWhole } from '../../datasets/index.js';
import { ModelReader, type ModelVersionView } from '../../registry/index.js';
import { EvaluationReader } from '../evaluation.reader.js';
import { contaminationQuestion, type ContaminationPlan } from './contamination-question.js';
import { ContaminationReader } from './contamination.reader.js';
import type { ContaminationReport, TestedSplit } from './contamination.view.js';
import { type ReadTrainingData, TrainingDataReader } from './training-data.reader.js';

export const CONTAMINATION = 'evaluation.contamination';

export interface ContaminationRequest {
  /** NAME@VERSION, NAME for the latest, or an id. Default: what the model version was evaluated on last. */
  datasetVersion?: string | null;
  /** Default `lineage`. */
  scope?: TrainingScope | null;
}

/** How much of what a model version is tested on stands in what it was trained on, by its whole lineage. */
@Injectable()
export class ContaminationService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly models: ModelReader,
    private readonly datasets: DatasetReader,
    private readonly evaluations: EvaluationReader,
    private readonly training: TrainingDataReader,
    private readonly counts: ContaminationReader,
    private readonly jobs: Jobs,
  ) {}

  /** Throws MODEL_VERSION_NOT_FOUND, DATASET_VERSION_NOT_FOUND, CONTAMINATION_DATASET_MISSING. */
  async report(modelVersion: string, request: ContaminationRequest): Promise<ContaminationReport> {
    const model = await this.models.byRef(modelVersion);
    const report = (await this.reports([model.id], request)).get(model.id);
    if (!report) throw nothingToTest(model);
    return report;
  }

  /** As `report`, for several; null where nothing says on what a model version is tested. */
  async reports(
    modelVersionIds: readonly string[],
    { datasetVersion, scope }: ContaminationRequest,
  ): Promise<Map<string, ContaminationReport | null>> {
    const models = await this.models.byIds(modelVersionIds);
    const tested = await this.testedOn(modelVersionIds, datasetVersion ?? null);
    const training = await this.training.of(modelVersionIds, scope ?? 'lineage');
    const asked = modelVersionIds.flatMap((id) => {
      const version = tested.get(id);
      const { splits } = training.get(id)!;
      if (!version || splits.length === 0) return [];
      return testedSplits(version).map(({ name }) => ({
        datasetVersionId: version.id,
        question: contaminationQuestion(name, splits),
        key: `${id} ${name}`,
      }));
    });
    const found = await this.counts.byQuestions(asked);
    const counts = new Map(asked.map(({ key }, i) => [key, found[i] ?? null]));
    const reports = new Map<string, ContaminationReport | null>();
    for (const id of modelVersionIds) {
      const [model, version] = [models.get(id), tested.get(id)];
      const countOf = (split: string) => counts.get(`${id} ${split}`) ?? null;
      const report = model && version ? reportOf(model, version, training.get(id)!, countOf) : null;
      reports.set(id, report && { ...report, scope: scope ?? 'lineage' });
    }
    return reports;
  }

  /**
   * Ask for what has not been counted yet. Throws as `report`, and TRAINING_DATA_UNKNOWN where the lineage names no split that
   * could be compared, VERSION_ERASED where rows of one are gone that were not counted before.
   */
  request(modelVersion: string, { datasetVersion, scope }: ContaminationRequest): Promise<JobView> {
    return this.units.run(async () => {
      const model = await this.models.byRef(modelVersion);
      const version = (await this.testedOn([model.id], datasetVersion ?? null)).get(model.id);
      if (!version) throw nothingToTest(model);
      const { splits, gaps } = (await this.training.of([model.id], scope ?? 'lineage')).get(model.id)!;
      if (splits.length === 0) throw trainingDataUnknown(model, gaps);
      const questions = testedSplits(version).map(({ name }) => contaminationQuestion(name, splits));
      await this.requireWhole(version, questions);
      return this.requestCounts({ modelVersionId: model.id, datasetVersionId: version.id, questions });
    });
  }

  requestCounts(plan: ContaminationPlan): Promise<JobView> {
    return this.units.run(() =>
      this.jobs.request(CONTAMINATION, plan, { kind: 'modelVersion', id: plan.modelVersionId }),
    );
  }

  private async requireWhole(
    version: DatasetVersionView,
    questions: readonly ContaminationQuestion[],
  ): Promise<void> {
    const counted = await this.counts.byQuestions(
      questions.map((question) => ({ datasetVersionId: version.id, question })),
    );
    const open = questions.filter((_, i) => !counted[i]);
    const read = open.flatMap(({ against }) => against);
    const versions = await this.datasets.byIds(read.map(({ datasetVersionId }) => datasetVersionId));
    for (const { split } of open) requireWhole(version, [split]);
    for (const { datasetVersionId, split } of read) requireWhole(versions.get(datasetVersionId)!, [split]);
  }

  private async testedOn(
    modelVersionIds: readonly string[],
    ref: string | null,
  ): Promise<Map<string, DatasetVersionView>> {
    if (ref !== null) {
      const version = await this.datasets.byRef(ref);
      return new Map(modelVersionIds.map((id) => [id, version]));
    }
    const latest = await this.evaluations.forModelVersions(modelVersionIds, { first: 1 });
    const byModel = [...latest].flatMap(([id, { items }]) =>
      items[0] ? [[id, items[0].datasetVersionId] as const] : [],
    );
    const versions = await this.datasets.byIds(byModel.map(([, version]) => version));
    return new Map(
      byModel.flatMap(([id, version]) =>
        versions.has(version) ? [[id, versions.get(version)!] as const] : [],
      ),
    );
  }
}

function reportOf(
  model: ModelVersionView,
  version: DatasetVersionView,
  { splits, gaps }: ReadTrainingData,
  countOf: (split: string) => TestedSplit['count'],
): Omit<ContaminationReport, 'scope'> {
  return {
    modelVersionId: model.id,
    modelVersion: `${model.model}@${model.version}`,
    datasetVersionId: version.id,
    datasetVersion: `${version.dataset}@${version.version}`,
    gaps,
    trainedOn: splits,
    splits: testedSplits(version).map(({ name, role, sealed }): TestedSplit => {
      return { split: name, role, sealed, count: countOf(name) };
    }),
  };
}

/** Those that say how a model does on what it has not seen. */
function testedSplits({ splits }: DatasetVersionView): DatasetVersionView['splits'] {
  return splits.filter(({ role }) => role === 'holdout' || role === 'cross_domain');
}

const nothingToTest = ({ model, version }: ModelVersionView) =>
  new InvalidInputError(
    'CONTAMINATION_DATASET_MISSING',
    `${model}@${version} was not evaluated on any dataset version, and the request names none`,
    { remedy: 'Name the dataset version whose holdout and cross-domain splits are meant.' },
  );

const trainingDataUnknown = ({ model, version }: ModelVersionView, gaps: readonly string[]) =>
  new ConflictError(
    'TRAINING_DATA_UNKNOWN',
    `there is nothing to compare with: ${gaps.join('; ') || `${model}@${version} was trained on no split`}`,
    {
      remedy:
        'Register the model version with the data it was trained on (--dataset), or with a run that recorded its inputs.',
    },
  );
