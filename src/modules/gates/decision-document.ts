import type { GatePolicy, GateVerdict, Rule, RuleResult, Verdict } from '../../domain/policy/index.js';
import { ruleDocument } from '../../domain/policy/index.js';

/** The same rule on an open split, or by itself, which may be shown to everyone. */
export interface RuleExplanation {
  split: string;
  verdict: Verdict;
  observed: number | null;
  ci: [number, number] | null;
  n: number | null;
  reason: string;
}

/** A rule's result as a decision keeps it. */
export interface RuleOutcome extends Omit<RuleResult, 'hypotheses' | 'evidence' | 'passAlpha'> {
  /** One-sided level at which PASS was decided; absent in decisions from before they paid for looks. */
  passAlpha?: number | null;
  /** What the policy asks, as it is written there. */
  requirement: Record<string, unknown>;
  /** Its numbers come from sealed rows. */
  sealed: boolean;
  /**
   * Of a sealed rule: how it stands on an open split. Of an open one that was corrected together with sealed ones: how it stands by
   * itself, as its adjusted p-value tells theirs.
   */
  explanation: RuleExplanation | null;
  hypotheses: RuleResult['hypotheses'] | null;
  evidence: { kind: string; id: string; digest: string | null }[];
}

/** What a decision was made from, by digest. */
export interface DecisionInputs {
  policy: string;
  dataset: string | null;
  /** Of everything measured: null where that is sealed. */
  evidence: string | null;
  /** Of all of these and the subject: the same digest, the same verdict. */
  all: string | null;
}

/** A decision as it is stored, signed into the audit log by its digest, and answered. Plain JSON. */
export interface DecisionDocument {
  kind: 'assay/gate-decision/v1';
  decisionId: string;
  verdict: Verdict;
  subject: { kind: 'modelVersion'; id: string; label: string };
  policy: { id: string; name: string; version: number; digest: string };
  stage: string | null;
  datasetVersion: { id: string; label: string; contentId: string } | null;
  evaluationIds: string[];
  alpha: number;
  /** Hypotheses that Holm's correction counts; null where redacted. */
  hypotheses: number | null;
  /** ISO 8601, UTC, by the database's clock. */
  decidedAt: string;
  expiresAt: string;
  decidedBy: { id: string; name: string };
  rules: RuleOutcome[];
  caveats: string[];
  inputs: DecisionInputs;
  /** Random, so that nobody finds sealed numbers by trying which of them give the digest. Null where redacted. */
  salt: string | null;
  /** Whether the numbers of sealed splits were taken out. */
  redacted: boolean;
}

/** How a rule stands where everyone may see it: a sealed one on an open split, an open one by itself. */
export type Explain = Record<'onOpenSplit' | 'byItself', (rule: Rule) => RuleExplanation | null>;

/** The outcome of each rule, with what the policy asks of it and how it stands where everyone may see it. */
export function ruleOutcomes(
  policy: GatePolicy,
  verdict: GateVerdict,
  sealedSplits: ReadonlySet<string>,
  explain: Explain,
): RuleOutcome[] {
  const isSealed = ({ splits }: RuleResult) => splits.some((split) => sealedSplits.has(split));
  const anySealed = verdict.rules.some(isSealed);
  return policy.rules.map((rule, i) => {
    const result = verdict.rules[i] as RuleResult;
    const sealed = isSealed(result);
    const open = anySealed ? explain.byItself(rule) : null;
    return {
      ...result,
      requirement: ruleDocument(rule),
      sealed,
      explanation: sealed ? explain.onOpenSplit(rule) : open,
    };
  });
}
