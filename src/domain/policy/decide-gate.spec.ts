import { describe, expect, it } from 'vitest';
import type { AucStatistic } from '../statistics/index.js';
import { decideGate } from './decide-gate.js';
import type { ComparisonFacts, GateEvidence, SplitFacts } from './gate-evidence.js';
import {
  COMPAS_BY_RACE,
  checkOf,
  evidenceOf,
  factsOf,
  leakageOf,
  sealedFactsOf,
  policyOf,
  splitOf,
} from './policy-fixtures.js';

const auc = (value: number, se: number, each = 1000): AucStatistic => ({
  auc: value,
  se,
  positives: each,
  negatives: each,
});
/** Rows of both classes, as many as the statistic says, of which nine in ten are predicted right. */
const withAuc = (stat: AucStatistic | null) => {
  if (stat === null) return splitOf(COMPAS_BY_RACE);
  const { positives, negatives } = stat;
  const [tp, tn] = [Math.round(0.9 * positives), Math.round(0.9 * negatives)];
  return splitOf([{ attributes: {}, tp, fp: negatives - tn, fn: positives - tp, tn }], { auc: stat });
};
const accuracyOf = (right: number, n: number) =>
  splitOf(
    [
      {
        attributes: {},
        tp: Math.floor(right / 2),
        tn: Math.ceil(right / 2),
        fp: Math.floor((n - right) / 2),
        fn: Math.ceil((n - right) / 2),
      },
    ],
    { groups: [] },
  );

const decide = (rule: object, evidence: GateEvidence, spec: object = {}) =>
  decideGate(policyOf([{ id: 'rule', ...rule }], spec), evidence).rules[0]!;
const AUC = { metric: 'auc', split: 'holdout', atLeast: 0.8 };

