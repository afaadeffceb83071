import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork, type Transaction } from '../../platform/database/index.js';
import { lockGateInputs } from '../sources/index.js';
import {
  GateDecisionReader,
  GatesService,
  lockStage,
  noPolicyForStage,
  PolicyReader,
  type PolicyView,
} from '../gates/index.js';
import { LineageService } from '../lineage/index.js';
import { Champions, ModelReader, type ModelVersionView } from '../registry/index.js';
import { promotionRefused, type Refusal, type RefusalReason } from './deployments.errors.js';
import { DEPLOYMENT, PROMOTION } from './deployment.records.js';
import { DeploymentsReader } from './deployments.reader.js';
import type { PromotionView } from './promotion.view.js';

export interface PromotionRequest {
  /** NAME@VERSION or id. */
  modelVersion: string;
  stage: string;
}

/** What one policy of the stage says: the decision that allows the promotion, or why there is none. */
type Permission = { decisionId: string; refusal: null } | { decisionId: null; refusal: Refusal };

/** Puts model versions where they are used, when the gates of that stage let them through. */
@Injectable()
export class DeploymentsService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly models: ModelReader,
    private readonly champions: Champions,
    private readonly policies: PolicyReader,
    private readonly gates: GatesService,
    private readonly decisions: GateDecisionReader,
    private readonly reader: DeploymentsReader,
    private readonly lineage: LineageService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Promote a model version: needs a standing PASS about exactly this version from the latest version of every policy of the stage,
   * on inputs that are recomputed here. Promoting what already stands there changes nothing. Promotions of one model to one
   * stage go one after the other. Throws NO_POLICY_FOR_STAGE, PROMOTION_REFUSED, MODEL_VERSION_NOT_FOUND.
   */
  promote({ modelVersion, stage }: PromotionRequest): Promise<PromotionView> {
    return this.units.run(async (tx) => {
      const version = await this.models.byRef(modelVersion);
      await lockGateInputs(tx, 'deciding');
      await lockStage(tx, version.modelId, stage);
      const policies = await this.policies.forStage(stage);
      if (policies.length === 0) throw noPolicyForStage(stage);
      const permissions: Permission[] = [];
      for (const policy of policies) permissions.push(await this.permission(version, policy, stage));
      const refusals = permissions.flatMap(({ refusal }) => refusal ?? []);
      if (refusals.length > 0) throw promotionRefused(labelOf(version), stage, refusals);
      const [current] = await tx.query<{ promotionId: string; modelVersionId: string }>(
        `SELECT promotion_id AS "promotionId", model_version_id AS "modelVersionId" FROM deployment
         WHERE model_id = $1 AND stage = $2 AND state = 'current'`,
        [version.modelId, stage],
      );
      if (current?.modelVersionId === version.id) return this.reader.promotion(current.promotionId);
      return this.record(
        tx,
        version,
        stage,
        permissions.flatMap(({ decisionId }) => decisionId ?? []),
        current?.modelVersionId ?? null,
      );
    });
  }

  private async permission(
    version: ModelVersionView,
    policy: PolicyView,
    stage: string,
  ): Promise<Permission> {
    const standing = await this.gates.standingFor(version.id, policy, stage);
    if (standing?.verdict === 'PASS') return { decisionId: standing.id, refusal: null };
    const newest = standing
      ? await this.decisions.byId(standing.id)
      : (await this.decisions.latestFor([version.id], policy.name)).get(version.id);
    if (!newest) {
      const reason = `${policy.name} has not decided about ${labelOf(version)}.`;
      const remedy = `Ask the gate: assay gate check ${labelOf(version)} --policy ${policy.name} --stage ${stage}.`;
      return refused(policy, null, null, [{ id: 'decision', reason, remedy }]);
    }
    const reasons: RefusalReason[] = newest.rules
      .filter(({ verdict }) => verdict !== 'PASS')
      .map(({ id, reason, remedy }) => ({ id, reason, remedy }));
    if (!standing) reasons.unshift(await this.outdated(newest.decisionId, newest.stage, stage));
    return refused(policy, newest.decisionId, newest.verdict, reasons);
  }

  private async outdated(
    decisionId: string,
    decidedFor: string | null,
    stage: string,
  ): Promise<RefusalReason> {
    const { reasons } = await this.gates.freshness(decisionId);
    if (decidedFor !== stage)
      reasons.unshift(`it was made for ${decidedFor === null ? 'no stage' : `stage ${decidedFor}`}`);
    return {
      id: 'freshness',
      reason: `The decision no longer stands: ${reasons.join('; ') || 'its inputs changed since'}.`,
      remedy: 'Ask the gate again, and promote on the new decision.',
    };
  }

  private async record(
    tx: Transaction,
    version: ModelVersionView,
    stage: string,
    decisionIds: readonly string[],
    previous: string | null,
  ): Promise<PromotionView> {
    const id = newId();
    const { modelId, id: modelVersionId } = version;
    await tx.execute(
      `INSERT INTO promotion (id, model_id, model_version_id, stage, previous_model_version_id, created_by)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, modelId, modelVersionId, stage, previous, currentContext().actor.id],
    );
    await tx.execute(
      'INSERT INTO promotion_decision (promotion_id, gate_decision_id) SELECT $1, decision FROM unnest($2::uuid[]) AS decision',
      [id, decisionIds],
    );
    const deployments = await replace(tx, { modelId, modelVersionId, stage, promotionId: id });
    await this.champions.set(version.model, stage, modelVersionId, decisionIds);
    await this.trace(id, version, stage, decisionIds);
    await this.audit.record({
      action: 'model.promoted',
      subject: { kind: 'promotion', id },
      body: {
        modelVersionId,
        model: version.model,
        version: version.version,
        stage,
        gateDecisionIds: [...decisionIds],
        previousModelVersionId: previous,
      },
      records: [
        { kind: PROMOTION, id },
        ...deployments.map((deployment) => ({ kind: DEPLOYMENT, id: deployment })),
      ],
    });
    return this.reader.promotion(id);
  }

  private async trace(
    id: string,
    version: ModelVersionView,
    stage: string,
    decisionIds: readonly string[],
  ): Promise<void> {
    const to = { kind: 'promotion', id } as const;
    await this.lineage.addNode({ ...to, label: `${labelOf(version)} to ${stage}` });
    for (const decisionId of decisionIds) {
      await this.lineage.addEdge({
        from: { kind: 'gateDecision', id: decisionId },
        to,
        relation: 'promoted',
      });
    }
  }
}

function refused(
  policy: PolicyView,
  decisionId: string | null,
  verdict: string | null,
  reasons: RefusalReason[],
): Permission {
  return { decisionId: null, refusal: { policy: policy.name, decisionId, verdict, reasons } };
}

function labelOf({ model, version }: ModelVersionView): string {
  return `${model}@${version}`;
}

/** A model version where another stood, or none. The ids of the deployments that changed. */
async function replace(
  tx: Transaction,
  to: { modelId: string; modelVersionId: string; stage: string; promotionId: string },
): Promise<string[]> {
  const ended = await tx.query<{ id: string }>(
    `UPDATE deployment SET state = 'superseded', until = now() WHERE model_id = $1 AND stage = $2 AND state = 'current' RETURNING id`,
    [to.modelId, to.stage],
  );
  const id = newId();
  await tx.execute(
    `INSERT INTO deployment (id, model_id, model_version_id, stage, promotion_id, state) VALUES ($1, $2, $3, $4, $5, 'current')`,
    [id, to.modelId, to.modelVersionId, to.stage, to.promotionId],
  );
  return [id, ...ended.map((one) => one.id)];
}
