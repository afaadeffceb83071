import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionDocument, RuleOutcome } from './decision-document.js';
import { redactDecision } from './redact-decision.js';

/** No other field holds these digits. */
const SECRET = 0.7351357;

function ruleOf(change: Partial<RuleOutcome> = {}): RuleOutcome {
  return {
    id: 'fairness',
    type: 'fairness',
    verdict: 'FAIL',
    observed: SECRET,
    threshold: 0.1,
    comparison: 'atMost',
    ci: [SECRET, SECRET],
    level: 0.9,
    passAlpha: 0.00125,
    n: 7351357,
    slice: { split: 'holdout', groups: ['worst', SECRET] },
    reason: `observed ${SECRET}`,
    remedy: 'Retrain.',
    evidence: [{ kind: 'evaluation', id: 'e', digest: `${SECRET}` }],
    decideOn: 'bound',
    splits: ['holdout'],
    adjustedP: SECRET,
    neededN: 7351357,
    hypotheses: { total: 7351357, cleared: 1, rejected: 1, undefined: 0 },
    caveats: [`group of ${SECRET}`],
    openHolds: [],
    requirement: { id: 'fairness', fairness: { atMost: 0.1 } },
    sealed: true,
    explanation: null,
    ...change,
  };
}

function decisionOf(rules: RuleOutcome[]): DecisionDocument {
  return {
    kind: 'assay/gate-decision/v1',
    decisionId: 'd',
    verdict: 'FAIL',
    subject: { kind: 'modelVersion', id: 'm', label: 'credit@1' },
    policy: { id: 'p', name: 'credit', version: 1, digest: 'p' },
    stage: 'production',
    datasetVersion: { id: 'v', label: 'people@1', contentId: 'c' },
    evaluationIds: ['e'],
    alpha: 0.05,
    hypotheses: 7351357,
    decidedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-31T00:00:00.000Z',
    decidedBy: { id: 'k', name: 'ci' },
    rules,
    caveats: ['look 1 of 20 at the sealed split holdout'],
    inputs: { policy: 'p', dataset: 'c', evidence: `${SECRET}`, all: `${SECRET}` },
    salt: `${SECRET}`,
    redacted: false,
  };
}

const redactedRule = (change: Partial<RuleOutcome> = {}) =>
  redactDecision(decisionOf([ruleOf(change)])).rules[0] as RuleOutcome;

describe('a redacted decision', () => {
  it('has no number of a sealed rule, whatever its verdict', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR' as const),
        fc.constantFrom('bound', 'point' as const),
        (verdict, decideOn) => {
          const text = JSON.stringify(
            redactDecision(
              decisionOf([
                ruleOf({
                  verdict,
                  decideOn,
                  remedy: verdict === 'FAIL' ? 'Retrain.' : `about ${SECRET} rows`,
                }),
              ]),
            ),
          );
          expect(text).not.toContain('7351357');
        },
      ),
    );
  });

  it('keeps verdicts, requirement, data, policy and looks', () => {
    const redacted = redactDecision(decisionOf([ruleOf()]));
    expect(redacted).toMatchObject({
      redacted: true,
      verdict: 'FAIL',
      salt: null,
      caveats: ['look 1 of 20 at the sealed split holdout'],
    });
    expect(redacted.rules[0]).toMatchObject({
      verdict: 'FAIL',
      threshold: 0.1,
      comparison: 'atMost',
      remedy: expect.stringContaining('Retrain.'),
      slice: { splits: ['holdout'] },
    });
    expect(redacted.rules[0]?.reason).toContain('on holdout the requirement is missed');
  });

  it('says nothing of which of two thresholds decided', () => {
    const requirement = { id: 'domains', crossDomain: { worstAtLeast: 0.7, maxDrop: 0.1 } };
    expect(redactedRule({ requirement })).toMatchObject({ threshold: null, comparison: null });
  });

  it('explains by the same rule on validation', () => {
    const explanation = {
      split: 'validation',
      verdict: 'FAIL',
      observed: 0.2,
      ci: [0.15, 0.25],
      n: 500,
      reason: 'It is between 0.15 and 0.25.',
    } as const;
    const rule = redactedRule({ explanation: { ...explanation, ci: [0.15, 0.25] } });
    expect(rule.reason).toContain('The same rule on validation (FAIL): It is between 0.15 and 0.25.');
  });

  it('tells what was not sent or is too old', () => {
    const openHolds = [{ reason: 'credit@1 has not been evaluated on holdout', remedy: 'Send predictions.' }];
    expect(redactedRule({ verdict: 'INCONCLUSIVE', openHolds })).toMatchObject({
      reason: 'Undecided: credit@1 has not been evaluated on holdout.',
      remedy: 'Send predictions.',
    });
  });

  it('leaves rules on open data, and decisions without sealed rules, as they are', () => {
    const open = ruleOf({ sealed: false });
    expect(redactDecision(decisionOf([open, ruleOf()])).rules[0]).toEqual(open);
    expect(redactDecision(decisionOf([open]))).toEqual(decisionOf([open]));
  });

  it('has open rules by themselves where they were corrected together with sealed ones', () => {
    const explanation = {
      split: 'validation',
      verdict: 'FAIL' as const,
      observed: 0.2,
      ci: [0.15, 0.25] as [number, number],
      n: 500,
      reason: 'It is between 0.15 and 0.25.',
    };
    const open = (change: Partial<RuleOutcome>) =>
      redactDecision(
        decisionOf([
          ruleOf({
            sealed: false,
            splits: ['validation'],
            evidence: [],
            caveats: [],
            explanation,
            ...change,
          }),
          ruleOf(),
        ]),
      ).rules[0]!;
    const failed = open({});
    expect(JSON.stringify(failed)).not.toContain('7351357');
    expect(failed).toMatchObject({ observed: 0.2, ci: [0.15, 0.25], n: 500, reason: explanation.reason });
    const undecided = open({ verdict: 'INCONCLUSIVE', remedy: `about ${SECRET} rows` });
    expect(JSON.stringify(undecided)).not.toContain('7351357');
    expect(undecided.reason).toBe(
      'INCONCLUSIVE among all hypotheses of this decision, sealed ones too. By itself (FAIL): It is between 0.15 and 0.25.',
    );
  });

  it('is the same when redacted again', () => {
    const once = redactDecision(decisionOf([ruleOf()]));
    expect({ ...redactDecision(once), rules: [] }).toEqual({ ...once, rules: [] });
  });
});
