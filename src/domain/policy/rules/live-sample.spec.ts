import { describe, expect, it } from 'vitest';
import { decideGate } from '../decide-gate.js';
import { liveSampleAsked, type LiveSampleFacts } from '../gate-evidence.js';
import { parseGatePolicy } from '../parse-gate-policy.js';
import { checkOf, evidenceOf, liveSampleOf, policyOf } from '../policy-fixtures.js';

const RULE = { plan: 'wages-live', maxAge: '30d' };
const DAY = 86_400;

const decide = (facts: LiveSampleFacts[], rule: object = {}) =>
  decideGate(
    policyOf([{ id: 'live', liveSample: { ...RULE, ...rule } }]),
    evidenceOf([], facts.length === 0 ? {} : { liveSamples: facts }),
  );
const verdict = (facts: LiveSampleFacts[], rule?: object) => decide(facts, rule).verdict;

describe('a rule on live samples', () => {
  it('passes a young sample without drift, and says what it rests on', () => {
    const result = decide([liveSampleOf()]);
    expect(result.verdict).toBe('PASS');
    expect(result.rules[0]!.evidence).toEqual([
      { kind: 'datasetVersion', id: 'live-1', digest: expect.any(String) },
      { kind: 'datasetCheck', id: expect.any(String), digest: expect.any(String) },
    ]);
  });

  it.each([
    [30 * DAY, 'PASS'],
    [30 * DAY + 0.001, 'FAIL'],
    [-30, 'PASS'],
    [-61, 'INCONCLUSIVE'],
    [Infinity, 'INCONCLUSIVE'],
    [Number.NaN, 'INCONCLUSIVE'],
  ])('asks how long ago a row was offered: %s seconds give %s', (ageSeconds, wanted) => {
    expect(verdict([liveSampleOf({ ageSeconds })])).toBe(wanted);
  });

  it('says how old it is in words', () => {
    const [rule] = decide([liveSampleOf({ ageSeconds: 3e6 })]).rules;
    expect(rule).toMatchObject({ observed: 3e6, threshold: 30 * DAY });
    expect(rule!.reason).toContain('a row was last offered for wages-live@1 34d ago');
  });

  it('counts the columns that drifted', () => {
    const drifted = liveSampleOf({ drift: checkOf(2) });
    expect([
      verdict([drifted]),
      verdict([drifted], { maxDrifted: 1 }),
      verdict([drifted], { maxDrifted: 2 }),
    ]).toEqual(['FAIL', 'FAIL', 'PASS']);
  });

  it.each<[string, LiveSampleFacts[], object, string]>([
    ['there is no sample', [{ ...liveSampleOf(), sample: null, missing: 'no sample' }], {}, 'no sample'],
    ['nothing was read', [], {}, 'no sample was read'],
    ['another was asked for', [liveSampleOf()], { parameters: { threshold: 0.2 } }, 'no sample was read'],
    ['it was not compared', [liveSampleOf({ drift: checkOf(null) })], {}, 'was not compared'],
    ['it has few rows', [liveSampleOf()], { minRows: 501 }, 'wanted at least 501'],
    ['somebody else fed it', [liveSampleOf({ trusted: false })], {}, 'may not push policies'],
    [
      'it is not said who fed it',
      [liveSampleOf({ trusted: undefined as never })],
      {},
      'may not push policies',
    ],
  ])('is undecided where %s', (_what, facts, rule, said) => {
    const result = decide(facts, rule);
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(JSON.stringify(result.rules[0])).toContain(said);
  });

  it('fails what is too old also where the drift cannot be told', () => {
    expect(verdict([liveSampleOf({ ageSeconds: 31 * DAY, drift: checkOf(null) })])).toBe('FAIL');
  });

  it('is found by all that it asks, with parameters in any order', () => {
    const asked = (parameters: object) => liveSampleAsked({ plan: 'a', parameters: parameters as never });
    expect(asked({ alpha: 0.01, threshold: 0.2 })).toBe(asked({ threshold: 0.2, alpha: 0.01 }));
    expect(asked({ alpha: 0.01 })).not.toBe(asked({}));
  });

  it.each([
    [{ maxAge: 'soon' }, 'maxAge'],
    [{ parameters: { thresold: 1 } }, 'parameters'],
    [{ plan: undefined }, 'plan'],
    [{ maxDrifted: -1 }, 'maxDrifted'],
  ])('is refused with %j', (rule, path) => {
    const parsed = parseGatePolicy({
      apiVersion: 'assay/v1',
      kind: 'GatePolicy',
      metadata: { name: 'p' },
      spec: { rules: [{ id: 'live', liveSample: JSON.parse(JSON.stringify({ ...RULE, ...rule })) }] },
    });
    expect(parsed).toMatchObject({ ok: false, problems: [{ path: expect.stringContaining(path) }] });
  });
});
