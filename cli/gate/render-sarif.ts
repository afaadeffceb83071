import { createHash } from 'node:crypto';
import type { GateDecision, RuleResult } from '../api-types.js';
import { describeNumbers, subjectName } from './describe.js';

/**
 * A decision as SARIF 2.1.0, for code scanning: one rule and one result per rule of the policy.
 *
 * INCONCLUSIVE is a warning of kind `fail`: kind `open` would say it better, but SARIF then demands level `none`, which
 * code scanners hide.
 */
export function renderSarif(decision: GateDecision): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Assay',
            rules: decision.rules.map((rule) => ({
              id: rule.id,
              name: rule.type,
              shortDescription: { text: `${rule.type} rule ${rule.id} of policy ${decision.policy.name}` },
              ...(rule.remedy ? { help: { text: rule.remedy } } : {}),
            })),
          },
        },
        invocations: [{ executionSuccessful: decision.verdict !== 'ERROR' }],
        results: decision.rules.map((rule, ruleIndex) => resultOf(rule, ruleIndex, decision)),
        properties: {
          decisionId: decision.decisionId,
          verdict: decision.verdict,
          policy: decision.policy,
          expiresAt: decision.expiresAt,
        },
      },
    ],
  };
  return JSON.stringify(log, null, 2) + '\n';
}

function resultOf(rule: RuleResult, ruleIndex: number, decision: GateDecision): object {
  const subject = subjectName(decision);
  const text = [
    `${rule.verdict}: ${rule.reason || rule.id}`,
    describeNumbers(rule),
    rule.verdict !== 'PASS' && rule.remedy ? `Remedy: ${rule.remedy}` : '',
  ];
  const fingerprint = [decision.policy.name, subject, rule.id].join('\0');
  return {
    ruleId: rule.id,
    ruleIndex,
    ...standing(rule),
    message: { text: text.filter(Boolean).join('\n') },
    locations: [
      {
        // Code scanners show nothing without a file: the model version stands in for one.
        physicalLocation: {
          artifactLocation: { uri: `models/${encodeURIComponent(subject)}` },
          region: { startLine: 1 },
        },
        logicalLocations: [{ fullyQualifiedName: `modelVersion:${subject}`, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'assayRule/v1': createHash('sha256').update(fingerprint).digest('hex') },
    properties: {
      verdict: rule.verdict,
      observed: rule.observed,
      threshold: rule.threshold,
      ci: rule.ci,
      n: rule.n,
      slice: rule.slice,
      evidence: rule.evidence,
    },
  };
}

function standing(rule: RuleResult): { kind: 'pass' | 'fail'; level: 'none' | 'warning' | 'error' } {
  if (rule.verdict === 'PASS') return { kind: 'pass', level: 'none' };
  return { kind: 'fail', level: rule.verdict === 'FAIL' || rule.verdict === 'ERROR' ? 'error' : 'warning' };
}
