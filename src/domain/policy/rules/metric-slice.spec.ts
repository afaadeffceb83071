import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, type SplitEvidence } from '../../metrics/index.js';
import { decideGate } from '../decide-gate.js';
import type { GateEvidence } from '../gate-evidence.js';
import { normalForm, parseGatePolicy } from '../parse-gate-policy.js';
import { pathsOf, waysWithout } from '../lost-evidence.js';
import { evidenceOf, factsOf, policyOf, sealedFactsOf } from '../policy-fixtures.js';

/** `rows` rows of two classes, the first `wrong` of which are predicted wrongly. */
const rowsOf = (rows: number, wrong: number): SplitEvidence => {
  const labels = Array.from({ length: rows }, (_, i) => i % 2);
  const predictions = labels.map((label, i) => (i < wrong ? 1 - label : label));
  return buildSplitEvidence({ classes: ['0', '1'], positive: '1', labels, predictions });
};
const withSlice = (slice: SplitEvidence, where = "sex = 'f'"): SplitEvidence => ({
  ...rowsOf(1_000, 20),
  slices: [{ name: 'whatever', where, evidence: slice }],
});

const SLICES = { protocol: { slices: [{ name: 'women', where: "sex='f'" }] } };
const RULE = { id: 'women', metric: 'accuracy', split: 'holdout', slice: 'women', atLeast: 0.8 };
const decided = (evidence: GateEvidence) => decideGate(policyOf([RULE], SLICES), evidence).rules[0]!;
const on = (evidence: SplitEvidence) => decided(evidenceOf([factsOf('holdout', evidence)]));

describe('a metric rule on a slice', () => {
  it('is decided by the rows of the slice alone, found by its expression', () => {
    expect(on(withSlice(rowsOf(200, 10)))).toMatchObject({
      verdict: 'PASS',
      observed: 0.95,
      n: 200,
      slice: { split: 'holdout', slice: 'women' },
    });
    // The whole split, right on 98 %, would pass.
    expect(on(withSlice(rowsOf(200, 80)))).toMatchObject({ verdict: 'FAIL', observed: 0.6, n: 200 });
    expect(on(withSlice(rowsOf(200, 38))).verdict).toBe('INCONCLUSIVE');
  });

  it.each<[string, GateEvidence]>([
    ['no slices', evidenceOf([factsOf('holdout', rowsOf(1_000, 0))])],
    ['another slice', evidenceOf([factsOf('holdout', withSlice(rowsOf(200, 0), "sex = 'm'"))])],
    ['an empty slice', evidenceOf([factsOf('holdout', withSlice(rowsOf(0, 0)))])],
    ['a slice of one row', evidenceOf([factsOf('holdout', withSlice(rowsOf(1, 0)))])],
    ['no evaluation', evidenceOf([factsOf('holdout', null)])],
    ['no slices, sealed', evidenceOf([sealedFactsOf('holdout', rowsOf(1_000, 0))])],
  ])('passes on no evidence with %s', (_, evidence) => {
    expect(decided(evidence).verdict).toBe('INCONCLUSIVE');
  });

  it('says which expression is missing', () => {
    const { reason, remedy } = on(rowsOf(1_000, 0));
    expect(reason).toContain("no slice women, the rows where sex = 'f'");
    expect(remedy).toContain("where: sex = 'f'");
  });

  it.each<[string, (slice: SplitEvidence) => object]>([
    ['more rows than its split', () => rowsOf(2_000, 0)],
    ['counts that do not add up', (slice) => ({ ...slice, n: slice.n + 1 })],
    ['no number of rows', (slice) => ({ ...slice, n: Number.NaN })],
    ['no counts', (slice) => ({ ...slice, confusion: [] })],
  ])('is an ERROR where the slice has %s', (_, change) => {
    expect(on(withSlice(change(rowsOf(200, 0)) as SplitEvidence)).verdict).toBe('ERROR');
  });
});

describe('evidence of a slice with something taken away', () => {
  it.each([38, 80])('passes nothing that it does not pass whole (%d of 200 wrong)', (wrong) => {
    const full = evidenceOf([factsOf('holdout', withSlice(rowsOf(200, wrong)))]);
    expect(decided(full).verdict).not.toBe('PASS');
    const inside = pathsOf(full).filter((path) => path.includes('slices'));
    expect(inside.length).toBeGreaterThan(8);
    for (const path of inside)
      for (const without of waysWithout(full, path))
        expect([path, decided(without()).verdict]).not.toEqual([path, 'PASS']);
  });
});

describe('a policy with slices', () => {
  const parse = (rules: object[], spec: object) =>
    parseGatePolicy({
      apiVersion: 'assay/v1',
      kind: 'GatePolicy',
      metadata: { name: 'p' },
      spec: { ...spec, rules },
    });
  const problemsOf = (rules: object[], spec: object) => {
    const parsed = parse(rules, spec);
    return parsed.ok ? [] : parsed.problems.map(({ path, found }) => `${path}: ${found}`);
  };

  it('writes their expressions in one form, and parses to itself', () => {
    const policy = policyOf([RULE], SLICES);
    expect(policy.protocol.slices).toEqual([{ name: 'women', where: "sex = 'f'" }]);
    expect(parseGatePolicy(normalForm(policy))).toEqual({ ok: true, policy });
  });

  it('is refused where a rule names another, or an expression is none', () => {
    expect(problemsOf([RULE], {})).toEqual(['spec.rules[0].slice: "women"']);
    expect(problemsOf([{ ...RULE, slice: 'men' }], SLICES)).toEqual(['spec.rules[0].slice: "men"']);
    const slices = [
      { name: 'women', where: 'x = 1; y' },
      { name: 'women', where: 'x = 1' },
    ];
    expect(problemsOf([RULE], { protocol: { slices } })).toEqual([
      'spec.protocol.slices[0].where: a semicolon at character 6',
      'spec.protocol.slices[1].name: "women", as in spec.protocol.slices[0]',
    ]);
    expect(problemsOf([RULE], { protocol: { slices: [{ name: 'women' }] } })[0]).toMatch(
      /slices\[0\]\.where: nothing/,
    );
  });
});
