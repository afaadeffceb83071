import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, metricRegistry } from '../metrics/index.js';
import { digestOf } from '../canonical/canonical-json.js';
import { isDescriptive } from './descriptive-metrics.js';
import { normalForm, parseGatePolicy } from './parse-gate-policy.js';
import { POLICY_SCHEMA } from './policy.schema.js';
import { COMPAS_BY_RACE, splitOf } from './policy-fixtures.js';

const RULES = [
  { id: 'holdout-auc', metric: 'auc', split: 'holdout', atLeast: 0.8 },
  { id: 'champion', compare: { to: 'champion', metric: 'auc', split: 'holdout', margin: 0.01 } },
  { id: 'domains', crossDomain: { metric: 'auc', worstAtLeast: 0.75, maxDrop: 0.05, minDomains: 2 } },
  {
    id: 'fairness',
    fairness: {
      metric: 'equalized_odds_difference',
      split: 'holdout',
      attributes: ['sex', 'race'],
      intersections: true,
      atMost: 0.15,
      minGroupSize: 200,
    },
  },
  { id: 'leakage', contamination: { between: ['train', 'holdout'], exact: 0 } },
  { id: 'calibration', metric: 'ece', split: 'holdout', atMost: 0.05 },
];
const SPEC = {
  evidence: { minLevel: 'recomputed', maxAge: '30d' },
  confidence: { alpha: 0.05 },
  holdout: { looks: 20 },
  rules: RULES,
};
const DOCUMENT = {
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name: 'credit-production', stage: 'production' },
  spec: SPEC,
};

const withSpec = (spec: object) => ({ ...DOCUMENT, spec: { ...SPEC, ...spec } });
const withRule = (rule: object) => withSpec({ rules: [{ id: 'r', ...rule }] });

function problemsOf(document: unknown) {
  const parsed = parseGatePolicy(document);
  return parsed.ok ? [] : parsed.problems;
}

describe('a gate policy', () => {
  it('reads the policy of the design', () => {
    const parsed = parseGatePolicy(DOCUMENT);
    expect(parsed.ok && parsed.policy).toMatchObject({
      name: 'credit-production',
      stage: 'production',
      alpha: 0.05,
      maxAgeSeconds: 2_592_000,
      looks: 20,
    });
    expect(parsed.ok && parsed.policy.rules.map((rule) => rule.type)).toEqual([
      'metric',
      'compare',
      'crossDomain',
      'fairness',
      'contamination',
      'metric',
    ]);
  });

  it('has a normal form that parses to itself, whatever was left to defaults', () => {
    const short = parseGatePolicy({ ...DOCUMENT, spec: { rules: RULES } });
    if (!short.ok) throw new Error('refused');
    const again = parseGatePolicy(normalForm(short.policy));
    expect(again).toEqual(short);
    expect(digestOf(normalForm(short.policy))).toBe(
      digestOf(normalForm(again.ok ? again.policy : short.policy)),
    );
  });

  it.each([
    ['no object', 'text', 'the document'],
    ['no rules field', { ...DOCUMENT, spec: {} }, 'spec.rules'],
    ['no rules', withSpec({ rules: [] }), 'spec.rules'],
    ['another version', { ...DOCUMENT, apiVersion: 'assay/v2' }, 'apiVersion'],
    ['an unknown field', withSpec({ colour: 'red' }), 'spec.colour'],
    [
      'a polluting key',
      JSON.parse(
        '{"apiVersion":"assay/v1","kind":"GatePolicy","metadata":{"name":"x"},"spec":{"__proto__":1,"rules":[{"id":"a","metric":"auc","split":"s","atLeast":0.5}]}}',
      ),
      'spec.__proto__',
    ],
    ['alpha 0', withSpec({ confidence: { alpha: 0 } }), 'spec.confidence.alpha'],
    ['alpha 1', withSpec({ confidence: { alpha: 1 } }), 'spec.confidence.alpha'],
    ['alpha as text', withSpec({ confidence: { alpha: '0.05' } }), 'spec.confidence.alpha'],
    ['a wrong duration', withSpec({ evidence: { maxAge: '1 month' } }), 'spec.evidence.maxAge'],
    ['an unknown level', withSpec({ evidence: { minLevel: 'sworn' } }), 'spec.evidence.minLevel'],
    ['a rule without a type', withRule({}), 'spec.rules[0]'],
    [
      'a rule of two types',
      withRule({ metric: 'auc', split: 's', atLeast: 0.5, contamination: { between: ['a', 'b'] } }),
      'spec.rules[0]',
    ],
    ['an unknown metric', withRule({ metric: 'vibes', split: 's', atLeast: 0.5 }), 'spec.rules[0].metric'],
    ['no threshold', withRule({ metric: 'auc', split: 's' }), 'spec.rules[0]'],
    [
      'a threshold beyond the metric',
      withRule({ metric: 'auc', split: 's', atLeast: 1.5 }),
      'spec.rules[0].atLeast',
    ],
    [
      'a threshold that asks nothing',
      withRule({ metric: 'auc', split: 's', atLeast: 0 }),
      'spec.rules[0].atLeast',
    ],
    [
      'contradictory thresholds',
      withRule({ metric: 'auc', split: 's', atLeast: 0.9, atMost: 0.8 }),
      'spec.rules[0]',
    ],
    ['NaN', withRule({ metric: 'auc', split: 's', atLeast: NaN }), 'spec.rules[0].atLeast'],
    [
      'a descriptive metric on its bound',
      withRule({ metric: 'f1_macro', split: 's', atLeast: 0.5 }),
      'spec.rules[0].decideOn',
    ],
    [
      'a difference with atLeast',
      withRule({
        fairness: { metric: 'equalized_odds_difference', split: 's', attributes: ['sex'], atLeast: 0.8 },
      }),
      'spec.rules[0].fairness.atLeast',
    ],
    [
      'a fairness rule without attributes',
      withRule({
        fairness: { metric: 'equalized_odds_difference', split: 's', attributes: [], atMost: 0.1 },
      }),
      'spec.rules[0].fairness.attributes',
    ],
    [
      'a cross-domain rule without thresholds',
      withRule({ crossDomain: { metric: 'auc' } }),
      'spec.rules[0].crossDomain',
    ],
    [
      'a split compared with itself',
      withRule({ contamination: { between: ['a', 'a'] } }),
      'spec.rules[0].contamination.between',
    ],
    ['the same id twice', withSpec({ rules: [RULES[0], RULES[0]] }), 'spec.rules[1].id'],
  ])('refuses %s, naming the place', (_name, document, path) => {
    const problems = problemsOf(document);
    expect(problems.map((problem) => problem.path)).toContain(path);
    for (const problem of problems) {
      expect(problem.found).not.toBe('');
      expect(problem.expected).not.toBe('');
    }
  });

  it.each([
    ['approvals', withSpec({ approvals: { required: 2 } }), 'spec.approvals'],
    ['an expression', withRule({ expression: 'true' }), 'spec.rules[0].expression'],
    [
      'near duplicates',
      withRule({ contamination: { between: ['a', 'b'], nearAtMost: 0.001 } }),
      'spec.rules[0].contamination.nearAtMost',
    ],
    [
      'unwaivable',
      withRule({ metric: 'auc', split: 's', atLeast: 0.5, unwaivable: true }),
      'spec.rules[0].unwaivable',
    ],
    ['reveal', withSpec({ reveal: 'full' }), 'spec.reveal'],
    ['waivers', withSpec({ waivers: [] }), 'spec.waivers'],
  ])('refuses %s, which nobody enforces yet', (_name, document, path) => {
    expect(problemsOf(document)).toContainEqual(
      expect.objectContaining({ code: 'POLICY_FIELD_NOT_ENFORCED', path }),
    );
  });

  it('takes a descriptive metric on its point, and evidence that Assay executed', () => {
    expect(problemsOf(withRule({ metric: 'f1_macro', split: 's', atLeast: 0.5, decideOn: 'point' }))).toEqual(
      [],
    );
    expect(problemsOf(withSpec({ evidence: { minLevel: 'executed' } }))).toEqual([]);
  });
});

