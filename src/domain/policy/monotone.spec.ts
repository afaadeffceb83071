import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { GroupCell } from '../metrics/index.js';
import { decideGate } from './decide-gate.js';
import type { GateEvidence, SplitFacts } from './gate-evidence.js';
import {
  checkOf,
  evidenceOf,
  factsOf,
  leakageOf,
  policyOf,
  liveSampleOf,
  provenanceOf,
  splitOf,
} from './policy-fixtures.js';

/** Less evidence never turns what is no PASS into a PASS. */

const GROUPS = ['a', 'b', 'c'];
const POLICY = policyOf([
  { id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.6 },
  { id: 'auc', metric: 'auc', split: 'holdout', atLeast: 0.6 },
  { id: 'champion', compare: { metric: 'accuracy', split: 'holdout', margin: 0.05 } },
  { id: 'domains', crossDomain: { metric: 'accuracy', worstAtLeast: 0.5, maxDrop: 0.3 } },
  {
    id: 'fairness',
    fairness: {
      metric: 'equalized_odds_difference',
      split: 'holdout',
      attributes: ['race'],
      atMost: 0.4,
      minGroupSize: 20,
      requireGroups: { race: GROUPS },
    },
  },
  { id: 'leakage', contamination: { between: ['train', 'holdout'], exact: 1 } },
  { id: 'copies', check: { id: 'duplicates', splits: ['train'], maxFailing: 1 } },
  { id: 'sources', sources: { purpose: 'research' } },
  { id: 'live', liveSample: { plan: 'wages-live', maxAge: '1h', maxDrifted: 1 } },
]);

const counts = fc.integer({ min: 0, max: 400 });
const cells: fc.Arbitrary<GroupCell[]> = fc
  .array(fc.record({ tp: counts, fp: counts, fn: counts, tn: counts }), { minLength: 3, maxLength: 3 })
  .map((tables) => tables.map((table, i) => ({ attributes: { race: GROUPS[i]! }, ...table })));

const split = (name: string) =>
  fc
    .record({
      cells,
      auc: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      se: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
    })
    .map(({ cells: table, auc, se }) => {
      const rows = splitOf(table);
      const positives = rows.confusion[1]![0]! + rows.confusion[1]![1]!;
      const stat =
        auc === null || positives < 2 || rows.n - positives < 2
          ? null
          : { auc, se, positives, negatives: rows.n - positives };
      return factsOf(name, { ...rows, auc: stat });
    });

const evidence: fc.Arbitrary<GateEvidence> = fc
  .record({
    holdout: split('holdout'),
    south: split('south'),
    north: split('north'),
    only: counts,
    other: counts,
    rows: fc.integer({ min: 0, max: 3 }),
    expired: fc.boolean(),
    withdrawn: fc.nat(1),
  })
  .map(({ holdout, south, north, only, other, rows, expired, withdrawn }) =>
    evidenceOf([holdout, south, north], {
      comparisons: [
        {
          to: 'champion',
          split: 'holdout',
          metric: 'accuracy',
          baseline: { id: 'm', ref: 'credit@0' },
          missing: null,
          paired: {
            metric: 'accuracy',
            n: 2000,
            onlyCandidate: only,
            onlyBaseline: other,
            candidate: 0.5,
            baseline: 0.5,
            id: 'c',
            digest: 'c',
            ageSeconds: 1,
          },
        },
      ],
      leakage: [leakageOf({ rows, total: 1000 })],
      checks: [checkOf(rows)],
      liveSamples: [liveSampleOf({ drift: checkOf(rows), trusted: withdrawn === 0 })],
      provenance: provenanceOf({ expired }, { withdrawn }),
    }),
  );

const onHoldout =
  (change: (facts: SplitFacts) => SplitFacts) =>
  (before: GateEvidence): GateEvidence => ({
    ...before,
    splits: before.splits.map((facts) => (facts.name === 'holdout' ? change(facts) : facts)),
  });
const rowsOf = (facts: SplitFacts) => facts.measurement!.evidence;
const withRows = (facts: SplitFacts, rows: ReturnType<typeof rowsOf>): SplitFacts => ({
  ...facts,
  measurement: { ...facts.measurement!, evidence: rows },
});
const without =
  (name: string) =>
  (before: GateEvidence): GateEvidence => ({
    ...before,
    splits: before.splits.filter((facts) => facts.name !== name),
  });

