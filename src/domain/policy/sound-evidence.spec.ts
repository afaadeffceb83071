import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, type SplitEvidence } from '../metrics/index.js';
import { decideGate } from './decide-gate.js';
import type { PairedStatistic, SplitFacts } from './gate-evidence.js';
import { evidenceOf, factsOf, sealedFactsOf, policyOf } from './policy-fixtures.js';
import { checkPaired, checkSplitEvidence, checkSplits } from './sound-evidence.js';

const ROWS = 40;

/** Made as every evaluation makes it, with scores and groups, of the first `n` rows. */
function sound(n = ROWS): SplitEvidence {
  const rows = (of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i));
  return buildSplitEvidence({
    labels: Int32Array.from(rows((i) => i % 2)),
    predictions: Int32Array.from(rows((i) => (i % 5 === 0 ? 0 : i % 2))),
    scores: Float64Array.from(rows((i) => (i % 5 === 0 ? 0.25 : 0.25 + 0.5 * (i % 2)))),
    cellOf: Int32Array.from(rows((i) => (i % 4 < 2 ? 0 : 1))),
    cells: [{ attributes: { sex: 'f' } }, { attributes: { sex: 'm' } }],
    classes: ['no', 'yes'],
    positive: 'yes',
  });
}

/** Anything may stand in a database. */
type Loose = {
  n: unknown;
  classes: unknown;
  positive: unknown;
  confusion: number[][];
  auc: Record<string, unknown>;
  averagePrecision: Record<string, unknown>;
  losses: Record<'logLoss' | 'brier', Record<string, unknown>>;
  ece: { bins: Record<string, number>[] };
  groups: { attributes: Record<string, string>; tp: number; fp: number; fn: number; tn: number }[];
};

/** One lie each: which member, and the words that name it. */
const LIES: [what: string, change: (evidence: Loose) => void, message: RegExp][] = [
  ['a row left out', (e) => (e.n = ROWS - 1), /counts 39 rows, and the dataset version has 40/],
  ['rows that are no number', (e) => (e.n = '40'), /counts 40 rows/],
  ['rows below 0', (e) => (e.n = -ROWS), /counts -40 rows/],
  ['no classes', (e) => (e.classes = []), /no list of different classes/],
  ['a class twice', (e) => (e.classes = ['no', 'no']), /no list of different classes/],
  ['classes that are no list', (e) => (e.classes = 'no'), /no list of different classes/],
  ['a row of counts left out', (e) => e.confusion.pop(), /no count for each label and prediction/],
  ['a count left out', (e) => e.confusion[0]!.pop(), /no count for each label and prediction/],
  ['counts that are too many', (e) => (e.confusion[1]![1]! += 1), /counts that are not those of 40 rows/],
  [
    'a count below 0',
    ({ confusion: [first] }) => {
      first![0]! += first![1]! + 1;
      first![1] = -1;
    },
    /counts that are not those of 40 rows/,
  ],
  [
    'counts of halves',
    ({ confusion: [first] }) => {
      first![0]! -= 0.5;
      first![1]! += 0.5;
    },
    /counts that are not those of 40 rows/,
  ],
  ['the first class as the positive one', (e) => (e.positive = 'no'), /not the second of two/],
  ['a positive class of its own', (e) => (e.positive = 'maybe'), /not the second of two/],
  ['an AUC without a positive class', (e) => (e.positive = null), /AUC without a positive class/],
  ['an AUC above 1', (e) => (e.auc.auc = 1.01), /an AUC that is none/],
  ['an AUC that is no number', (e) => (e.auc.auc = Number.NaN), /an AUC that is none/],
  ['an AUC of endless error', (e) => (e.auc.se = Number.POSITIVE_INFINITY), /an AUC that is none/],
  ['an AUC of no error', (e) => (e.auc.se = null), /an AUC that is none/],
  ['an AUC of more positives', (e) => (e.auc.positives = 21), /an AUC of other rows/],
  ['an average precision above 1', (e) => (e.averagePrecision.value = 1.01), /an average precision/],
  [
    'an average precision of more positives',
    (e) => (e.averagePrecision.positives = 21),
    /an average precision/,
  ],
  ['an AUC of more negatives', (e) => (e.auc.negatives = 2_000), /an AUC of other rows/],
  ['losses of more rows', (e) => (e.losses.logLoss.n = 4_000), /losses that are not those of 40 rows/],
  ['a loss below 0', (e) => (e.losses.logLoss.mean = -0.1), /losses that are not those/],
  ['a loss beyond the largest', (e) => (e.losses.logLoss.mean = 1e6), /losses that are not those/],
  ['a loss of no variance', (e) => (e.losses.brier.variance = null), /losses that are not those/],
  ['a Brier score above 2', (e) => (e.losses.brier.mean = 2.1), /a Brier score above 2/],
  ['a bin of more rows', (e) => (e.ece.bins[3]!.n! += 1), /a reliability table that is not of 40 rows/],
  [
    'more outcomes in a bin than rows',
    ({ ece: { bins } }) =>
      Object.assign(bins[3]!, { sumY: bins[3]!.n! + 1, sumR: bins[3]!.sumConf! - bins[3]!.n! - 1 }),
    /a reliability table/,
  ],
  ['a residual that is none of its sums', (e) => (e.ece.bins[3]!.sumR! += 1), /a reliability table/],
  ['more confidence than rows', (e) => (e.ece.bins[3]!.sumConf! += ROWS), /a reliability table/],
  ['a sum of squares below 0', (e) => (e.ece.bins[3]!.sumR2 = -1), /a reliability table/],
  ['a variance beyond its rows', (e) => (e.ece.bins[3]!.sumConfVar = ROWS + 1), /a reliability table/],
  [
    'groups without a positive class',
    (e) => Object.assign(e, { positive: null, auc: null, losses: null, ece: null }),
    /groups without a positive class/,
  ],
  ['a group left out', (e) => e.groups.pop(), /groups that are not those of its rows/],
  ['a member moved between cells', (e) => (e.groups[0]!.tp += 1), /groups that are not those of its rows/],
  [
    'a group below 0',
    ({ groups: [one, other] }) => {
      one!.tp += other!.tp + 1;
      other!.tp = -1;
    },
    /groups with counts that are none/,
  ],
  [
    'two groups of one name',
    (e) => (e.groups[1]!.attributes.sex = 'f'),
    /not told apart by the same attributes/,
  ],
  ['a group of other attributes', (e) => (e.groups[1]!.attributes = { age: 'm' }), /not told apart/],
];

