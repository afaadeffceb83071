import { Injectable } from '@nestjs/common';
import { digestOf } from '../../domain/canonical/index.js';
import { type Release, releaseOf } from '../../domain/holdout/index.js';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork } from '../../platform/database/index.js';
import { Outbox } from '../../platform/queue/index.js';
import { BlobReferences, SealedFiles } from '../../platform/storage/index.js';
import { DatasetReader, Looks } from '../datasets/index.js';
import { lockGateInputs } from '../sources/index.js';
import { LineageService } from '../lineage/index.js';
import { ModelReader } from '../registry/index.js';
import { EVALUATION } from './evaluation.records.js';
import type { EvaluatedSplit } from './evaluate-split.js';
import type { EvaluationLevel } from './evaluation.view.js';
import type { EvaluationPlan } from './evaluations.service.js';
import type { ExecutionFacts, SplitRun } from './execution/execution-plan.js';
import { protocolHash, tellingClasses } from './protocol.js';

export const EVALUATION_COMPLETED = 'evaluation.completed';

/** How long the same predictions are answered with the evaluation that exists; later ones renew it. Neither is a new look. */
const REUSED_FOR = '1 hour';

/** What the job answers. */
export interface EvaluationResult {
  evaluationId: string;
  modelVersionId: string;
  datasetVersionId: string;
  protocolHash: string;
  level: EvaluationLevel;
  /** False when the same predictions had been evaluated under the same protocol already. */
  created: boolean;
  /** How long the model took, where it was run. */
  runs?: SplitRun[];
}

/** How the predictions came to be, where the model was run. */
export interface Execution {
  facts: ExecutionFacts;
  level: EvaluationLevel;
  runs: SplitRun[];
}

