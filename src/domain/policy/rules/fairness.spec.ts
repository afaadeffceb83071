import { describe, expect, it } from 'vitest';
import { decideGate } from '../decide-gate.js';
import { COMPAS_BY_RACE, evidenceOf, factsOf, policyOf, splitOf } from '../policy-fixtures.js';
import type { GroupCell } from '../../metrics/index.js';

const RULE = { metric: 'equalized_odds_difference', split: 'holdout', attributes: ['race'], atMost: 0.1 };

function decide(cells: GroupCell[], fairness: object) {
  const policy = policyOf([{ id: 'fairness', fairness: { ...RULE, ...fairness } }]);
  const verdict = decideGate(policy, evidenceOf([factsOf('holdout', splitOf(cells))]));
  return verdict.rules[0]!;
}

describe('the fairness rule on COMPAS', () => {
  it('fails equalized odds at 0.10, and says which groups, what interval, what to do', () => {
    const result = decide(COMPAS_BY_RACE, { minGroupSize: 100 });
    expect(result.verdict).toBe('FAIL');
    // Plug-in gap between the large groups: max(0.44847 - 0.14754 FPR, 0.72015 - 0.32331 TPR) with "Other" (133 positives).
    expect(result.observed).toBeCloseTo(1369 / 1901 - 43 / 133, 12);
    expect(result.threshold).toBe(0.1);
    expect(result.level).toBeCloseTo(0.9, 12);
    expect(result.ci![0]).toBeGreaterThan(0.1);
    expect(result.reason).toContain('African-American');
    expect(result.reason).toContain('required: at most 0.1');
    expect(result.reason).toMatch(/\(90% interval, observed 0\.\d+\)/);
    expect(result.remedy).toContain('retrain');
  });

  it('names the false-positive rates of the two large groups, 44.85 % and 23.45 %, and their gap 0.214', () => {
    const two = COMPAS_BY_RACE.filter((cell) =>
      ['African-American', 'Caucasian'].includes(cell.attributes['race']!),
    );
    const result = decide(two, { minGroupSize: 100 });
    expect(result.verdict).toBe('FAIL');
    expect(result.observed).toBeCloseTo(0.21392495582112797, 12);
    expect(result.ci![0]).toBeLessThan(0.2139);
    expect(result.ci![1]).toBeGreaterThan(0.2139);
    expect(result.reason).toContain(
      'false positive rate of African-American (44.85%, 805 of 1,795) v Caucasian (23.45%, 349 of 1,488)',
    );
    expect(result.hypotheses).toEqual({ total: 2, cleared: 0, rejected: 2, undefined: 0 });
  });

  it('does not pass, whatever the threshold, while small groups are there', () => {
    const result = decide(COMPAS_BY_RACE, { minGroupSize: 100, atMost: 0.9 });
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.reason).toContain('Asian (23 negatives)');
    expect(result.reason).toContain('Native American');
    expect(result.remedy).toContain('smallGroups: exclude');
  });

  it('leaves small groups out only when told, and lists them', () => {
    const result = decide(COMPAS_BY_RACE, { minGroupSize: 100, atMost: 0.9, smallGroups: 'exclude' });
    expect(result.verdict).toBe('PASS');
    expect(result.caveats.join()).toContain('Asian');
    expect(result.caveats.join()).toContain('Native American');
  });

  it('ends INCONCLUSIVE between the bounds, with the size that would settle it', () => {
    const two = COMPAS_BY_RACE.filter((cell) =>
      ['African-American', 'Caucasian'].includes(cell.attributes['race']!),
    );
    const result = decide(two, { atMost: 0.22 });
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.neededN).toBeGreaterThan(1000);
    expect(result.reason).toContain('would settle it');
  });
});

