import { Injectable } from '@nestjs/common';
import { AssayConfig } from '../../platform/config/index.js';
import { may } from '../../platform/context/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import type { Page, PageRequest } from '../../platform/http/page.js';
import { Jobs, type JobView } from '../../platform/queue/index.js';
import { Uploads } from '../../platform/storage/index.js';
import { DatasetReader } from '../datasets/index.js';
import { ModelReader } from '../registry/index.js';
import { checkProtocolFits } from './slices/fit-protocol.js';
import { nothingToEvaluate, splitRepeated } from './evaluation.errors.js';
import { EvaluationReader } from './evaluation.reader.js';
import type { EvaluationView } from './evaluation.view.js';
import type { ExecutionPlan } from './execution/execution-plan.js';
import { resolveExecution, type ExecutionRequest } from './execution/resolve-execution.js';
import { chosenFields, readProtocol, resolveProtocol, type Protocol } from './protocol.js';

export const COMPUTE_EVALUATION = 'evaluation.compute';

export interface EvaluationRequest {
  /** NAME@VERSION or id. */
  modelVersion: string;
  /** NAME@VERSION or id. */
  datasetVersion: string;
  /** Either these, or `execute`. */
  predictions?: { split: string; uploadId: string }[] | null;
  execute?: ExecutionRequest | null;
  protocol?: object | null;
}

/** What the job is given: ids and digests, never data. */
export interface EvaluationPlan {
  modelVersionId: string;
  datasetVersionId: string;
  /** Empty where the model is run. */
  predictions: { split: string; uploadId: string; digest: string }[];
  /** Absent where predictions were sent. */
  execution?: ExecutionPlan | null;
  protocol: Protocol;
  /** What of the protocol the caller chose, who may not push policies: nobody else has agreed to it. */
  chosen: string[];
  /** The caller may push policies. */
  endorsed: boolean;
}

@Injectable()
export class EvaluationsService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly models: ModelReader,
    private readonly datasets: DatasetReader,
    private readonly uploads: Uploads,
    private readonly jobs: Jobs,
    private readonly reader: EvaluationReader,
    private readonly config: AssayConfig,
  ) {}

  /** Evaluations, newest first, of a model version and on a dataset version where they are named. */
  async list(
    filter: { modelVersion?: string | null; datasetVersion?: string | null } & PageRequest,
  ): Promise<Page<EvaluationView>> {
    const { modelVersion, datasetVersion } = filter;
    const model = typeof modelVersion === 'string' ? await this.models.byRef(modelVersion) : undefined;
    const dataset =
      typeof datasetVersion === 'string' ? await this.datasets.byRef(datasetVersion) : undefined;
    return this.reader.list({ modelVersionId: model?.id, datasetVersionId: dataset?.id }, filter);
  }

  /**
   * Ask for a model version's predictions to be judged, or for the model to be run. What can be wrong without reading files is refused at once:
   * references, splits, uploads, columns, protocol.
   */
  request(request: EvaluationRequest): Promise<JobView> {
    const document = readProtocol(request.protocol);
    const sent = request.predictions ?? [];
    const execute = request.execute ?? null;
    if ((sent.length === 0) === (execute === null)) throw nothingToEvaluate(sent.length > 0);
    const names = execute === null ? sent.map(({ split }) => split) : execute.splits;
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined) throw splitRepeated(repeated);
    return this.units.run(async () => {
      const model = await this.models.byRef(request.modelVersion);
      const dataset = await this.datasets.byRef(request.datasetVersion);
      const inputs = [];
      for (const split of names) inputs.push(await this.datasets.evaluationInput(dataset.id, split));
      checkProtocolFits(document, dataset.schema, inputs);
      const uploads = await this.uploads.claimAll(
        sent.map(({ uploadId }) => uploadId),
        'evaluation',
      );
      const predictions = sent.map(({ split, uploadId }) => ({
        split,
        uploadId,
        digest: uploads.get(uploadId)!.digest,
      }));
      const execution = execute && resolveExecution(execute, model, dataset, this.config.modelHosts);
      const plan: EvaluationPlan = {
        modelVersionId: model.id,
        datasetVersionId: dataset.id,
        predictions,
        ...(execution ? { execution } : {}),
        // All splits of a version share schema and classes.
        protocol: resolveProtocol(document, inputs[0]!),
        chosen: may('policy') ? [] : chosenFields(document, inputs[0]!),
        endorsed: may('policy'),
      };
      return this.jobs.request(COMPUTE_EVALUATION, plan, { kind: 'modelVersion', id: model.id });
    });
  }
}