describe('a metric rule, bounds and not points', () => {
  it.each([
    ['the bound clears', auc(0.85, 0.01), 'PASS'],
    ['the point clears, the bound does not', auc(0.81, 0.02), 'INCONCLUSIVE'],
    ['the point misses, the bound does not', auc(0.79, 0.02), 'INCONCLUSIVE'],
    ['the opposite bound misses', auc(0.7, 0.01), 'FAIL'],
    ['no scores, or one class', null, 'INCONCLUSIVE'],
  ])('%s', (_name, stat, verdict) => {
    expect(decide(AUC, evidenceOf([factsOf('holdout', withAuc(stat))])).verdict).toBe(verdict);
  });

  it('tells the interval, the threshold and the rows that would settle it', () => {
    const result = decide(AUC, evidenceOf([factsOf('holdout', withAuc(auc(0.81, 0.02)))]));
    expect(result.reason).toMatch(
      /^AUC on holdout is between 0\.77\d* and 0\.84\d* \(90% interval, observed 0\.81\)/,
    );
    expect(result.reason).toMatch(/about [\d,]+ rows of holdout would settle it/);
    expect(result.neededN).toBeGreaterThan(2000);
  });

  // Clopper and Pearson: 9 of 10 has the one-sided lower 95 % bound 0.6058.
  it.each([
    [0.6, 'PASS'],
    [0.61, 'INCONCLUSIVE'],
  ])('an exact bound for proportions: 9 of 10 at least %f is %s', (atLeast, verdict) => {
    expect(
      decide(
        { metric: 'accuracy', split: 'holdout', atLeast },
        evidenceOf([factsOf('holdout', accuracyOf(9, 10))]),
      ).verdict,
    ).toBe(verdict);
  });

  it.each([
    ['stale', { ageSeconds: 31 * 86_400 }, {}],
    ['from the future', { ageSeconds: -3_600 }, {}],
    ['of too low a level', { level: 'reported' as const }, {}],
    ['never executed', {}, { evidence: { minLevel: 'executed' } }],
  ])('%s evidence neither passes nor fails', (_name, change, spec) => {
    for (const value of [0.99, 0.6]) {
      const facts = factsOf('holdout', withAuc(auc(value, 0.005)));
      facts.measurement = { ...facts.measurement!, ...change };
      const result = decide(AUC, evidenceOf([facts]), spec);
      expect(result.verdict).toBe('INCONCLUSIVE');
      expect(result.remedy).not.toBe('');
    }
  });

  it('evidence from a look beyond the policy neither passes nor fails', () => {
    for (const value of [0.99, 0.6]) {
      const facts = sealedFactsOf('holdout', withAuc(auc(value, 0.005)), { answered: 2 });
      const result = decide(AUC, evidenceOf([facts]), { holdout: { looks: 2 } });
      expect(result.verdict).toBe('INCONCLUSIVE');
      expect(result.remedy).toContain('Refresh the holdout');
    }
  });

  it.each([
    ['no such split', evidenceOf([])],
    ['not evaluated', evidenceOf([factsOf('holdout', null)])],
    [
      'no rows',
      evidenceOf([
        factsOf(
          'holdout',
          splitOf([], {
            confusion: [
              [0, 0],
              [0, 0],
            ],
          }),
        ),
      ]),
    ],
    [
      'one class',
      evidenceOf([factsOf('holdout', splitOf([{ attributes: {}, tp: 0, fp: 0, fn: 0, tn: 5000 }]))]),
    ],
  ])('%s is INCONCLUSIVE, for every metric and threshold', (_name, evidence) => {
    for (const metric of ['accuracy', 'auc', 'f1', 'log_loss', 'ece']) {
      const threshold = metric === 'log_loss' || metric === 'ece' ? { atMost: 0.99 } : { atLeast: 0.01 };
      expect(decide({ metric, split: 'holdout', ...threshold }, evidence).verdict).toBe('INCONCLUSIVE');
    }
  });

  it('can decide on the point, and says that nothing is guaranteed then', () => {
    const result = decide(
      { ...AUC, decideOn: 'point' },
      evidenceOf([factsOf('holdout', withAuc(auc(0.81, 0.02)))]),
    );
    expect([result.verdict, result.decideOn]).toEqual(['PASS', 'point']);
    expect(result.caveats.join()).toContain('no error guarantee');
    expect(
      decide({ ...AUC, decideOn: 'point' }, evidenceOf([factsOf('holdout', withAuc(auc(0.79, 0.02)))]))
        .verdict,
    ).toBe('FAIL');
    expect(
      decide({ ...AUC, decideOn: 'point' }, evidenceOf([factsOf('holdout', withAuc(null))])).verdict,
    ).toBe('INCONCLUSIVE');
  });

  it('names the look, and what the guarantee rests on', () => {
    const verdict = decideGate(
      policyOf([{ id: 'a', ...AUC }]),
      evidenceOf([sealedFactsOf('holdout', withAuc(auc(0.85, 0.01)))]),
    );
    expect(verdict.caveats).toEqual([
      'look 1 of 20 at the sealed split holdout: after no answer that told something, PASS is decided at 0.00125 instead of 0.05',
      expect.stringContaining('however the model was chosen'),
    ]);
  });

  it('ends in ERROR, never PASS, when evidence is broken', () => {
    const broken = splitOf(COMPAS_BY_RACE, { auc: auc(Number.NaN, 0.01) });
    expect(decide(AUC, evidenceOf([factsOf('holdout', broken)])).verdict).toBe('ERROR');
    expect(
      decide(
        { metric: 'accuracy', split: 'holdout', atLeast: 0.1 },
        evidenceOf([
          factsOf('holdout', {
            ...broken,
            confusion: [
              [-5, 1],
              [1, 5],
            ],
          }),
        ]),
      ).verdict,
    ).toBe('ERROR');
  });
});

describe('the whole decision', () => {
  it('pays for many hypotheses before it says FAIL, never before it says PASS', () => {
    // 0.5 - 0.4545: misses 0.5 at p about 0.02.
    const facts = [factsOf('holdout', accuracyOf(455, 1000))];
    const rule = { metric: 'accuracy', split: 'holdout', atLeast: 0.49 };
    expect(decide(rule, evidenceOf(facts)).verdict).toBe('FAIL');
    const others = Array.from({ length: 9 }, (_, i) => ({ ...rule, atLeast: 0.4, id: `other-${i}` }));
    const verdict = decideGate(policyOf([{ id: 'rule', ...rule }, ...others]), evidenceOf(facts));
    expect(verdict.hypotheses).toBe(10);
    expect(verdict.rules.map((result) => result.verdict)).toEqual([
      'INCONCLUSIVE',
      ...others.map(() => 'PASS'),
    ]);
    expect(verdict.rules[0]!.reason).toContain('adjusted p');
    expect(verdict.verdict).toBe('INCONCLUSIVE');
  });

  it('keeps the place of what is undefined', () => {
    const verdict = decideGate(
      policyOf([
        { id: 'a', ...AUC },
        { id: 'b', metric: 'accuracy', split: 'holdout', atLeast: 0.4 },
      ]),
      evidenceOf([factsOf('holdout', accuracyOf(900, 1000))]),
    );
    expect(verdict.hypotheses).toBe(2);
    expect(verdict.rules[0]!.hypotheses.undefined).toBe(1);
  });
});