/** Turns evaluated splits into an evaluation: everything or nothing, inside the unit of work that ends its job. */
@Injectable()
export class EvaluationStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly looks: Looks,
    private readonly references: BlobReferences,
    private readonly lineage: LineageService,
    private readonly models: ModelReader,
    private readonly datasets: DatasetReader,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    private readonly sealedFiles: SealedFiles,
  ) {}

  /** Throws HOLDOUT_SPENT. */
  async store(
    plan: EvaluationPlan,
    splits: readonly EvaluatedSplit[],
    execution: Execution | null = null,
  ): Promise<EvaluationResult> {
    await lockGateInputs(this.units.current(), 'changing');
    const facts = {
      modelVersionId: plan.modelVersionId,
      datasetVersionId: plan.datasetVersionId,
      protocolHash: protocolHash(plan.protocol),
      level: execution?.level ?? ('recomputed' as const),
    };
    const chosen = plan.chosen ?? [];
    const endorsed = plan.endorsed ?? false;
    const predictions = digestOf(
      splits.map(({ input, predictionsDigest }) => [input.split, predictionsDigest]).sort(),
    );
    const ran = execution?.facts ?? null;
    const runs = execution ? { runs: execution.runs } : {};
    const existing = await this.find(facts, predictions, chosen, endorsed, ran);
    if (existing) return { evaluationId: existing, ...facts, created: false, ...runs };

    const id = newId();
    const digest = digestOf({
      protocolHash: facts.protocolHash,
      splits: splits.map(({ input, evidenceDigest }) => [input.split, input.root, evidenceDigest]).sort(),
    });
    await this.insert(id, plan, facts, predictions, digest, ran);
    for (const [position, split] of splits.entries()) await this.insertSplit(id, plan, split, position);
    await this.addLineage(id, plan);
    await this.audit.record({
      action: 'evaluation.created',
      subject: { kind: 'evaluation', id },
      body: {
        ...facts,
        digest,
        protocol: plan.protocol,
        chosen,
        endorsed,
        ...(ran ? { execution: ran } : {}),
        splits: splits.map(({ input, predictionsDigest, evidenceDigest }) => ({
          split: input.split,
          root: input.root,
          predictionsDigest,
          evidenceDigest,
        })),
      },
      records: [{ kind: EVALUATION, id }],
    });
    await this.outbox.publish(EVALUATION_COMPLETED, {
      evaluationId: id,
      modelVersionId: facts.modelVersionId,
      datasetVersionId: facts.datasetVersionId,
    });
    return { evaluationId: id, ...facts, created: true, ...runs };
  }

  /** A recent evaluation of the very same predictions, that counts for as much. Two at once wait for each other. */
  private async find(
    facts: { modelVersionId: string; datasetVersionId: string; protocolHash: string; level: string },
    predictions: string,
    chosen: readonly string[],
    endorsed: boolean,
    ran: ExecutionFacts | null,
  ): Promise<string | undefined> {
    const tx = this.units.current();
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 6))', [
      `${facts.modelVersionId} ${predictions}`,
    ]);
    const [row] = await tx.query<{ id: string }>(
      `SELECT id FROM evaluation WHERE model_version_id = $1 AND dataset_version_id = $2 AND protocol_hash = $3
         AND predictions_digest = $4 AND chosen = $5 AND endorsed >= $6 AND level = $7
         AND execution::jsonb IS NOT DISTINCT FROM $8::jsonb AND created_at > clock_timestamp() - interval '${REUSED_FOR}'
       ORDER BY id DESC LIMIT 1`,
      [
        facts.modelVersionId,
        facts.datasetVersionId,
        facts.protocolHash,
        predictions,
        chosen,
        endorsed,
        facts.level,
        ran && JSON.stringify(ran),
      ],
    );
    return row?.id;
  }

  private async insert(
    id: string,
    plan: EvaluationPlan,
    facts: { protocolHash: string; level: string },
    predictions: string,
    digest: string,
    ran: ExecutionFacts | null,
  ): Promise<void> {
    const { projectId, actor } = currentContext();
    await this.units.current().execute(
      `INSERT INTO evaluation (id, project_id, model_version_id, dataset_version_id, protocol, protocol_hash, level,
         predictions_digest, digest, created_at, created_by, chosen, endorsed, execution)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, greatest(clock_timestamp(),
         -- One after the other, even where the clock was set back.
         (SELECT max(created_at) + interval '1 millisecond' FROM evaluation WHERE model_version_id = $3)), $10, $11, $12, $13)`,
      [
        id,
        projectId,
        plan.modelVersionId,
        plan.datasetVersionId,
        JSON.stringify(plan.protocol),
        facts.protocolHash,
        facts.level,
        predictions,
        digest,
        actor.name,
        plan.chosen ?? [],
        plan.endorsed ?? false,
        ran && JSON.stringify(ran),
      ],
    );
  }

  private async insertSplit(
    id: string,
    plan: EvaluationPlan,
    split: EvaluatedSplit,
    position: number,
  ): Promise<void> {
    const { input, predictionsDigest, predictions } = split;
    const { datasetVersionId } = plan;
    const look = input.sealed
      ? await this.looks.take({
          datasetVersionId,
          split: input.split,
          evaluationId: id,
          predictionsDigest: lookedAtAs(plan, predictionsDigest),
        })
      : null;
    const released = look && (await this.release(split, look));
    await this.references.add(predictions.digest, predictions.size, { kind: 'evaluation', id });
    await this.units.current().execute(
      `INSERT INTO evaluation_split (project_id, evaluation_id, position, split, role, domain, sealed, split_root, rows, look,
         budget, predictions_digest, predictions_blob, evidence, evidence_digest, report, released, charts)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
      [
        currentContext().projectId,
        id,
        position,
        input.split,
        input.role,
        input.domain,
        input.sealed,
        input.root,
        input.rows,
        look?.look ?? null,
        look?.budget ?? null,
        predictionsDigest,
        predictions.digest,
        JSON.stringify(split.evidence),
        split.evidenceDigest,
        JSON.stringify(split.report),
        released && JSON.stringify(released),
        split.charts && this.sealedFiles.sealValue(split.charts),
      ],
    );
  }

  /** Under the lock of the look that was taken: looks at the same rows are released one after the other. */
  private async release(
    { input, evidence }: EvaluatedSplit,
    { look, budget }: { look: number; budget: number },
  ) {
    const earlier = await this.units.current().query<{ look: number; released: Release }>(
      `SELECT look, released FROM evaluation_split WHERE split_root = $1 AND sealed AND released IS NOT NULL
       ORDER BY look, evaluation_id`,
      [input.root],
    );
    // The same predictions are told what they were told.
    const same = earlier.find((each) => each.look === look);
    if (same) return same.released;
    return releaseOf(
      evidence,
      tellingClasses(input.openClasses).length,
      budget,
      earlier.map((each) => each.released),
    );
  }

  private async addLineage(id: string, plan: EvaluationPlan): Promise<void> {
    const model = await this.models.byRef(plan.modelVersionId);
    const dataset = await this.datasets.byRef(plan.datasetVersionId);
    const to = { kind: 'evaluation', id } as const;
    const label = `${model.model}@${model.version} on ${dataset.dataset}@${dataset.version}`;
    await this.lineage.addNode({ ...to, label });
    await this.lineage.addEdge({ from: { kind: 'modelVersion', id: model.id }, to, relation: 'evaluated' });
    await this.lineage.addEdge({
      from: { kind: 'datasetVersion', id: dataset.id },
      to,
      relation: 'evaluated_on',
    });
  }
}

/** The same predictions are no new look, unless their sender chose another class, threshold or bins: that asks anew. */
function lookedAtAs({ chosen, protocol }: EvaluationPlan, predictionsDigest: string): string {
  return (chosen ?? []).length === 0
    ? predictionsDigest
    : digestOf([predictionsDigest, protocolHash(protocol)]);
}
