import { describe, expect, it, vi } from 'vitest';
import type { SplitEvidence } from '../metrics/index.js';
import { tangoZ } from '../statistics/index.js';
import { decideGate } from './decide-gate.js';
import type { GateEvidence, SplitMeasurement } from './gate-evidence.js';
import { evidenceOf, factsOf, policyOf, splitOf } from './policy-fixtures.js';
import { metricRule } from './rules/metric.js';

const ACCURATE = { metric: 'accuracy', split: 'holdout', atLeast: 0.8 };
const decide = (rule: object, evidence: GateEvidence, spec: object = {}) =>
  decideGate(policyOf([{ id: 'rule', ...rule }], spec), evidence).rules[0]!;

/** 2,000 rows, half of each class, of which a share is right. */
function accuracyOf(share: number): SplitEvidence {
  const right = Math.round(1_000 * share);
  const cell = { attributes: {}, tp: right, tn: right, fp: 1_000 - right, fn: 1_000 - right };
  return splitOf([cell], { groups: [] });
}

describe('whatever the evidence shows, a decision', () => {
  it.each<[string, Partial<SplitMeasurement['protocol']>, object]>([
    ['chosen by its sender', { threshold: 0.4, chosen: ['threshold'] }, {}],
    ['of another class, chosen by its sender', { positive: '0', chosen: ['positive'] }, {}],
    ['other than the policy says', { threshold: 0.4 }, { protocol: { threshold: 0.5 } }],
    ['of other bins than the policy says', { bins: 10 }, { protocol: { bins: 20 } }],
  ])('measured by a protocol %s, nothing passes or fails', (_name, change, spec) => {
    for (const value of [0.99, 0.6]) {
      const facts = factsOf('holdout', accuracyOf(value));
      facts.measurement!.protocol = { ...facts.measurement!.protocol, ...change };
      const result = decide(ACCURATE, evidenceOf([facts]), spec);
      expect([value, result.verdict]).toEqual([value, 'INCONCLUSIVE']);
      expect(result.reason).toContain('was measured with');
    }
  });

  it('passes nothing on data that the policy does not want, and fails there all the same', () => {
    const hold = { reason: 'pushed by whoever trains', remedy: 'name the data', open: true };
    const on = (value: number) =>
      decide(ACCURATE, evidenceOf([factsOf('holdout', accuracyOf(value))], { hold }));
    expect([on(0.99).verdict, on(0.6).verdict]).toEqual(['INCONCLUSIVE', 'FAIL']);
    expect(on(0.99).reason).toContain('pushed by whoever trains');
  });

  it.each<[string, object]>([
    ['alpha 0', { alpha: 0 }],
    ['alpha of a half', { alpha: 0.5 }],
    ['alpha that is no number', { alpha: Number.NaN }],
    ['no age', { maxAgeSeconds: 0 }],
    ['no looks', { looks: 0 }],
    ['a level that nobody knows', { minLevel: 'believed' }],
  ])('ends in ERROR by terms that no policy can have: %s', (_name, change) => {
    const policy = { ...policyOf([{ id: 'a', ...ACCURATE }]), ...change };
    const evidence = evidenceOf([factsOf('holdout', accuracyOf(0.99))]);
    expect(decideGate(policy, evidence).verdict).toBe('ERROR');
  });

  it('passes no rule that makes no hypothesis', () => {
    const none = {
      subject: 's',
      atoms: [],
      holds: [],
      caveats: [],
      references: [],
      failRemedy: '',
      unit: '',
    };
    const expand = vi.spyOn(metricRule, 'expand').mockReturnValue(none);
    try {
      const evidence = evidenceOf([factsOf('holdout', accuracyOf(0.99))]);
      expect(decide(ACCURATE, evidence).verdict).toBe('INCONCLUSIVE');
    } finally {
      expand.mockRestore();
    }
  });

  // One row of 20 lost where a fifth may be: lost rows alone are binomial, and P(X <= 1) = .8^20 + 20 * .2 * .8^19 = .0692.
  it.each([
    [1, 'INCONCLUSIVE'],
    [0, 'PASS'],
  ])(
    'of 20 rows with %i lost, at a margin of a fifth and alpha .05, is %s by that exact test',
    (lost, verdict) => {
      const cell = { attributes: {}, tp: 9, tn: 9, fp: 1, fn: 1 };
      const paired = {
        metric: 'accuracy' as const,
        n: 20,
        onlyCandidate: 0,
        onlyBaseline: lost,
        candidate: 0.9,
        baseline: 0.9 + lost / 20,
        id: 'c',
        digest: 'c',
        ageSeconds: 1,
      };
      const comparison = {
        to: 'champion',
        split: 'holdout',
        metric: 'accuracy' as const,
        baseline: { id: 'model-0', ref: 'credit@0' },
        missing: null,
        paired,
      };
      const rule = { compare: { to: 'champion', metric: 'accuracy', split: 'holdout', margin: 0.2 } };
      // Tango's score is 1.677, beyond the 1.645 that it takes.
      expect(tangoZ(0, 1, 20, -0.2)).toBeCloseTo(1.677, 3);
      const evidence = evidenceOf([factsOf('holdout', splitOf([cell], { groups: [] }))], {
        comparisons: [comparison],
      });
      expect(decide(rule, evidence).verdict).toBe(verdict);
    },
  );
});
