import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import { DatasetReader, openLabels } from '../../datasets/index.js';
import { requirePairable, type AblationPlan } from '../ablation/ablation-plan.js';
import { ablationReport } from '../ablation/ablation-report.js';
import { ABLATION } from '../ablation/ablation.service.js';
import { comparePredictions } from '../compare-predictions.js';
import { EVALUATION } from '../evaluation.records.js';
import { EvaluationReader } from '../evaluation.reader.js';
import type { EvaluationView } from '../evaluation.view.js';
import type { PairedCounts } from '../paired-statistics.js';
import { knownLabels } from '../protocol.js';

/** From the predictions of several models on the same rows to what each factor is worth. */
@Injectable()
export class AblationJob implements JobDefinition, OnModuleInit {
  readonly kind = ABLATION;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly evaluations: EvaluationReader,
    private readonly datasets: DatasetReader,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: AblationPlan, job: JobContext): Promise<() => Promise<object>> {
    const full = await this.evaluations.byId(plan.full.evaluationId);
    const counts: PairedCounts[] = [];
    for (const [i, { evaluationId, ref }] of plan.ablated.entries()) {
      await job.progress(i / plan.ablated.length, `comparing with ${ref}`);
      const ablated = await this.evaluations.byId(evaluationId);
      await this.records.require([full, ablated].map(({ id }) => ({ kind: EVALUATION, id })));
      requirePairable(full, ablated, plan.split);
      counts.push(await this.compare(full, ablated, plan, job));
    }
    const report = ablationReport(plan, counts);
    return () => Promise.resolve(report);
  }

  private async compare(
    full: EvaluationView,
    ablated: EvaluationView,
    { datasetVersionId, split }: AblationPlan,
    job: JobContext,
  ): Promise<PairedCounts> {
    const input = await this.datasets.evaluationInput(datasetVersionId, split);
    const fileOf = ({ splits }: EvaluationView) =>
      this.blobs.localPath(splits.find((one) => one.split === split)!.predictionsBlob);
    const files = { candidate: await fileOf(full), baseline: await fileOf(ablated) };
    const { accuracy } = await this.duck.with(async (db) => {
      const labels = await openLabels(db, { blobs: this.blobs, sealedFiles: this.sealedFiles }, input);
      return comparePredictions(db, { ...files, labels }, input.rows, knownLabels(full.protocol, input));
    }, job.signal);
    return accuracy;
  }
}