describe('group sizes, the truth table', () => {
  const group = (name: string, x: number, n: number): GroupCell => ({
    attributes: { race: name },
    tp: 1,
    fp: x,
    fn: 1,
    tn: n - x,
  });
  const fpr = { metric: 'false_positive_rate_difference', minGroupSize: 100 };
  it.each([
    ['two large equal groups', [group('a', 250, 500), group('b', 250, 500)], {}, 'PASS'],
    ['two large groups far apart', [group('a', 450, 500), group('b', 50, 500)], {}, 'FAIL'],
    [
      'a small group that differs by chance',
      [group('a', 250, 500), group('b', 250, 500), group('c', 3, 5)],
      {},
      'INCONCLUSIVE',
    ],
    [
      'a small group that differs beyond chance',
      [group('a', 25, 500), group('b', 25, 500), group('c', 60, 60)],
      {},
      'FAIL',
    ],
    [
      'the same, excluded',
      [group('a', 25, 500), group('b', 25, 500), group('c', 60, 60)],
      { smallGroups: 'exclude' },
      'PASS',
    ],
    [
      'a group of exactly the size that is asked for',
      [group('a', 250, 500), group('b', 250, 500), group('c', 50, 100)],
      { atMost: 0.2 },
      'PASS',
    ],
    [
      'a group of one row less',
      [group('a', 250, 500), group('b', 250, 500), group('c', 50, 99)],
      { atMost: 0.2 },
      'INCONCLUSIVE',
    ],
    ['one group', [group('a', 250, 500)], {}, 'INCONCLUSIVE'],
    [
      'one large group',
      [group('a', 250, 500), group('b', 25, 50)],
      { smallGroups: 'exclude' },
      'INCONCLUSIVE',
    ],
    [
      'an empty group',
      [group('a', 250, 500), group('b', 250, 500), group('c', 0, 0)],
      { minGroupSize: 1 },
      'INCONCLUSIVE',
    ],
    [
      'a required group that is absent',
      [group('a', 250, 500), group('b', 250, 500)],
      { requireGroups: { race: ['c'] } },
      'INCONCLUSIVE',
    ],
    [
      'an attribute that is not there',
      [group('a', 250, 500), group('b', 250, 500)],
      { attributes: ['sex'] },
      'INCONCLUSIVE',
    ],
    ['no groups', [], {}, 'INCONCLUSIVE'],
  ])('%s', (_name, cells, extra, verdict) => {
    expect(decide(cells, { ...fpr, ...extra }).verdict).toBe(verdict);
  });

  // STATISTICS section 3: a gap observed as exactly 0 first passes at n = 135 / 90 / 40 for rates .5 / .2 / .05.
  it.each([
    [0.5, 134, 'INCONCLUSIVE'],
    [0.5, 136, 'PASS'],
    [0.2, 85, 'INCONCLUSIVE'],
    [0.2, 90, 'PASS'],
    [0.05, 40, 'PASS'],
  ])('a gap of exactly 0 at rate %f with %i per group: %s', (rate, n, verdict) => {
    const x = Math.round(rate * n);
    expect(decide([group('a', x, n), group('b', x, n)], { ...fpr, minGroupSize: 1 }).verdict).toBe(verdict);
  });

  it('does not depend on the order or names of equal groups', () => {
    const forwards = decide([group('a', 0, 30), group('b', 0, 1000)], {
      ...fpr,
      minGroupSize: 1,
      atMost: 0.09,
    });
    const backwards = decide([group('a', 0, 1000), group('b', 0, 30)], {
      ...fpr,
      minGroupSize: 1,
      atMost: 0.09,
    });
    expect(forwards.verdict).toBe(backwards.verdict);
  });
});

describe('ratios', () => {
  const group = (name: string, selected: number, n: number): GroupCell => ({
    attributes: { sex: name },
    tp: selected,
    fp: 0,
    fn: n - selected,
    tn: 1,
  });
  const ratio = { metric: 'equal_opportunity_ratio', attributes: ['sex'], atMost: undefined, atLeast: 0.8 };
  const decideRatio = (cells: GroupCell[]) => {
    const { atMost: _atMost, ...rule } = { ...RULE, ...ratio };
    const policy = policyOf([{ id: 'impact', fairness: rule }]);
    return decideGate(policy, evidenceOf([factsOf('holdout', splitOf(cells))])).rules[0]!;
  };
  // STATISTICS section 3: to pass a ratio of .8 at a true ratio of 1 takes 344 per group at base rate .5 (80 % power).
  it.each([
    ['four fifths, many rows, equal', [group('f', 500, 1000), group('m', 500, 1000)], 'PASS'],
    ['four fifths violated', [group('f', 300, 1000), group('m', 600, 1000)], 'FAIL'],
    ['too few rows', [group('f', 20, 40), group('m', 20, 40)], 'INCONCLUSIVE'],
    ['nobody selected anywhere', [group('f', 0, 1000), group('m', 0, 1000)], 'INCONCLUSIVE'],
  ])('%s', (_name, cells, verdict) => {
    expect(decideRatio(cells).verdict).toBe(verdict);
  });
});

describe('intersections', () => {
  const cell = (race: string, sex: string, x: number, n: number): GroupCell => ({
    attributes: { race, sex },
    tp: 1,
    fp: x,
    fn: 1,
    tn: n - x,
  });
  // Each attribute alone is even; the crossing is not.
  const hidden = [
    cell('a', 'f', 400, 1000),
    cell('a', 'm', 100, 1000),
    cell('b', 'f', 100, 1000),
    cell('b', 'm', 400, 1000),
  ];
  const rule = { metric: 'false_positive_rate_difference', attributes: ['race', 'sex'] };
  it('are compared when asked', () => {
    expect(decide(hidden, rule).verdict).toBe('PASS');
    expect(decide(hidden, { ...rule, intersections: true }).verdict).toBe('FAIL');
  });
  it('that nobody is in keep the rule from passing', () => {
    const even = [cell('a', 'f', 100, 1000), cell('a', 'm', 100, 1000), cell('b', 'f', 100, 1000)];
    expect(decide(even, rule).verdict).toBe('PASS');
    expect(decide(even, { ...rule, intersections: true }).verdict).toBe('INCONCLUSIVE');
  });
});
