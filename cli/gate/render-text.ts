import type { GateDecision, Verdict } from '../api-types.js';
import { describeNumbers, subjectName } from './describe.js';
import { wrap } from './wrap.js';

const MEANING: Record<Verdict, string> = {
  PASS: 'every rule is met, with confidence',
  FAIL: 'at least one rule is violated, with confidence',
  INCONCLUSIVE: 'the evidence cannot tell yet',
  ERROR: 'a rule could not be evaluated',
  AWAITING_APPROVAL: 'the rules pass, people have still to approve',
  STALE: 'what this decision was made from has changed',
};

/** A decision for a person at a terminal: the verdict, then each rule with reason, numbers and remedy. */
export function renderText(decision: GateDecision, width = 100): string {
  const meaning = MEANING[decision.verdict] ?? 'unknown to this client';
  const lines = [
    `${decision.verdict}  ${subjectName(decision)}  policy ${decision.policy.name}: ${meaning}`,
    '',
  ];
  for (const rule of decision.rules) {
    const numbers = describeNumbers(rule);
    lines.push(`  ${rule.verdict.padEnd(12)} ${rule.id}${numbers ? `: ${numbers}` : ''}`);
    if (rule.reason) lines.push(...wrap(rule.reason, width, ' '.repeat(15)));
    if (rule.remedy && rule.verdict !== 'PASS')
      lines.push(...wrap(`remedy: ${rule.remedy}`, width, ' '.repeat(15)));
    for (const caveat of rule.caveats ?? []) lines.push(...wrap(`note: ${caveat}`, width, ' '.repeat(15)));
  }
  for (const caveat of decision.caveats ?? []) lines.push(...wrap(`note: ${caveat}`, width, '  '));
  lines.push('', `  decision ${decision.decisionId}, policy digest ${decision.policy.digest}`);
  if (decision.state && decision.state !== 'standing') {
    lines.push(
      ...wrap(
        `no longer stands (${decision.state}): ${decision.staleReason ?? 'its evidence is too old'}`,
        width,
        '  ',
      ),
    );
  }
  if (decision.expiresAt) lines.push(`  valid until ${decision.expiresAt}`);
  return lines.join('\n') + '\n';
}