describe('evidence on a split', () => {
  it('as an evaluation makes it is sound', () => {
    const evidence = sound();
    expect([evidence.auc, evidence.losses, evidence.ece].every((part) => part !== null)).toBe(true);
    expect(evidence.ece!.bins[3]!.n).toBeGreaterThan(0);
    expect(evidence.groups).toHaveLength(2);
    expect(() => checkSplitEvidence('holdout', evidence, ROWS)).not.toThrow();
  });

  it.each(LIES)('with %s is none, and the rule that reads it ends in ERROR', (_, change, message) => {
    const evidence = sound();
    change(evidence as unknown as Loose);
    expect(() => checkSplitEvidence('holdout', evidence, ROWS)).toThrow(message);
    const rule = { id: 'a', metric: 'accuracy', split: 'holdout', atLeast: 0.01 };
    const facts = factsOf('holdout', evidence, { rows: ROWS });
    const verdict = decideGate(
      policyOf([rule], { protocol: { positive: evidence.positive ?? 'yes' } }),
      evidenceOf([facts]),
    );
    expect(['ERROR', 'INCONCLUSIVE']).toContain(verdict.verdict);
  });

  it('of fewer rows than the split has decides nothing, however sound by itself', () => {
    const rule = { id: 'a', metric: 'accuracy', split: 'holdout', atLeast: 0.01 };
    const decided = (rows: number) =>
      decideGate(policyOf([rule]), evidenceOf([factsOf('holdout', sound(30), { rows })])).verdict;
    expect([30, 31, ROWS, 29].map(decided)).toEqual(['PASS', 'ERROR', 'ERROR', 'ERROR']);
  });

  it('of a sealed split needs the look that it came from', () => {
    const rule = { id: 'a', metric: 'accuracy', split: 'holdout', atLeast: 0.01 };
    const decided = (look: number | null, sealed: boolean) => {
      const facts = sealed
        ? sealedFactsOf('holdout', sound(), {}, { rows: ROWS })
        : factsOf('holdout', sound(), { rows: ROWS });
      facts.measurement = { ...facts.measurement!, look };
      return decideGate(policyOf([rule]), evidenceOf([facts])).verdict;
    };
    expect([decided(1, true), decided(null, false)]).toEqual(['PASS', 'PASS']);
    for (const look of [null, 0, -1, 1.5]) expect([look, decided(look, true)]).toEqual([look, 'ERROR']);
  });
});

