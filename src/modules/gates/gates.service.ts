import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { digestOf } from '../../domain/canonical/index.js';
import { parseGatePolicy } from '../../domain/policy/index.js';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork, type Transaction } from '../../platform/database/index.js';
import type { JobView } from '../../platform/queue/index.js';
import { lockGateInputs } from '../sources/index.js';
import { LineageService } from '../lineage/index.js';
import { ModelReader, type ModelVersionView } from '../registry/index.js';
import { buildDecision, inputsDigest } from './build-decision.js';
import type { DecisionDocument } from './decision-document.js';
import { GateDecisionReader, toDecisionView } from './gate-decision.reader.js';
import type { DecisionRow, GateDecisionView } from './gate-decision.view.js';
import { GateEvidenceReader, type CollectedEvidence } from './gate-evidence.reader.js';
import { GATE_DECISION } from './gate.records.js';
import type { GateQuestion } from './gate-question.js';
import { policyInvalid, policyNotNamed } from './gates.errors.js';
import { PolicyReader } from './policy.reader.js';
import type { PolicyView } from './policy.view.js';
import { redactDecision } from './redact-decision.js';
import { lockStage } from './stage-lock.js';

export interface GateRequest {
  /** NAME@VERSION or id. */
  modelVersion: string;
  /** NAME (latest), NAME@VERSION or id. May be left out where the stage has one policy. */
  policy?: string | null;
  stage?: string | null;
  /** NAME@VERSION or id. Default: the one that the policy names, or that of the model's latest evaluation. */
  datasetVersion?: string | null;
  /** Decide, and record nothing. */
  dryRun?: boolean | null;
}

/** A decision, or the job after which to ask again. */
export type GateAnswer = { decision: GateDecisionView; job: null } | { decision: null; job: JobView };

/** Whether a decision may still be acted on, and if not, why. */
export interface Freshness {
  fresh: boolean;
  reasons: string[];
}

