import type { GateDecision, RuleResult } from '../api-types.js';
import { describeNumbers, subjectName } from './describe.js';

/**
 * A decision as JUnit XML: one suite, one test case per rule.
 *
 * JUnit has no word for "cannot tell", and a skipped test counts as fine in CI: INCONCLUSIVE is a failure of that type.
 */
export function renderJunit(decision: GateDecision): string {
  const suite = `assay gate ${decision.policy.name}: ${subjectName(decision)}`;
  const errors = decision.rules.filter((rule) => rule.verdict === 'ERROR').length;
  const failures = decision.rules.filter((rule) => rule.verdict !== 'PASS' && rule.verdict !== 'ERROR');
  const extra = verdictCase(decision, suite);
  const counts = (tests: number) =>
    `tests="${tests}" failures="${failures.length + (extra ? 1 : 0)}" errors="${errors}" skipped="0"`;
  const total = decision.rules.length + (extra ? 1 : 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="assay" ${counts(total)}>`,
    `  <testsuite name="${escapeXml(suite)}" ${counts(total)}>`,
    '    <properties>',
    ...Object.entries({
      decisionId: decision.decisionId,
      verdict: decision.verdict,
      policyDigest: decision.policy.digest,
      expiresAt: decision.expiresAt ?? '',
    }).map(([name, value]) => `      <property name="${name}" value="${escapeXml(value)}"/>`),
    '    </properties>',
    ...decision.rules.map((rule) => ruleCase(rule, suite)),
    ...(extra ? [extra] : []),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function ruleCase(rule: RuleResult, suite: string): string {
  const head = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(rule.id)}" time="0"`;
  if (rule.verdict === 'PASS') return `${head}/>`;
  const element = rule.verdict === 'ERROR' ? 'error' : 'failure';
  const body = [describeNumbers(rule), rule.remedy ? `remedy: ${rule.remedy}` : '']
    .filter(Boolean)
    .join('\n');
  return [
    `${head}>`,
    `      <${element} type="${escapeXml(rule.verdict)}" message="${escapeXml(rule.reason)}">${escapeXml(body)}</${element}>`,
    '    </testcase>',
  ].join('\n');
}

/** A decision that is not a pass although every rule is (an approval is missing, it went stale) must not look green. */
function verdictCase(decision: GateDecision, suite: string): string | undefined {
  if (decision.verdict === 'PASS' || decision.rules.some((rule) => rule.verdict !== 'PASS')) return undefined;
  return [
    `    <testcase classname="${escapeXml(suite)}" name="decision" time="0">`,
    `      <failure type="${escapeXml(decision.verdict)}" message="The decision is ${escapeXml(decision.verdict)}."/>`,
    '    </testcase>',
  ].join('\n');
}

/** XML 1.0 has no place for most control characters, escaped or not: they become U+FFFD. */
function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\n': '&#10;',
  };
  return text
    .replace(/[&<>"\n]/g, (character) => entities[character]!)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