describe('non-inferiority to a baseline', () => {
  const rule = { compare: { to: 'champion', metric: 'accuracy', split: 'holdout', margin: 0.01 } };
  const facts = (extra: Partial<ComparisonFacts>): GateEvidence =>
    evidenceOf([factsOf('holdout', accuracyOf(0.9 * (extra.paired?.n ?? 1000), extra.paired?.n ?? 1000))], {
      comparisons: [
        {
          to: 'champion',
          split: 'holdout',
          metric: 'accuracy',
          baseline: { id: 'model-0', ref: 'credit@0' },
          missing: null,
          paired: null,
          ...extra,
        },
      ],
    });
  const paired = (onlyCandidate: number, onlyBaseline: number, n: number) => ({
    paired: {
      metric: 'accuracy' as const,
      n,
      onlyCandidate,
      onlyBaseline,
      candidate: 0.9,
      baseline: 0.9 - (onlyCandidate - onlyBaseline) / n,
      id: 'c',
      digest: 'c',
      ageSeconds: 1,
    },
  });
  it.each([
    ['no evidence', evidenceOf([factsOf('holdout', accuracyOf(900, 1000))]), 'INCONCLUSIVE'],
    ['no champion', facts({ baseline: null }), 'INCONCLUSIVE'],
    ['not compared', facts({}), 'INCONCLUSIVE'],
    ['identical predictions', facts(paired(0, 0, 1000)), 'PASS'],
    ['identical predictions, few rows', facts(paired(0, 0, 100)), 'INCONCLUSIVE'],
    ['equally good on many rows', facts(paired(500, 500, 100_000)), 'PASS'],
    ['clearly worse', facts(paired(10, 100, 1000)), 'FAIL'],
    ['as good, too few rows', facts(paired(20, 20, 1000)), 'INCONCLUSIVE'],
    // McNemar calls 2,360 to 2,575 of 332,900 significant (p = .002); at a margin of a point it is not worse.
    ['significantly worse, but by nothing that matters', facts(paired(2360, 2575, 332_900)), 'PASS'],
    [
      'an old comparison',
      facts({ paired: { ...paired(500, 500, 100_000).paired, ageSeconds: 1e9 } }),
      'INCONCLUSIVE',
    ],
    [
      'a comparison from the future',
      facts({ paired: { ...paired(500, 500, 100_000).paired, ageSeconds: -3_600 } }),
      'INCONCLUSIVE',
    ],
    [
      'a comparison of just now, by a clock that was set right by a second',
      facts({ paired: { ...paired(500, 500, 100_000).paired, ageSeconds: -1 } }),
      'PASS',
    ],
  ])('%s', (_name, evidence, verdict) => {
    expect(decide(rule, evidence).verdict).toBe(verdict);
  });

  it('does not wave a first model through, and says what to do', () => {
    const result = decide(rule, facts({ baseline: null }));
    expect(result.reason).toContain('no champion');
    expect(result.remedy).toContain('Promote the first model');
  });

  it('sends nobody to evaluate on rows that were erased', () => {
    const result = decide(rule, facts({ missing: 'rows were erased', erased: true }));
    expect(result).toMatchObject({ verdict: 'INCONCLUSIVE', reason: expect.stringContaining('were erased') });
    expect(result.remedy).toContain('without these rows');
    expect(result.remedy).not.toContain('same dataset version');
  });

  const aucRule = { compare: { to: 'credit@1', metric: 'auc', split: 'holdout', margin: 0.01 } };
  it.each([
    [0, 0.002, 'PASS'],
    [-0.009, 0.002, 'INCONCLUSIVE'],
    [-0.03, 0.002, 'FAIL'],
    [-0.02, 0, 'INCONCLUSIVE'],
  ])('AUC differing by %f with standard error %f: %s', (difference, seDiff, verdict) => {
    const evidence = evidenceOf([factsOf('holdout', withAuc(auc(0.8, 0.01)))], {
      comparisons: [
        {
          to: 'credit@1',
          split: 'holdout',
          metric: 'auc',
          baseline: { id: 'm', ref: 'credit@1' },
          missing: null,
          paired: {
            metric: 'auc',
            n: 2000,
            auc: {
              aucA: 0.8 + difference,
              aucB: 0.8,
              seA: 0.01,
              seB: 0.01,
              seDiff,
              positives: 1000,
              negatives: 1000,
            },
            id: 'c',
            digest: 'c',
            ageSeconds: 1,
          },
        },
      ],
    });
    expect(decide(aucRule, evidence).verdict).toBe(verdict);
  });
});