const REMOVALS: [string, (before: GateEvidence) => GateEvidence][] = [
  ['the evaluation', onHoldout((facts) => ({ ...facts, measurement: null }))],
  ['the holdout', without('holdout')],
  ['a domain', without('south')],
  [
    'all rows',
    onHoldout((facts) =>
      withRows(
        facts,
        splitOf([], {
          confusion: [
            [0, 0],
            [0, 0],
          ],
        }),
      ),
    ),
  ],
  ['the scores', onHoldout((facts) => withRows(facts, { ...rowsOf(facts), auc: null }))],
  ['all groups', onHoldout((facts) => withRows(facts, { ...rowsOf(facts), groups: [] }))],
  [
    'one group',
    onHoldout((facts) => withRows(facts, { ...rowsOf(facts), groups: rowsOf(facts).groups.slice(1) })),
  ],
  [
    'the rows of one group',
    onHoldout((facts) =>
      withRows(facts, {
        ...rowsOf(facts),
        groups: rowsOf(facts).groups.map((cell, i) =>
          i === 0 ? { ...cell, tp: 0, fp: 0, fn: 0, tn: 0 } : cell,
        ),
      }),
    ),
  ],
  [
    'the baseline',
    (before) => ({
      ...before,
      comparisons: before.comparisons.map((each) => ({ ...each, baseline: null, paired: null })),
    }),
  ],
  ['the comparison', (before) => ({ ...before, comparisons: [] })],
  ['the leakage count', (before) => ({ ...before, leakage: [] })],
  [
    'what was found in the lineage',
    (before) => ({
      ...before,
      leakage: before.leakage.map((facts) => ({ ...facts, lineage: { ...facts.lineage!, count: null } })),
    }),
  ],
  ['the check', (before) => ({ ...before, checks: [] })],
  ['the live sample', ({ liveSamples: _, ...before }) => before],
  ['where the data come from', (before) => ({ ...before, provenance: null })],
  [
    'a version of which the sources are known',
    (before) => ({
      ...before,
      provenance: { ...before.provenance!, versions: before.provenance!.versions.slice(0, 1) },
    }),
  ],
  [
    'the sources of a version',
    (before) => ({
      ...before,
      provenance: {
        ...before.provenance!,
        versions: before.provenance!.versions.map((version) => ({ ...version, named: 0, sources: [] })),
      },
    }),
  ],
  [
    'freshness',
    onHoldout((facts) => ({ ...facts, measurement: { ...facts.measurement!, ageSeconds: 1e9 } })),
  ],
];

it.each(REMOVALS)(
  'removing %s turns no verdict into PASS, of the decision or of any rule',
  (_name, remove) => {
    fc.assert(
      fc.property(evidence, (full) => {
        const before = decideGate(POLICY, full);
        const after = decideGate(POLICY, remove(full));
        if (before.verdict !== 'PASS') expect(after.verdict).not.toBe('PASS');
        for (const [i, rule] of after.rules.entries()) {
          if (rule.verdict === 'PASS') expect([rule.id, before.rules[i]!.verdict]).toEqual([rule.id, 'PASS']);
        }
      }),
      { numRuns: 60 },
    );
  },
);

it('fewer rows of the same kind turn no verdict into PASS', () => {
  const scale = (facts: SplitFacts, by: number): SplitFacts => {
    const rows = splitOf(
      rowsOf(facts).groups.map((cell) => ({
        ...cell,
        tp: cell.tp * by,
        fp: cell.fp * by,
        fn: cell.fn * by,
        tn: cell.tn * by,
      })),
    );
    return { ...withRows(facts, rows), rows: rows.n };
  };
  const policy = {
    ...POLICY,
    rules: POLICY.rules.filter((rule) => ['accuracy', 'domains', 'fairness'].includes(rule.id)),
  };
  fc.assert(
    fc.property(evidence, fc.integer({ min: 2, max: 20 }), (few, by) => {
      const many = { ...few, splits: few.splits.map((facts) => scale(facts, by)) };
      const less = decideGate(policy, { ...few, splits: few.splits.map((facts) => scale(facts, 1)) });
      const more = decideGate(policy, many);
      for (const [i, rule] of less.rules.entries())
        if (rule.verdict === 'PASS') expect([rule.id, more.rules[i]!.verdict]).toEqual([rule.id, 'PASS']);
    }),
    { numRuns: 60 },
  );
});

it('the same evidence and policy give the same result', () => {
  fc.assert(
    fc.property(evidence, (full) => {
      expect(decideGate(POLICY, structuredClone(full))).toEqual(decideGate(POLICY, full));
    }),
    { numRuns: 20 },
  );
});
