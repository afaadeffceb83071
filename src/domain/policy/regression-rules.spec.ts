import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, type SplitEvidence } from '../metrics/index.js';
import { seededRandom } from '../statistics/index.js';
import { decideGate } from './decide-gate.js';
import type { ComparisonFacts, GateEvidence, PairedError } from './gate-evidence.js';
import { pathsOf, waysWithout } from './lost-evidence.js';
import { parseGatePolicy } from './parse-gate-policy.js';
import { evidenceOf, factsOf, policyOf } from './policy-fixtures.js';

const random = seededRandom('regression rules');
const LABELS = Array.from({ length: 200 }, (_, i) => (i * 37) % 101);
/** Uniform in [-1, 1]: mean size a half, mean square a third. */
const ERRORS = LABELS.map(() => 2 * random() - 1);
const split = (
  labels: readonly number[],
  errors: readonly number[],
  more: Partial<SplitEvidence> = {},
): SplitEvidence => ({
  ...buildSplitEvidence({
    classes: [],
    positive: null,
    regression: { quantile: 0.9 },
    labels,
    predictions: labels.map((label, i) => label + errors[i]!),
  }),
  ...more,
});
const GOOD = split(LABELS, ERRORS);
const on = (rule: object, evidence: SplitEvidence, spec: object = {}, chosen: string[] = []) => {
  const facts = factsOf('holdout', evidence);
  Object.assign(facts.measurement!.protocol, { quantile: 0.9, chosen });
  return decideGate(policyOf([{ id: 'rule', split: 'holdout', ...rule }], spec), evidenceOf([facts]))
    .rules[0]!;
};