describe('the number of rows that would settle it', () => {
  it('counts the other hypotheses where it would settle as FAIL', () => {
    const many = (rules: number) =>
      decideGate(
        policyOf(
          Array.from({ length: rules }, (_, i) => ({
            id: `rule-${i}`,
            metric: 'accuracy',
            split: 'holdout',
            atLeast: i === 0 ? 0.8 : 0.5,
          })),
        ),
        // 765 of 1,000: p = .003 against .8, rejected alone, and not among a hundred.
        evidenceOf([factsOf('holdout', splitOf([{ attributes: {}, tp: 400, fp: 118, fn: 117, tn: 365 }]))]),
      ).rules[0]!;
    expect(many(1).verdict).toBe('FAIL');
    const result = many(100);
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.neededN).toBeGreaterThan(1000);
  });
});

describe('across domains', () => {
  const rule = { crossDomain: { metric: 'auc', worstAtLeast: 0.75, maxDrop: 0.05, minDomains: 2 } };
  const split = (name: string, value: number | null, se = 0.005): SplitFacts =>
    factsOf(name, value === null ? null : withAuc(auc(value, se)));
  it.each([
    ['good everywhere', [split('holdout', 0.85), split('south', 0.84), split('north', 0.85)], 'PASS'],
    [
      'below the floor somewhere',
      [split('holdout', 0.76), split('south', 0.7), split('north', 0.76)],
      'FAIL',
    ],
    [
      'dropping too much somewhere',
      [split('holdout', 0.95), split('south', 0.85), split('north', 0.94)],
      'FAIL',
    ],
    ['one domain', [split('holdout', 0.85), split('south', 0.85)], 'INCONCLUSIVE'],
    [
      'one of two not evaluated',
      [split('holdout', 0.85), split('south', 0.85), split('north', null)],
      'INCONCLUSIVE',
    ],
    ['no domain', [split('holdout', 0.85)], 'INCONCLUSIVE'],
    ['no holdout to drop from', [split('south', 0.85), split('north', 0.85)], 'INCONCLUSIVE'],
    ['too noisy', [split('holdout', 0.85), split('south', 0.82, 0.03), split('north', 0.85)], 'INCONCLUSIVE'],
  ])('%s', (_name, splits, verdict) => {
    expect(decide(rule, evidenceOf(splits)).verdict).toBe(verdict);
  });
  it('names the worst domain', () => {
    const result = decide(
      rule,
      evidenceOf([split('holdout', 0.95), split('south', 0.85), split('north', 0.94)]),
    );
    expect(result.slice).toMatchObject({ domain: 'south' });
    expect(result.reason).toContain('from 0.95 in holdout to 0.85 in south');
  });
});

