import { Injectable, type OnModuleInit } from '@nestjs/common';
import { digestOf } from '../../../domain/canonical/index.js';
import { AuditLog, Records } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, UnitOfWork } from '../../../platform/database/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import { DatasetReader, openLabels } from '../../datasets/index.js';
import { compareNumbers } from '../compare-numbers.js';
import { comparePredictions } from '../compare-predictions.js';
import { comparableSplits, COMPARE_EVALUATIONS, type ComparisonPlan } from '../comparisons.service.js';
import { newSalt } from '../evaluate-split.js';
import { COMPARISON, EVALUATION } from '../evaluation.records.js';
import { EvaluationReader } from '../evaluation.reader.js';
import type { PairedStatistics } from '../paired-statistics.js';
import { knownLabels } from '../protocol.js';

/** From two evaluations to their paired statistics. */
@Injectable()
export class CompareEvaluationsJob implements JobDefinition, OnModuleInit {
  readonly kind = COMPARE_EVALUATIONS;

  constructor(
    private readonly registry: JobRegistry,
    private readonly units: UnitOfWork,
    private readonly evaluations: EvaluationReader,
    private readonly datasets: DatasetReader,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
    private readonly audit: AuditLog,
    private readonly records: Records,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: ComparisonPlan, job: JobContext): Promise<() => Promise<object>> {
    const candidate = await this.evaluations.byId(plan.candidateEvaluationId);
    const baseline = await this.evaluations.byId(plan.baselineEvaluationId);
    await this.records.require([candidate, baseline].map(({ id }) => ({ kind: EVALUATION, id })));
    const splits = comparableSplits(candidate, baseline, plan.split);
    const input = await this.datasets.evaluationInput(candidate.datasetVersionId, plan.split);
    await job.progress(0, `comparing on ${plan.split}`);
    const files = {
      candidate: await this.blobs.localPath(splits.candidate.predictionsBlob),
      baseline: await this.blobs.localPath(splits.baseline.predictionsBlob),
    };
    const known = knownLabels(candidate.protocol, input);
    const statistics = await this.duck.with(async (db) => {
      const labels = await openLabels(db, { blobs: this.blobs, sealedFiles: this.sealedFiles }, input);
      return candidate.protocol.task === 'regression'
        ? compareNumbers(db, { ...files, labels }, input.rows)
        : comparePredictions(db, { ...files, labels }, input.rows, known);
    }, job.signal);
    return () => this.store(plan, input.sealed ? { ...statistics, salt: newSalt() } : statistics);
  }

  /** What is answered names the comparison and no number: the split may be sealed. */
  private async store(plan: ComparisonPlan, statistics: PairedStatistics): Promise<object> {
    const { projectId, actor } = currentContext();
    const tx = this.units.current();
    const facts = { ...plan, digest: digestOf({ ...plan, statistics }) };
    const [inserted] = await tx.query<{ id: string }>(
      `INSERT INTO paired_comparison (id, project_id, candidate_evaluation_id, baseline_evaluation_id, split, statistics,
         digest, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (candidate_evaluation_id, baseline_evaluation_id, split) DO NOTHING RETURNING id`,
      [
        newId(),
        projectId,
        plan.candidateEvaluationId,
        plan.baselineEvaluationId,
        plan.split,
        JSON.stringify(statistics),
        facts.digest,
        actor.name,
      ],
    );
    if (inserted) {
      await this.audit.record({
        action: 'comparison.created',
        subject: { kind: 'comparison', id: inserted.id },
        body: facts,
        records: [{ kind: COMPARISON, id: inserted.id }],
      });
    }
    return facts;
  }
}
