import type { Expansion } from './atom.js';
import type { Fields } from './field.js';
import type { EvidenceNeed, GateEvidence } from './gate-evidence.js';
import type { DecideOn, EvidenceLevel, ProtocolTerms, RuleKind } from './gate-policy.js';
import type { PolicyProblem } from './policy-problem.js';

/** What every rule of a policy is decided under. */
export interface DecisionTerms {
  /** One-sided error level. */
  alpha: number;
  minLevel: EvidenceLevel;
  maxAgeSeconds: number;
  looks: number | null;
  protocol: ProtocolTerms;
  decideOn: DecideOn;
}

/**
 * One kind of gate rule: what a policy may write, which evidence it needs, and which hypotheses it makes of it. A new
 * rule type is a file with one of these and a line in the table; reading, deciding, explaining and storing are shared.
 */
export interface RuleType<Parameters> {
  type: RuleKind;
  description: string;
  /** The fields of the rule, beside `id` and `decideOn`. `metric` stands in the rule itself, others under their name. */
  fields: Fields;
  inline: boolean;
  notEnforced: readonly string[];
  /** Contradictions between fields that are each well-formed. */
  check(parameters: Parameters, decideOn: DecideOn, path: string): PolicyProblem[];
  /** Evidence beyond the measurements of the splits. */
  needs(parameters: Parameters): EvidenceNeed[];
  /** Whether the rule's numbers come from sealed rows. */
  splitsOf(parameters: Parameters, evidence: Pick<GateEvidence, 'splits'>): string[];
  /** The same rule on another split, for explanations; null where that has no meaning. */
  on(parameters: Parameters, split: string): object | null;
  expand(parameters: Parameters, evidence: GateEvidence, terms: DecisionTerms): Expansion;
}
