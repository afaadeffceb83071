import { describe, expect, it } from 'vitest';
import type { GateEvidence, SplitFacts } from './gate-evidence.js';
import { oneOfEachKind, pathsOf, waysWithout } from './lost-evidence.js';
import { checkOf, evidenceOf, factsOf, leakageOf, liveSampleOf, provenanceOf } from './policy-fixtures.js';
import { comparisonsOn, evidenceOfRows, verdictsOf, type Row, type Rule } from './verdict-fixtures.js';

/** A good model on good evidence passes every kind of rule; one flaw holds some back, and no second loss lets them go. */

const fairness = { metric: 'equal_opportunity_difference', split: 'holdout', attributes: ['race'] };
const RULES: Rule[] = [
  { metric: 'accuracy', split: 'holdout', atLeast: 0.6 },
  { metric: 'auc', split: 'holdout', atLeast: 0.6 },
  { metric: 'brier', split: 'holdout', atMost: 0.3 },
  { metric: 'ece', split: 'holdout', atMost: 0.4 },
  { metric: 'f1_macro', split: 'holdout', atLeast: 0.6, decideOn: 'point' },
  { compare: { metric: 'accuracy', split: 'holdout', margin: 0.1 } },
  { compare: { metric: 'auc', split: 'holdout', margin: 0.1 } },
  { crossDomain: { metric: 'accuracy', worstAtLeast: 0.6, maxDrop: 0.2 } },
  { fairness: { ...fairness, atMost: 0.2, minGroupSize: 20 } },
  { fairness: { ...fairness, attributes: ['race', 'sex'], atMost: 0.3, intersections: true } },
  { fairness: { ...fairness, atMost: 0.2, minGroupSize: 40, smallGroups: 'exclude' } },
  {
    fairness: {
      ...fairness,
      metric: 'demographic_parity_ratio',
      atLeast: 0.6,
      requireGroups: { race: ['a', 'b'] },
    },
  },
  { contamination: { between: ['train', 'holdout'], exact: 1 } },
  { check: { id: 'duplicates', splits: ['train'], maxFailing: 3 } },
  { sources: { purpose: 'credit-scoring' } },
  { liveSample: { plan: 'wages-live', maxAge: '1d', minRows: 500, maxDrifted: 3 } },
];

/** Rows of each label, and how many of them are wrong, by race and sex: af, am, bf, bm. */
type Wrong = readonly [number, number, number, number];
const EACH = [44, 44, 33, 88] as const;

function model(wrong: Wrong) {
  const rows = EACH.flatMap((each, cell) =>
    [0, 1].flatMap((label) =>
      Array.from({ length: each }, (_, i): Row => {
        const prediction = i < wrong[cell]! ? 1 - label : label;
        return { cell, label, prediction, score: (prediction + ((i * 37) % 97) / 97) / 2 };
      }),
    ),
  );
  return evidenceOfRows(rows);
}

const GOOD: Wrong = [4, 4, 3, 8];

function sound({ holdout = GOOD, south = GOOD }: { holdout?: Wrong; south?: Wrong } = {}): GateEvidence {
  const evidence = model(holdout);
  return evidenceOf(
    [factsOf('holdout', evidence), factsOf('south', model(south)), factsOf('north', model(GOOD))],
    {
      comparisons: comparisonsOn(evidence, { wins: 5, losses: 5, lead: 0, seDiff: 0.01 }, 60),
      leakage: [leakageOf({ rows: 1, total: 418 })],
      checks: [checkOf(3)],
      liveSamples: [liveSampleOf({ drift: checkOf(3) })],
      provenance: provenanceOf(),
    },
  );
}

type Measured = NonNullable<SplitFacts['measurement']>;
const measured = (change: Partial<Measured>) => (evidence: GateEvidence) => {
  for (const facts of evidence.splits) Object.assign(facts.measurement!, change);
};
const live = (change: Parameters<typeof liveSampleOf>[0]) => (evidence: GateEvidence) => {
  Object.assign(evidence.liveSamples![0]!.sample!, change);
};
const compared = (change: object) => (evidence: GateEvidence) => {
  for (const facts of evidence.comparisons) Object.assign(facts.paired!, change);
};