describe('the published schema', () => {
  const validate = new Ajv2020({ strict: false }).compile(POLICY_SCHEMA);
  it('takes what the parser takes, normal forms included', () => {
    const parsed = parseGatePolicy(DOCUMENT);
    if (!parsed.ok) throw new Error('refused');
    expect(validate(DOCUMENT), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(normalForm(parsed.policy)), JSON.stringify(validate.errors)).toBe(true);
  });
  it.each([
    ['no rules', withSpec({ rules: [] })],
    ['an unknown field', withSpec({ colour: 'red' })],
    ['approvals', withSpec({ approvals: {} })],
    ['an unknown metric', withRule({ metric: 'vibes', split: 's', atLeast: 0.5 })],
    ['alpha 1', withSpec({ confidence: { alpha: 1 } })],
  ])('refuses %s', (_name, document) => {
    expect(validate(document)).toBe(false);
    expect(problemsOf(document)).not.toEqual([]);
  });
});

it('knows which metrics have no bound', () => {
  const rows = splitOf(COMPAS_BY_RACE, {
    auc: { auc: 0.7, se: 0.01, positives: 3251, negatives: 3963 },
    losses: { logLoss: { n: 7214, mean: 0.6, variance: 0.1 }, brier: { n: 7214, mean: 0.2, variance: 0.05 } },
    ece: { bins: [{ n: 7214, sumConf: 3000, sumY: 3251, sumR: -251, sumR2: 1700, sumConfVar: 1700 }] },
  });
  const numbers = buildSplitEvidence({
    classes: [],
    positive: null,
    regression: { quantile: 0.5 },
    labels: Array.from({ length: 30 }, (_, i) => i),
    predictions: Array.from({ length: 30 }, (_, i) => i + (i % 3) - 1.5),
  });
  for (const metric of metricRegistry.all) {
    const evidence = metric.task === 'regression' ? numbers : rows;
    expect([metric.id, metric.lower(evidence, 0.05).defined]).toEqual([metric.id, !isDescriptive(metric.id)]);
  }
});
