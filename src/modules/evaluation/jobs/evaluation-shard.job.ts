import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import { DatasetReader } from '../../datasets/index.js';
import { reduceShard } from '../shards/reduce-shard.js';
import type { ShardOrder } from '../shards/shard-plan.js';

export const EVALUATION_SHARD = 'evaluation.shard';

/** From the predictions of some rows to their reduction. */
@Injectable()
export class EvaluationShardJob implements JobDefinition, OnModuleInit {
  readonly kind = EVALUATION_SHARD;

  constructor(
    private readonly registry: JobRegistry,
    private readonly datasets: DatasetReader,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(order: ShardOrder, job: JobContext): Promise<() => Promise<object>> {
    await job.progress(0, `evaluating rows ${order.from} to ${order.to} of ${order.split}`);
    const input = await this.datasets.evaluationInput(order.datasetVersionId, order.split);
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    const result = await this.duck.with((db) => reduceShard(db, stores, input, order), job.signal);
    return () => Promise.resolve(result);
  }
}