/** What is wrong with it, and how many of the rules it holds back. */
const FLAWS: [string, number, (evidence: GateEvidence) => void, GateEvidence?][] = [
  ['evidence too old', 12, measured({ ageSeconds: 1e9 })],
  ['evidence from the future', 12, measured({ ageSeconds: -1e9 })],
  ['evidence that was only reported', 12, measured({ level: 'reported' })],
  [
    'a look that was not allowed',
    12,
    (evidence) => {
      evidence.splits.forEach((facts) => Object.assign(facts, { sealed: true, budget: 20 }));
      measured({ look: 3, spending: { looks: 20, answered: 2, informative: 0, alternatives: 1 } })(evidence);
    },
  ],
  [
    'another positive class',
    12,
    measured({ protocol: { positive: 'no', threshold: 0.5, bins: 15, seed: 0, chosen: [] } }),
  ],
  ['rows left out', 12, ({ splits }) => splits.forEach((facts) => facts.rows++)],
  ['comparisons too old', 2, compared({ ageSeconds: 1e9 })],
  ['comparisons from the future', 2, compared({ ageSeconds: -1e9 })],
  ['comparisons of other rows', 2, compared({ n: 417 })],
  ['no baseline', 2, ({ comparisons }) => comparisons.forEach((facts) => (facts.baseline = null))],
  ['one domain twice', 1, ({ splits }) => (splits[2]!.domain = 'south')],
  ['a domain that was not measured', 1, ({ splits }) => (splits[1]!.measurement = null)],
  ['a domain in which the model is bad', 1, () => {}, sound({ south: [22, 22, 16, 44] })],
  ['women of race b treated quite differently', 3, () => {}, sound({ holdout: [4, 4, 30, 8] })],
  ['shared rows', 1, ({ leakage }) => (leakage[0]!.exact!.rows = 2)],
  ['shared rows that were not counted', 1, ({ leakage }) => (leakage[0]!.exact = null)],
  ['a check that fails', 1, (evidence) => (evidence.checks = [checkOf(4)])],
  ['a check that nobody ran', 1, (evidence) => (evidence.checks = [checkOf(null)])],
  ['a check that cannot tell', 1, ({ checks }) => (checks[0]!.answer!.status = 'undefined')],
  ['a live sample that is old', 1, live({ ageSeconds: 86_401 })],
  ['a live sample that somebody else fed', 1, live({ trusted: false })],
  ['a live sample that drifted', 1, live({ drift: checkOf(4) })],
  ['no live sample', 1, (evidence) => (evidence.liveSamples![0]!.sample = null)],
  ['a licence that is missing', 1, (evidence) => (evidence.provenance = provenanceOf({ licensed: false }))],
  ['a basis that is missing', 1, (evidence) => (evidence.provenance = provenanceOf({ basis: 'none' }))],
  [
    'a purpose that is not allowed',
    1,
    (evidence) => (evidence.provenance = provenanceOf({ purposes: ['x'] })),
  ],
  ['terms that have run out', 1, (evidence) => (evidence.provenance = provenanceOf({ expired: true }))],
  [
    'a consent that was withdrawn',
    1,
    (evidence) => (evidence.provenance = provenanceOf({}, { withdrawn: 1 })),
  ],
  [
    'a version that names no source',
    1,
    (evidence) => (evidence.provenance = provenanceOf({}, { named: 0, sources: [] })),
  ],
  [
    'subjects that are not known',
    1,
    (evidence) => (evidence.provenance = provenanceOf({}, { rowsWithoutSubject: 'unknown' })),
  ],
  ['nothing that the model was made of', 1, (evidence) => (evidence.provenance!.trainedOn = 0)],
  [
    'a check with other parameters',
    1,
    (evidence) => (evidence.checks = [checkOf(3, { parameters: { ignore: ['x'] } })]),
  ],
];
/** The flaws that losing some of the counts might heal. */
const OF_COUNTS = [
  'rows left out',
  'one domain twice',
  'a domain in which the model is bad',
  'women of race b treated quite differently',
];
const SPEC = { holdout: { looks: 2 }, protocol: { positive: 'yes' } };
const asked = { rules: RULES, alpha: 0.05 };

it('without a flaw every rule passes', () => {
  expect(verdictsOf(asked, sound(), SPEC)).toEqual(new Array(RULES.length + 1).fill('PASS'));
});

describe('a flaw that holds a rule back', () => {
  it.each(FLAWS)(
    '%s: %i rules, and none of them passes once something else is lost, too',
    (name, held, spoil, full = sound()) => {
      spoil(full);
      const [, ...before] = verdictsOf(asked, full, SPEC);
      const rules = RULES.filter((_, i) => before[i] !== 'PASS');
      expect(rules.length).toBe(held);
      // Of entries of a list the third: north, women of race b.
      const paths = oneOfEachKind(pathsOf(full), 2).filter(
        (path) =>
          !path.includes('bins') &&
          (OF_COUNTS.includes(name) || !path.includes('evidence') || path.at(-1) === 'evidence'),
      );
      for (const path of paths)
        for (const lose of waysWithout(full, path)) {
          const passed = verdictsOf({ ...asked, rules }, lose(), SPEC)
            .slice(1)
            .flatMap((verdict, i) => (verdict === 'PASS' ? [rules[i]] : []));
          expect({ path: path.join('.'), passed }).toEqual({ path: path.join('.'), passed: [] });
        }
    },
  );
});