describe('splits of a dataset version', () => {
  const facts = factsOf('holdout', sound());
  it.each<[string, Partial<Record<keyof SplitFacts, unknown>>[]]>([
    ['of one name', [{}, {}]],
    ['of no name', [{ name: undefined }]],
    ['of no role', [{ role: null }]],
    ['that are neither sealed nor open', [{ sealed: null }]],
    ['of no number of rows', [{ rows: Number.NaN }]],
    ['of fewer rows than none', [{ rows: -1 }]],
  ])('%s are none', (_, changes) => {
    const splits = changes.map((change) => ({ ...facts, ...change }) as SplitFacts);
    expect(() => checkSplits([facts])).not.toThrow();
    expect(() => checkSplits(splits)).toThrow(
      /splits without a name of their own, a role, a domain or a number of rows/,
    );
  });
});

describe('a comparison', () => {
  const accuracy = {
    metric: 'accuracy',
    n: ROWS,
    onlyCandidate: 6,
    onlyBaseline: 2,
    candidate: 0.9,
    baseline: 0.8,
  } as const;
  const auc = { aucA: 0.9, aucB: 0.8, seA: 0.05, seB: 0.06, seDiff: 0.04, positives: 20, negatives: 20 };
  const ofAuc = (change: object): PairedStatistic => ({
    metric: 'auc',
    n: ROWS,
    auc: { ...auc, ...change } as never,
  });

  it('of the rows of its evidence is sound', () => {
    for (const paired of [accuracy, ofAuc({})])
      expect(() => checkPaired('holdout', paired, sound())).not.toThrow();
  });

  it('that is not of those rows decides nothing', () => {
    const rule = {
      id: 'a',
      compare: { to: 'champion', metric: 'accuracy', split: 'holdout', margin: 0.3 },
    };
    const decided = (change: object) => {
      const paired = { ...accuracy, ...change, id: 'c', digest: 'c', ageSeconds: 1 };
      const baseline = { id: 'model-0', ref: 'credit@0' };
      const facts = {
        to: 'champion',
        split: 'holdout',
        metric: 'accuracy' as const,
        baseline,
        missing: null,
        paired,
      };
      const evidence = evidenceOf([factsOf('holdout', sound(), { rows: ROWS })], { comparisons: [facts] });
      return decideGate(policyOf([rule]), evidence).verdict;
    };
    expect(decided({})).toBe('PASS');
    for (const lie of [{ n: 4_000 }, { onlyCandidate: 60 }, { baseline: 0.1 }])
      expect([lie, decided(lie)]).toEqual([lie, 'ERROR']);
  });

  it.each<[string, PairedStatistic, RegExp]>([
    ['of more rows', { ...accuracy, n: ROWS + 1 }, /counts 41 rows, and the evidence 40/],
    ['of more rows by AUC', { ...ofAuc({}), n: 4_000 }, /counts 4000 rows/],
    ['whose rows are too many', { ...accuracy, onlyCandidate: 40, onlyBaseline: 36 }, /counts that are not/],
    ['whose rows are below 0', { ...accuracy, onlyCandidate: 2, onlyBaseline: -2 }, /counts that are not/],
    ['of halves of rows', { ...accuracy, onlyCandidate: 6.5, onlyBaseline: 2.5 }, /counts that are not/],
    ['above 1', { ...accuracy, candidate: 1.1, baseline: 1 }, /counts that are not/],
    ['whose rates are not its counts', { ...accuracy, baseline: 0.7 }, /counts that are not/],
    ['of an AUC above 1', ofAuc({ aucA: 1.1 }), /other rows than the evidence/],
    ['of an AUC that is no number', ofAuc({ aucB: Number.NaN }), /other rows/],
    ['of an error below 0', ofAuc({ seDiff: -0.01 }), /other rows/],
    ['of an error that is none', ofAuc({ seA: null }), /other rows/],
    ['of more positives', ofAuc({ positives: 21 }), /other rows/],
    ['of fewer negatives', ofAuc({ negatives: 19 }), /other rows/],
  ])('%s is none', (_, paired, message) => {
    expect(() => checkPaired('holdout', paired, sound())).toThrow(message);
  });
});