describe('a rule on a metric of regression', () => {
  it.each([
    [{ metric: 'mae', atMost: 0.6 }, 'PASS'],
    [{ metric: 'mae', atMost: 0.5 }, 'INCONCLUSIVE'],
    [{ metric: 'mae', atMost: 0.4 }, 'FAIL'],
    [{ metric: 'rmse', atMost: 0.7 }, 'PASS'],
    [{ metric: 'rmse', atMost: 0.5 }, 'FAIL'],
    [{ metric: 'r2', atLeast: 0.999 }, 'PASS'],
    [{ metric: 'r2', atLeast: 0.99975 }, 'FAIL'],
    [{ metric: 'mean_error', atLeast: -0.2, atMost: 0.2 }, 'PASS'],
    [{ metric: 'mean_error', atLeast: 0.2 }, 'FAIL'],
    [{ metric: 'quantile_loss', atMost: 0.4 }, 'PASS'],
  ])('%j is decided by its bound: %s', (rule, verdict) => {
    expect(on(rule, GOOD).verdict).toBe(verdict);
  });

  it('speaks in the unit of the label', () => {
    const { reason, n, neededN, caveats } = on({ metric: 'mae', atMost: 0.5 }, GOOD);
    expect(reason).toMatch(
      /^Mean absolute error on holdout is between 0\.\d+ and 0\.\d+ .*required: at most 0\.5/,
    );
    expect(n).toBe(200);
    expect(neededN).toBeGreaterThan(200);
    expect(caveats).toEqual([expect.stringContaining('are in no bound')]);
  });

  it('takes no metric of the other task, not even on the estimate', () => {
    for (const rule of [
      { metric: 'accuracy', atMost: 0.5 },
      { metric: 'recall_weighted', atMost: 0.5 },
      { metric: 'f1_macro', atLeast: 0.1, decideOn: 'point' },
      { metric: 'accuracy', atMost: 0.5, decideOn: 'point' },
    ]) {
      const { verdict, reason } = on(rule, GOOD);
      expect([rule, verdict]).toEqual([rule, 'INCONCLUSIVE']);
      expect(reason).toContain('is a metric of classification, and the labels were judged as numbers');
    }
    const classes = buildSplitEvidence({
      classes: ['0', '1'],
      positive: '1',
      labels: [0, 1, 1, 0],
      predictions: [0, 1, 1, 0],
    });
    const { verdict, reason } = on({ metric: 'mae', atMost: 5 }, classes);
    expect(verdict).toBe('INCONCLUSIVE');
    expect(reason).toContain('is a metric of regression, and the labels were judged as classes');
  });

  it('gives rules on groups and domains nothing to pass on', () => {
    const splits = ['holdout', 'south', 'north'].map((name) => factsOf(name, GOOD));
    const rules = [
      {
        fairness: {
          metric: 'demographic_parity_difference',
          split: 'holdout',
          attributes: ['sex'],
          atMost: 0.9,
          minGroupSize: 1,
        },
      },
      {
        fairness: {
          metric: 'demographic_parity_ratio',
          split: 'holdout',
          attributes: ['sex'],
          atLeast: 0.1,
          smallGroups: 'exclude',
        },
      },
      { crossDomain: { metric: 'accuracy', worstAtLeast: 0.01, maxDrop: 0.9 } },
      { crossDomain: { metric: 'auc', maxDrop: 0.9, minDomains: 1 } },
    ].map((rule, i) => ({ id: `rule${i}`, ...rule }));
    for (const policy of [policyOf(rules), policyOf(rules.map((rule) => ({ ...rule, decideOn: 'point' })))])
      for (const { id, verdict } of decideGate(policy, evidenceOf(splits)).rules)
        expect([id, verdict]).toEqual([id, 'INCONCLUSIVE']);
  });

  it.each([
    ['labels that are all equal', split([3, 3, 3, 3], [0.1, 0.2, 0, 0.1]), /labels of holdout are all equal/],
    ['errors that are all equal', split([1, 2, 3, 4], [0, 0, 0, 0]), /every row has the same error/],
    ['one row', split([1], [0.1]), /all equal/],
    ['no rows', split([], []), /no rows/],
    [
      'numbers that are too large',
      split([1, 1e300, 2], [0, 0, 0]),
      /1 of 3 rows have a label or a prediction beyond/,
    ],
  ])('is not passed by %s', (_, evidence, reason) => {
    for (const rule of [
      { metric: 'mae', atMost: 1e6 },
      { metric: 'rmse', atMost: 1e6 },
      { metric: 'mean_error', atMost: 1e6 },
    ]) {
      const found = on(rule, evidence);
      expect([rule, found.verdict]).toEqual([rule, 'INCONCLUSIVE']);
      expect(found.reason).toMatch(reason);
    }
  });

  it('is passed on the estimate by errors of 0, where the policy says so', () => {
    const perfect = split([1, 2, 3, 4], [0, 0, 0, 0]);
    expect(on({ metric: 'mae', atMost: 0.1, decideOn: 'point' }, perfect).verdict).toBe('PASS');
  });

  it('holds a level of the quantile loss that its sender chose and the policy does not name', () => {
    const rule = { metric: 'quantile_loss', atMost: 0.4 };
    expect(on(rule, GOOD, {}, ['quantile'])).toMatchObject({ verdict: 'INCONCLUSIVE' });
    expect(on(rule, GOOD, { protocol: { quantile: 0.9 } }, ['quantile']).verdict).toBe('PASS');
    expect(on(rule, GOOD, { protocol: { quantile: 0.5 } }).verdict).toBe('INCONCLUSIVE');
  });

  it.each<[string, (evidence: SplitEvidence) => void]>([
    ['counts of classes beside its sums', (evidence) => Object.assign(evidence, { confusion: [[1]] })],
    ['errors of other rows', (evidence) => Object.assign(evidence.regression!.errors!.absolute, { n: 7 })],
    [
      'a mean error that is too small',
      (evidence) => Object.assign(evidence.regression!.errors!.absolute, { mean: 0.1 }),
    ],
    [
      'an R2 of other errors',
      (evidence) => Object.assign(evidence.regression!.errors!.unexplained!, { share: 1e-9 }),
    ],
    [
      'a loss beyond its errors',
      (evidence) => Object.assign(evidence.regression!.errors!.quantile, { mean: 1e-3 }),
    ],
    ['no errors', (evidence) => Object.assign(evidence.regression!, { errors: null })],
  ])('ends in ERROR on evidence with %s', (_, change) => {
    const evidence = structuredClone(GOOD);
    change(evidence);
    expect(on({ metric: 'mae', atMost: 0.6 }, evidence).verdict).toBe('ERROR');
  });

  it('is decided by the rows of a slice', () => {
    const slice = split(
      LABELS.slice(0, 50),
      ERRORS.slice(0, 50).map((error) => 10 * error),
    );
    const evidence = { ...GOOD, slices: [{ name: 'any', where: 'x = 1', evidence: slice }] };
    const spec = { protocol: { slices: [{ name: 'ones', where: 'x = 1' }] } };
    expect(on({ metric: 'mae', slice: 'ones', atMost: 0.6 }, evidence, spec)).toMatchObject({
      verdict: 'FAIL',
      n: 50,
    });
  });

  it('has thresholds that it can meet, and margins of accuracy below 1 alone', () => {
    const problems = (rule: object) => {
      const parsed = parseGatePolicy({
        apiVersion: 'assay/v1',
        kind: 'GatePolicy',
        metadata: { name: 'p' },
        spec: { rules: [{ id: 'rule', ...rule }] },
      });
      return parsed.ok ? [] : parsed.problems.map(({ path, expected }) => `${path}: ${expected}`);
    };
    expect(problems({ metric: 'mae', split: 's', atMost: 1500 })).toEqual([]);
    expect(problems({ metric: 'r2', split: 's', atLeast: -3 })).toEqual([]);
    expect(problems({ metric: 'mae', split: 's', atMost: -1 })).toEqual([
      'spec.rules[0].atMost: a number of at least 0',
    ]);
    expect(problems({ metric: 'r2', split: 's', atLeast: 1.5 })).toEqual([
      'spec.rules[0].atLeast: a number of at most 1',
    ]);
    expect(problems({ compare: { metric: 'mae', split: 's', margin: 1500 } })).toEqual([]);
    expect(problems({ compare: { metric: 'auc', split: 's', margin: 1 } })).toEqual([
      'spec.rules[0].compare.margin: a number above -1 and below 1',
    ]);
    expect(problems({ crossDomain: { metric: 'r2', worstAtLeast: 0.5 } })[0]).toMatch(
      /crossDomain.metric: .*accuracy/,
    );
  });
});

