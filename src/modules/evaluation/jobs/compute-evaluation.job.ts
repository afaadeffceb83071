import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import {
  type DonePart,
  type JobContext,
  type JobDefinition,
  JobParts,
  JobRegistry,
  Jobs,
} from '../../../platform/queue/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import { DatasetReader } from '../../datasets/index.js';
import { evaluateSplit, type EvaluatedSplit } from '../evaluate-split.js';
import { EvaluationStore } from '../evaluation.store.js';
import { ExecutionService } from '../execution/execution.service.js';
import { hasStress, pairStress } from '../pair-stress.js';
import { COMPUTE_EVALUATION, type EvaluationPlan } from '../evaluations.service.js';
import { type DoneShard, mergeShards } from '../shards/merge-shards.js';
import { planShards } from '../shards/plan-shards.js';
import { ordersOf, shardCount, type ShardOrder, type ShardResult } from '../shards/shard-plan.js';
import { EVALUATION_SHARD } from './evaluation-shard.job.js';

/** How much of the work running a model is. */
const RUNNING = 0.8;

/**
 * From predictions to an evaluation; where the model is to be run, from its predictions. Where splits are large it runs twice: it deals
 * the predictions that were sent out to shards, which are parts of this job, and merges what those have made.
 */
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
    private readonly jobs: Jobs,
    private readonly parts: JobParts,
    private readonly config: AssayConfig,
    private readonly execution: ExecutionService,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: EvaluationPlan, job: JobContext): Promise<() => Promise<object>> {
    const parts = await this.parts.of(job.jobId);
    if (parts.length === 0) {
      const orders = await this.plan(plan, job);
      if (orders.length > 0) return () => this.order(plan, orders, job.jobId);
    }
    const splits: EvaluatedSplit[] = [];
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    const executed = plan.execution
      ? await this.execution.run(
          plan.datasetVersionId,
          plan.execution,
          job,
          RUNNING,
          plan.protocol.task ?? 'classification',
        )
      : null;
    const begun = executed ? RUNNING : 0;
    const predictions = executed?.predictions ?? plan.predictions;
    for (const [position, { split, digest }] of predictions.entries()) {
      await job.progress(begun + ((1 - begun) * position) / predictions.length, `evaluating ${split}`);
      const input = await this.datasets.evaluationInput(plan.datasetVersionId, split);
      const shards = shardsOf(split, parts);
      // A database of its own for each split: its tables go with it.
      splits.push(
        await this.duck.with(
          (db) =>
            shards.length > 0
              ? mergeShards(db, stores, input, shards)
              : evaluateSplit(db, stores, input, { digest }, plan.protocol),
          job.signal,
        ),
      );
    }
    const paired = hasStress(splits, plan.protocol)
      ? await this.duck.with((db) => pairStress(db, stores, splits, plan.protocol), job.signal)
      : splits;
    return () => this.store.store(plan, paired, executed);
  }

  /** The shards of all splits that are large enough for any. */
  private async plan(plan: EvaluationPlan, job: JobContext): Promise<ShardOrder[]> {
    const orders: ShardOrder[] = [];
    // Clusters are counted over all rows of a split at once: such an evaluation is not cut.
    if (plan.protocol.cluster !== undefined) return orders;
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    for (const { split, digest } of plan.predictions) {
      const input = await this.datasets.evaluationInput(plan.datasetVersionId, split);
      const count = shardCount(input.rows, this.config.shardRows);
      if (count === 1) continue;
      await job.progress(0, `dealing ${split} out to ${count} shards`);
      const planned = await this.duck.with(
        (db) => planShards(db, stores, input, { digest }, plan.protocol, count),
        job.signal,
      );
      const { datasetVersionId, protocol } = plan;
      if (planned) orders.push(...ordersOf(planned, input.rows, { datasetVersionId, protocol }));
    }
    return orders;
  }

  private async order(plan: EvaluationPlan, orders: readonly ShardOrder[], jobId: string): Promise<object> {
    const subject = { kind: 'modelVersion', id: plan.modelVersionId };
    for (const order of orders) await this.jobs.request(EVALUATION_SHARD, order, subject, jobId);
    return {};
  }
}

const shardsOf = (split: string, parts: readonly DonePart[]): DoneShard[] =>
  parts
    .map(({ payload, result }) => ({ order: payload as ShardOrder, result: result as ShardResult }))
    .filter(({ order }) => order.split === split);
