import {
  decideGate,
  type ComparisonFacts,
  type GatePolicy,
  type RuleResult,
} from '../../../src/domain/policy/index.js';
import { evidenceOf, factsOf, policyOf } from '../../../src/domain/policy/policy-fixtures.js';
import type { SplitEvidence } from '../../../src/domain/metrics/index.js';

/** A policy of one rule. */
export const ruleOf = (rule: object, alpha = 0.05): GatePolicy =>
  policyOf([{ id: 'rule', ...rule }], { confidence: { alpha } });

/** The verdict of a policy's only rule on evidence by split, decided as the gate decides it. */
export function verdictOf(
  policy: GatePolicy,
  splits: Record<string, SplitEvidence>,
  comparisons: ComparisonFacts[] = [],
): RuleResult['verdict'] {
  const facts = Object.entries(splits).map(([name, evidence]) => factsOf(name, evidence));
  return decideGate(policy, evidenceOf(facts, { comparisons })).verdict;
}