describe('mean absolute error against a baseline', () => {
  const absolute = GOOD.regression!.errors!.absolute.mean;
  const facts = (change: Partial<PairedError> = {}, id = 'model-0'): ComparisonFacts => {
    const difference = { n: 200, mean: -0.02, variance: 0.04 };
    const paired = {
      metric: 'mae' as const,
      n: 200,
      difference,
      candidate: absolute,
      baseline: absolute + 0.02,
    };
    return {
      to: 'champion',
      split: 'holdout',
      metric: 'mae',
      baseline: { id, ref: 'credit@0' },
      missing: null,
      paired: { ...paired, ...change, id: 'comparison-1', digest: 'c'.repeat(64), ageSeconds: 60 },
    };
  };
  const evidence = (comparison: ComparisonFacts): GateEvidence =>
    evidenceOf([factsOf('holdout', GOOD)], { comparisons: [comparison] });
  const compared = (margin: number, comparison: ComparisonFacts) =>
    decideGate(
      policyOf([{ id: 'rule', compare: { metric: 'mae', split: 'holdout', margin } }]),
      evidence(comparison),
    ).rules[0]!;

  it("is decided by Student's bound of the rows' differences", () => {
    // -0.02 + 1.6525 sqrt(0.04 / 200) = 0.00337; t(.95, 199) of scipy 1.17.1.
    const found = compared(0.0034, facts());
    expect(found).toMatchObject({
      verdict: 'PASS',
      observed: -0.02,
      threshold: 0.0034,
      comparison: 'atMost',
    });
    expect(found.ci![1]).toBeCloseTo(0.0033705402088428232, 9);
    expect(compared(0.0033, facts()).verdict).toBe('INCONCLUSIVE');
    expect(compared(-0.05, facts()).verdict).toBe('FAIL');
  });

  it('of a model with itself is none, and of rows that all differ by the same is not known', () => {
    const same = { difference: { n: 200, mean: 0, variance: 0 }, candidate: absolute, baseline: absolute };
    expect(compared(0, facts(same, 'model-1')).verdict).toBe('PASS');
    expect(compared(-0.1, facts(same, 'model-1')).verdict).toBe('FAIL');
    expect(compared(0.5, facts(same))).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: expect.stringContaining('every row differs by the same') as string,
    });
  });

  it('ends in ERROR where it is of other errors or another task than the evidence', () => {
    expect(compared(0.1, facts({ candidate: 0.4, baseline: 0.42 })).verdict).toBe('ERROR');
    expect(compared(0.1, facts({ n: 100 })).verdict).toBe('ERROR');
    const accuracy = {
      metric: 'accuracy',
      n: 200,
      onlyCandidate: 0,
      onlyBaseline: 0,
      candidate: 1,
      baseline: 1,
    };
    expect(compared(0.1, facts(accuracy as unknown as PairedError)).verdict).toBe('ERROR');
  });

  it('passes nothing with anything taken away that does not pass whole', () => {
    const policy = policyOf([
      { id: 'mae', metric: 'mae', split: 'holdout', atMost: 0.45 },
      { id: 'r2', metric: 'r2', split: 'holdout', atLeast: 0.9998 },
      { id: 'bias', metric: 'mean_error', split: 'holdout', atMost: -0.05 },
      { id: 'compare', compare: { metric: 'mae', split: 'holdout', margin: 0.001 } },
    ]);
    const full = evidence(facts());
    const passes = (given: GateEvidence) =>
      decideGate(policy, given)
        .rules.filter(({ verdict }) => verdict === 'PASS')
        .map(({ id }) => id);
    expect(passes(full)).toEqual([]);
    const paths = pathsOf(full).filter((path) => path.includes('regression') || path.includes('paired'));
    expect(paths.length).toBeGreaterThan(30);
    for (const path of paths)
      for (const without of waysWithout(full, path)) expect([path, passes(without())]).toEqual([path, []]);
  });
});
