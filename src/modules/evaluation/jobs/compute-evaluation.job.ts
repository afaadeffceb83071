import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import { DatasetReader } from '../../datasets/index.js';
import { evaluateSplit, type EvaluatedSplit } from '../evaluate-split.js';
import { EvaluationStore } from '../evaluation.store.js';
import { ExecutionService } from '../execution/execution.service.js';
import { COMPUTE_EVALUATION, type EvaluationPlan } from '../evaluations.service.js';

/** How much of the work running a model is. */
const RUNNING = 0.8;

/** From predictions to an evaluation; where the model is to be run, from its predictions. */
@Injectable()
export class ComputeEvaluationJob implements JobDefinition, OnModuleInit {
  readonly kind = COMPUTE_EVALUATION;

  constructor(
    private readonly registry: JobRegistry,
    private readonly datasets: DatasetReader,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
    private readonly store: EvaluationStore,
    private readonly execution: ExecutionService,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: EvaluationPlan, job: JobContext): Promise<() => Promise<object>> {
    const splits: EvaluatedSplit[] = [];
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    const executed = plan.execution
      ? await this.execution.run(plan.datasetVersionId, plan.execution, job, RUNNING)
      : null;
    const begun = executed ? RUNNING : 0;
    const predictions = executed?.predictions ?? plan.predictions;
    for (const [position, { split, digest }] of predictions.entries()) {
      await job.progress(begun + ((1 - begun) * position) / predictions.length, `evaluating ${split}`);
      const input = await this.datasets.evaluationInput(plan.datasetVersionId, split);
      // A database of its own for each split: its tables go with it.
      splits.push(
        await this.duck.with((db) => evaluateSplit(db, stores, input, { digest }, plan.protocol), job.signal),
      );
    }
    return () => this.store.store(plan, splits, executed);
  }
}