/** Asked whether a model version may be promoted: collects the evidence, decides purely, and stores what it decided. */
@Injectable()
export class GatesService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly models: ModelReader,
    private readonly policies: PolicyReader,
    private readonly evidence: GateEvidenceReader,
    private readonly decisions: GateDecisionReader,
    private readonly lineage: LineageService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * The decision about a model version. Asked again on unchanged inputs, the standing decision is the answer. Where a
   * paired comparison has not been made yet, the job that makes it. Throws MODEL_VERSION_NOT_FOUND, POLICY_NOT_FOUND.
   */
  async check(request: GateRequest): Promise<GateAnswer> {
    const question = await this.question(request);
    const collected = await this.evidence.collect(question);
    if (request.dryRun === true) {
      const document = buildDecision(question, collected, this.frame('dry-run'));
      return { decision: this.unstored(document, question.modelVersion), job: null };
    }
    // Most often the decision stands, or a comparison has to be made before there can be one.
    return (await this.answer(question, collected)) ?? this.units.run((tx) => this.decide(tx, request));
  }

  /** What can be answered without deciding anew. */
  private async answer(
    question: GateQuestion,
    collected: CollectedEvidence,
  ): Promise<GateAnswer | undefined> {
    if (collected.missing.length > 0 || collected.uncounted !== null) {
      const job = await this.evidence.requestMissing(collected);
      if (job) return { decision: null, job };
    }
    const standing = await this.standing(inputsDigest(question, collected));
    return standing && { decision: toDecisionView(standing), job: null };
  }

  /**
   * Decide on what is the latest when the decision is stored, and not only when it was asked for: until the unit has ended no
   * policy, data or evidence changes, and nobody decides the same or moves the champion.
   */
  private async decide(tx: Transaction, request: GateRequest): Promise<GateAnswer> {
    await lockGateInputs(tx, 'deciding');
    const question = await this.question(request);
    await lockStage(tx, question.modelVersion.modelId, question.stage);
    const collected = await this.evidence.collect(question);
    return (
      (await this.answer(question, collected)) ?? {
        decision: toDecisionView(await this.store(question, collected)),
        job: null,
      }
    );
  }

  /** Whether a decision still stands: its policy is the latest, its inputs are unchanged, and it has not expired. */
  async freshness(decisionId: string): Promise<Freshness> {
    const row = await this.decisions.row(decisionId);
    const { modelVersion, policy, stage } = {
      modelVersion: row.model_version_id,
      policy: row.document.policy,
      stage: row.stage,
    };
    const latest = await this.policies.byRef(policy.name);
    const reasons: string[] = [];
    if (row.stale_reason !== null) reasons.push(row.stale_reason);
    if (row.ahead) reasons.push('it is dated in the future: the clock was set back since');
    else if (row.expired)
      reasons.push(
        `its evidence reached the policy's maximum age, or the terms of a source ended, at ${row.document.expiresAt}`,
      );
    if (latest.id !== policy.id) reasons.push(`policy ${policy.name} has version ${latest.version} since`);
    else {
      const question = await this.question({ modelVersion, policy: latest.id, stage });
      const collected = await this.evidence.collect(question);
      if (inputsDigest(question, collected) !== row.inputs_digest)
        reasons.push('the evidence, the data or the baseline changed since');
    }
    return { fresh: reasons.length === 0, reasons };
  }

  /**
   * The decision that stands for exactly this model version, policy version and stage on today's evidence; null when there is
   * none. Made for promotions: called under their lock, it reads what is committed now.
   */
  async standingFor(
    modelVersion: string,
    policy: PolicyView,
    stage: string,
  ): Promise<{ id: string; verdict: string } | null> {
    const question = await this.question({ modelVersion, policy: policy.id, stage });
    const row = await this.standing(inputsDigest(question, await this.evidence.collect(question)));
    return row ? { id: row.id, verdict: row.document.verdict } : null;
  }

  /** A decision with its proof, to be verified offline: whole for auditors, otherwise as it was disclosed. */
  async bundleSubject(decisionId: string): Promise<{ decision: DecisionDocument; action: string }> {
    const { document } = await this.decisions.row(decisionId);
    if (currentContext().actor.permissions.has('audit')) return { decision: document, action: DECIDED };
    const disclosed = redactDecision(document);
    return { decision: disclosed, action: disclosed.redacted ? DISCLOSED : DECIDED };
  }

  private async question({
    modelVersion,
    policy,
    stage,
    datasetVersion,
  }: GateRequest): Promise<GateQuestion> {
    const [model, view] = [await this.models.byRef(modelVersion), await this.policyOf(policy, stage)];
    const parsed = parseGatePolicy(view.document);
    if (!parsed.ok) throw policyInvalid(parsed.problems);
    return {
      modelVersion: model,
      policy: view,
      terms: parsed.policy,
      stage: stage ?? view.stage,
      datasetVersion,
    };
  }

  private async policyOf(ref?: string | null, stage?: string | null): Promise<PolicyView> {
    if (typeof ref === 'string') return this.policies.byRef(ref);
    if (typeof stage !== 'string') throw policyNotNamed(null, []);
    const guarding = await this.policies.forStage(stage);
    const [only] = guarding;
    if (!only || guarding.length > 1)
      throw policyNotNamed(
        stage,
        guarding.map(({ name }) => name),
      );
    return only;
  }

  private async standing(inputs: string): Promise<DecisionRow | undefined> {
    return this.units.read(async (tx) => {
      const [row] = await tx.query<{ id: string }>(
        `SELECT d.id FROM gate_decision d LEFT JOIN gate_decision_staleness s ON s.gate_decision_id = d.id
         WHERE d.inputs_digest = $1 AND d.expires_at > now() AND d.decided_at <= now() + interval '1 minute'
           AND s.gate_decision_id IS NULL ORDER BY d.id DESC LIMIT 1`,
        [inputs],
      );
      return row && this.decisions.row(row.id);
    });
  }

  private frame(decisionId: string) {
    const { actor } = currentContext();
    return {
      decisionId,
      decidedBy: { id: actor.id, name: actor.name },
      salt: randomBytes(16).toString('hex'),
    };
  }

  private async store(question: GateQuestion, collected: CollectedEvidence): Promise<DecisionRow> {
    const id = newId();
    const document = buildDecision(question, collected, this.frame(id));
    const digest = digestOf(document);
    return this.units.run(async (tx) => {
      await tx.execute(
        `INSERT INTO gate_decision (id, model_version_id, policy_id, dataset_version_id, stage, verdict, document, digest,
           inputs_digest, decided_at, expires_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          id,
          question.modelVersion.id,
          question.policy.id,
          collected.dataset?.id ?? null,
          question.stage,
          document.verdict,
          JSON.stringify(document),
          digest,
          document.inputs.all,
          document.decidedAt,
          document.expiresAt,
          currentContext().actor.id,
        ],
      );
      await this.trace(document);
      await this.attest(document, digest);
      return this.decisions.row(id);
    });
  }

  private async trace({ decisionId, subject, policy, evaluationIds }: DecisionDocument): Promise<void> {
    const to = { kind: 'gateDecision', id: decisionId } as const;
    await this.lineage.addNode({ ...to, label: `${policy.name}@${policy.version} on ${subject.label}` });
    await this.lineage.addEdge({ from: { kind: 'policy', id: policy.id }, to, relation: 'decided_by' });
    for (const id of evaluationIds)
      await this.lineage.addEdge({ from: { kind: 'evaluation', id }, to, relation: 'decided' });
    if (evaluationIds.length === 0) {
      await this.lineage.addEdge({ from: { kind: 'modelVersion', id: subject.id }, to, relation: 'decided' });
    }
  }

  /** One entry commits to the whole decision, one to what others than auditors are shown: either can be proven alone. */
  private async attest(document: DecisionDocument, decisionDigest: string): Promise<void> {
    const subject = { kind: 'gateDecision', id: document.decisionId };
    const { verdict, policy, stage, datasetVersion, evaluationIds, expiresAt } = document;
    const facts = {
      verdict,
      subject: document.subject,
      policy,
      stage,
      datasetVersion,
      evaluationIds,
      expiresAt,
    };
    const records = [{ kind: GATE_DECISION, id: document.decisionId }];
    await this.audit.record({ action: DECIDED, subject, body: { ...facts, decisionDigest }, records });
    const disclosed = redactDecision(document);
    if (disclosed.redacted) {
      await this.audit.record({
        action: DISCLOSED,
        subject,
        body: { ...facts, decisionDigest: digestOf(disclosed) },
      });
    }
  }

  private unstored(document: DecisionDocument, modelVersion: ModelVersionView): GateDecisionView {
    return toDecisionView({
      id: document.decisionId,
      model_version_id: modelVersion.id,
      policy_id: document.policy.id,
      stage: document.stage,
      digest: '',
      inputs_digest: '',
      document,
      stale_reason: null,
      expired: new Date(document.expiresAt) <= new Date(document.decidedAt),
      ahead: false,
    });
  }
}

const DECIDED = 'gate.decision.made';
const DISCLOSED = 'gate.decision.disclosed';
