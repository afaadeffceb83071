import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { EventSubscriptions } from '../../platform/queue/index.js';
import { CONSENT_WITHDRAWN, type ConsentWithdrawn } from '../datasets/index.js';
import { EVALUATION_COMPLETED, EvaluationReader } from '../evaluation/index.js';
import { LineageService } from '../lineage/index.js';
import { STALENESS } from './gate.records.js';

interface EvaluationCompleted {
  evaluationId: string;
  modelVersionId: string;
}

/** Marks decisions that rest on what is no longer the latest. Promotions recompute their inputs anyway: this is for readers. */
@Injectable()
export class StaleDecisions implements OnModuleInit {
  constructor(
    private readonly units: UnitOfWork,
    private readonly events: EventSubscriptions,
    private readonly evaluations: EvaluationReader,
    private readonly lineage: LineageService,
    private readonly audit: AuditLog,
  ) {}

  onModuleInit(): void {
    this.events.on(EVALUATION_COMPLETED, 'gates.stale-decisions', (event: EvaluationCompleted) =>
      this.onEvaluation(event),
    );
    this.events.on(CONSENT_WITHDRAWN, 'gates.withdrawn-consent', (event: ConsentWithdrawn) =>
      this.onWithdrawal(event),
    );
  }

  /** Every decision about what the data led to, and every one that was made on them. */
  private async onWithdrawal({ datasetVersionIds }: ConsentWithdrawn): Promise<void> {
    const data = datasetVersionIds.map((id) => ({ kind: 'datasetVersion', id }) as const);
    const decisions = await this.lineage.reached(data, 'downstream', ['gateDecision']);
    await this.mark('d.id = ANY($2::uuid[])', 'a subject withdrew consent whose rows it rests on', [
      decisions.map(({ id }) => id),
    ]);
  }

  /** Every decision about the model version that was made before, and did not see, this evaluation. */
  private async onEvaluation({ evaluationId, modelVersionId }: EvaluationCompleted): Promise<void> {
    const evaluation = (await this.evaluations.byIds([evaluationId])).get(evaluationId);
    if (!evaluation) return;
    await this.mark(
      `d.model_version_id = $2 AND NOT d.document -> 'evaluationIds' ? $3 AND d.decided_at < $4`,
      'the model version has been evaluated again since',
      [modelVersionId, evaluationId, evaluation.createdAt],
    );
  }

  /** Every decision by earlier versions of a policy. Inside UnitOfWork.run. */
  async onPolicyVersion(name: string, version: number): Promise<void> {
    await this.mark(
      'd.policy_id IN (SELECT p.id FROM gate_policy p WHERE p.name = $2 AND p.version < $3)',
      `policy ${name} has version ${version} since`,
      [name, version],
    );
  }

  private mark(which: string, reason: string, parameters: unknown[]): Promise<void> {
    return this.units.run(async (tx) => {
      const marked = await tx.query<{ id: string }>(
        `INSERT INTO gate_decision_staleness (gate_decision_id, reason)
         SELECT d.id, $1 FROM gate_decision d WHERE ${which} ON CONFLICT DO NOTHING RETURNING gate_decision_id AS id`,
        [reason, ...parameters],
      );
      for (const { id } of marked) {
        await this.audit.record({
          action: 'gate.decision.stale',
          subject: { kind: 'gateDecision', id },
          body: { reason },
          records: [{ kind: STALENESS, id }],
        });
      }
    });
  }
}