describe('contamination', () => {
  const rule = { contamination: { between: ['train', 'holdout'], exact: 23 } };
  const leakage = (exact: { rows: number; total: number } | null): GateEvidence =>
    evidenceOf([], {
      leakage: [leakageOf(exact)],
    });
  // Adult: 23 test rows stand exactly in train.
  it.each([
    ['as many as allowed', leakage({ rows: 23, total: 16_281 }), 'PASS'],
    ['one more', leakage({ rows: 24, total: 16_281 }), 'FAIL'],
    ['never counted', leakage(null), 'INCONCLUSIVE'],
    ['an empty split', leakage({ rows: 0, total: 0 }), 'INCONCLUSIVE'],
    ['nothing known', evidenceOf([]), 'INCONCLUSIVE'],
  ])('%s', (_name, evidence, verdict) => {
    expect(decide(rule, evidence).verdict).toBe(verdict);
  });

  const none = { rows: 0, total: 1000 };
  const of = (...facts: Parameters<typeof leakageOf>): GateEvidence =>
    evidenceOf([], { leakage: [leakageOf(...facts)] });
  const { lineage: _nobodyLooked, ...versionAlone } = leakageOf(none);
  const asks = (more: object) => ({ contamination: { ...rule.contamination, exact: 0, ...more } });
  it.each([
    ['nothing in the whole lineage', asks({}), of(none), 'PASS'],
    [
      'none in train, one in what a parent was trained on',
      asks({}),
      of(none, { rows: 1, possible: 1 }),
      'FAIL',
    ],
    [
      'the same, of the version alone',
      asks({ scope: 'version' }),
      of(none, { rows: 1, possible: 1 }),
      'PASS',
    ],
    ['as many there as allowed', asks({ exact: 1 }), of(none, { rows: 1, possible: 1 }), 'PASS'],
    ['rows that agree in the columns there are', asks({}), of(none, { possible: 1 }), 'INCONCLUSIVE'],
    ['data without a common column', asks({}), of(none, { incomparable: 1 }), 'INCONCLUSIVE'],
    ['a run that recorded no inputs', asks({}), of(none, {}, { missing: 'no inputs' }), 'INCONCLUSIVE'],
    [
      'the same, with a row that was found',
      asks({}),
      of({ rows: 1, total: 9 }, {}, { missing: 'no inputs' }),
      'FAIL',
    ],
    ['a lineage that was not compared', asks({}), of(none, {}, { count: null }), 'INCONCLUSIVE'],
    [
      'a lineage of which rows were erased before anything was compared',
      asks({}),
      of(none, {}, { count: null, uncountable: '3 of 9 rows of a@1:train were erased' }),
      'INCONCLUSIVE',
    ],
    [
      'a lineage that nobody asked for',
      asks({}),
      evidenceOf([], { leakage: [versionAlone] }),
      'INCONCLUSIVE',
    ],
    ['of ancestors, when none were looked at', asks({ scope: 'ancestors' }), of(none), 'INCONCLUSIVE'],
    ['counts that contradict', asks({}), of(none, { rows: 2, possible: 1 }), 'ERROR'],
    ['compared with nothing', asks({}), of(none, { sources: 0 }), 'ERROR'],
    ['entities that nobody counted', asks({ entities: 0 }), of(none), 'INCONCLUSIVE'],
    ['no entity', asks({ entities: 0 }), of(none, { entities: 0 }, { ofEntities: true }), 'PASS'],
    ['an entity too many', asks({ entities: 3 }), of(none, { entities: 4 }, { ofEntities: true }), 'FAIL'],
    [
      'entities that cannot be told',
      asks({ entities: 3 }),
      of(none, {}, { ofEntities: true }),
      'INCONCLUSIVE',
    ],
  ])('%s', (_name, asked, evidence, verdict) => {
    expect(decide(asked, evidence).verdict).toBe(verdict);
  });

  it('says in which version rows stand, and what is not known', () => {
    const found = { rows: 2, possible: 2, where: ['old@3:train (2)'] };
    expect(decide(asks({}), of(none, found)).reason).toContain('2 of 1,000 rows of holdout: old@3:train (2)');
    const gap = 'base@1 names no data that it was trained on, and no run';
    const undecided = decide(asks({}), of(none, {}, { missing: gap }));
    expect(undecided.reason).toContain(gap);
    expect(undecided.remedy).toContain('--dataset');
  });
});

describe('check', () => {
  const rule = { check: { id: 'duplicates', splits: ['train'], maxFailing: 23 } };
  const of = (failing: number | null, extra = {}) => evidenceOf([], { checks: [checkOf(failing, extra)] });
  it.each([
    ['none', of(0), 'PASS'],
    ['as many as allowed', of(23), 'PASS'],
    ['one more', of(24), 'FAIL'],
    ['that nobody ran', of(null), 'INCONCLUSIVE'],
    ['on another split', of(0, { splits: ['validation'] }), 'INCONCLUSIVE'],
    ['with other parameters', of(0, { parameters: { ignore: ['fnlwgt'] } }), 'INCONCLUSIVE'],
    ['another', of(0, { check: 'outliers' }), 'INCONCLUSIVE'],
    ['nothing known', evidenceOf([]), 'INCONCLUSIVE'],
    ['counts that contradict', of(0, { answer: { ...checkOf(0).answer!, status: 'failed' } }), 'ERROR'],
    ['of no rows', of(0, { answer: { ...checkOf(0).answer!, total: 0 } }), 'ERROR'],
  ])('%s', (_name, evidence, verdict) => {
    expect(decide(rule, evidence).verdict).toBe(verdict);
  });

  it('says counts and first keys, and what to run where nobody did', () => {
    expect(decide(rule, of(24)).reason).toContain(
      '24 of 400 rows stand before in the same split; the first: "t390" of train',
    );
    expect(decide(rule, of(null)).remedy).toContain('assay dataset check NAME@VERSION --check duplicates');
  });
});
