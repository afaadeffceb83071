import { digestOf } from '../../domain/canonical/index.js';
import {
  decideGate,
  ruleType,
  type GateEvidence,
  type GatePolicy,
  type Rule,
} from '../../domain/policy/index.js';
import { ruleOutcomes, type DecisionDocument, type RuleExplanation } from './decision-document.js';
import type { CollectedEvidence } from './gate-evidence.reader.js';
import { modelRef, type GateQuestion } from './gate-question.js';

export interface DecisionFrame {
  decisionId: string;
  decidedBy: { id: string; name: string };
  salt: string;
}

/** The digest of everything that a verdict follows from. Ages are left out: they only decide when it expires. */
export function inputsDigest(question: GateQuestion, collected: CollectedEvidence): string {
  return digestOf({
    subject: question.modelVersion.id,
    policy: question.policy.digest,
    stage: question.stage,
    dataset: collected.dataset?.contentId ?? null,
    evidence: collected.evidenceDigest,
  });
}

/** The decision about a question, from what was collected. Pure. */
export function buildDecision(
  question: GateQuestion,
  collected: CollectedEvidence,
  frame: DecisionFrame,
): DecisionDocument {
  const { modelVersion, policy, terms, stage } = question;
  const { evidence, dataset, decidedAt } = collected;
  const verdict = decideGate(terms, evidence);
  const sealed = new Set(evidence.splits.filter((split) => split.sealed).map((split) => split.name));
  const open = evidence.splits.find(
    (split) => split.role === 'validation' && !split.sealed && split.measurement !== null,
  );
  const explain = {
    onOpenSplit: (rule: Rule) => (open ? onOpenSplit(terms, rule, open.name, evidence) : null),
    byItself: (rule: Rule) => byItself(terms, rule, evidence),
  };
  const oldest = collected.oldestEvidence ?? decidedAt;
  const tooOld = oldest.getTime() + terms.maxAgeSeconds * 1000;
  return {
    kind: 'assay/gate-decision/v1',
    decisionId: frame.decisionId,
    verdict: verdict.verdict,
    subject: { kind: 'modelVersion', id: modelVersion.id, label: modelRef(modelVersion) },
    policy: { id: policy.id, name: policy.name, version: policy.version, digest: policy.digest },
    stage,
    datasetVersion: dataset && { id: dataset.id, label: dataset.label, contentId: dataset.contentId },
    evaluationIds: collected.evaluationIds,
    alpha: verdict.alpha,
    hypotheses: verdict.hypotheses,
    decidedAt: decidedAt.toISOString(),
    expiresAt: new Date(Math.min(tooOld, collected.termsEnd?.getTime() ?? tooOld)).toISOString(),
    decidedBy: frame.decidedBy,
    rules: ruleOutcomes(terms, verdict, sealed, explain),
    caveats: [...verdict.caveats, ...choiceOfData(terms, dataset)],
    inputs: {
      policy: policy.digest,
      dataset: dataset?.contentId ?? null,
      evidence: collected.evidenceDigest,
      all: inputsDigest(question, collected),
    },
    salt: frame.salt,
    redacted: false,
  };
}

/** What a reader must know where the policy leaves the data open: of several data sets that count, the caller chose. */
function choiceOfData({ dataset: named }: GatePolicy, judgedOn: CollectedEvidence['dataset']): string[] {
  return named === null && judgedOn !== null
    ? [`the policy names no dataset: ${judgedOn.label} was chosen by whoever evaluated the model`]
    : [];
}

/** The same rule where everyone may see the numbers; null for rules that have no meaning on one split alone. */
function onOpenSplit(
  policy: GatePolicy,
  rule: Rule,
  split: string,
  evidence: GateEvidence,
): RuleExplanation | null {
  const parameters = ruleType(rule.type).on(rule.parameters as never, split);
  if (parameters === null) return null;
  return byItself(policy, { ...rule, parameters } as Rule, evidence);
}

/** A rule as if it were the only one; null for one that rests on no split's numbers. */
function byItself(policy: GatePolicy, rule: Rule, evidence: GateEvidence): RuleExplanation | null {
  const [result] = decideGate({ ...policy, rules: [rule] }, evidence).rules;
  if (!result || result.splits.length === 0) return null;
  const { verdict, observed, ci, n, reason, splits } = result;
  return { split: splits.join(', '), verdict, observed, ci, n, reason };
}
