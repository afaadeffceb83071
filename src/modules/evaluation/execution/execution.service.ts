import { Injectable } from '@nestjs/common';
import type { Task } from '../../../domain/metrics/index.js';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import type { JobContext } from '../../../platform/queue/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { DatasetReader } from '../../datasets/index.js';
import type { EvaluationLevel } from '../evaluation.view.js';
import { executionLevel } from './execution-level.js';
import { executeSplit } from './execute-split.js';
import type { ExecutionFacts, ExecutionPlan, SplitRun } from './execution-plan.js';
import { modelError } from './execution.errors.js';
import { featuresOf } from './resolve-execution.js';

/** What running a model gave: a predictions file for each split, and what ran. */
export interface Executed {
  predictions: { split: string; digest: string }[];
  facts: ExecutionFacts;
  level: EvaluationLevel;
  runs: SplitRun[];
}

/** Runs a registered model, or asks its server, split by split. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly datasets: DatasetReader,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
    private readonly config: AssayConfig,
  ) {}

  /** Progress goes from 0 to `share`. Throws InvalidInputError, MODEL_... and FEATURE_... */
  async run(
    datasetVersionId: string,
    plan: ExecutionPlan,
    job: JobContext,
    share: number,
    task: Task,
  ): Promise<Executed> {
    const { modelHosts: hosts, modelMemoryMb: memoryMb, modelSeconds: seconds } = this.config;
    const features = featuresOf(plan.inputs, await this.datasets.byRef(datasetVersionId));
    const predictions: Executed['predictions'] = [];
    const runs: SplitRun[] = [];
    let facts: ExecutionFacts | undefined;
    for (const [position, split] of plan.splits.entries()) {
      const input = await this.datasets.evaluationInput(datasetVersionId, split);
      const at = (rows: number) => (share * (position + rows / input.rows)) / plan.splits.length;
      await job.progress(at(0), `running ${plan.runtime} on ${split}`);
      const executed = await this.duck.with(
        (db) =>
          executeSplit(db, this.blobs, input, {
            plan,
            task,
            features,
            limits: { memoryMb, seconds },
            hosts,
            signal: job.signal,
            progress: (rows) => job.progress(at(rows), `ran ${rows} of ${input.rows} rows of ${split}`),
          }),
        job.signal,
      );
      const { inputs, output, engine } = executed.loaded;
      const ran: ExecutionFacts = {
        runtime: plan.runtime,
        engine,
        artifact: plan.artifact,
        endpoint: plan.endpoint?.url ?? null,
        inputs,
        output: { ...plan.output, name: output },
      };
      if (facts && JSON.stringify(facts) !== JSON.stringify(ran)) throw changed();
      facts = ran;
      predictions.push({ split, digest: executed.predictions.digest });
      runs.push(executed.run);
      await job.progress(
        at(input.rows),
        `ran ${engine} on ${split}: ${input.rows} rows, ${executed.run.rowsPerSecond} rows per second`,
      );
    }
    return { predictions, facts: facts!, level: executionLevel(plan, hosts), runs };
  }
}

const changed = () =>
  modelError(
    'MODEL_CHANGED',
    "the model's endpoint described itself differently from split to split",
    'Name a version in the URL (/v2/models/NAME/versions/VERSION), and ask again.',
  );
