import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import {
  buildSplitEvidence,
  metricsOf,
  type DefinedMetric,
  type Metric,
  type SplitEvidence,
} from '../metrics/index.js';
import { decideDifference, largestGapBounds } from './difference.js';
import { FAIRNESS_METRICS, fairnessMetric } from './fairness-metric.js';
import { fairnessOfGroups } from './gaps.js';
import { attributeSets, groupName, groupRows, groupsBy, type Group } from './groups.js';
import { ratePairs } from './pairs.js';
import { rateCounts } from './rates.js';
import { decideRatio } from './ratio.js';
import { fairnessOf, groupsOf, rateMetric } from './report.js';

const valueOf = (metric: Metric | undefined): number => {
  expect(metric).toMatchObject({ defined: true });
  return (metric as DefinedMetric).value;
};

/** Rows of attribute values with 0/1 labels and predictions. */
function evidenceOf(
  rows: readonly { attributes: Record<string, string>; label: number; prediction: number; score?: number }[],
) {
  const cells: { attributes: Record<string, string> }[] = [];
  const index = new Map<string, number>();
  const cellOf = rows.map(({ attributes }) => {
    const key = JSON.stringify(attributes);
    if (!index.has(key)) index.set(key, cells.push({ attributes }) - 1);
    return index.get(key)!;
  });
  return buildSplitEvidence({
    classes: ['0', '1'],
    positive: '1',
    labels: rows.map((row) => row.label),
    predictions: rows.map((row) => row.prediction),
    cellOf,
    cells,
  });
}

// fairlearn/fairlearn@ebf8fa7 docs/user_guide/assessment (MIT): the example of its metric pages.
describe('rates and gaps, against the published example of Fairlearn', () => {
  const yTrue = [0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1];
  const yPred = [0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0];
  const sf = [...'bbabbcccaacabccbcc'];
  const g2 = [8, 6, 8, 8, 8, 8, 6, 6, 6, 8, 6, 6, 6, 6, 8, 6, 6, 6];
  const evidence = evidenceOf(
    sf.map((group, i) => ({
      attributes: { sf: group, g2: String(g2[i]) },
      label: yTrue[i]!,
      prediction: yPred[i]!,
    })),
  );
  const groups = groupsBy(evidence, ['sf']);

  it('by group: count, selection rate, TPR, FPR', () => {
    const found = groups.map((group) => [
      group.attributes['sf'],
      groupRows(group),
      ...(['selectionRate', 'tpr', 'fpr'] as const).map((rate) =>
        valueOf(rateMetric(group, rate)).toFixed(6),
      ),
    ]);
    expect(found).toEqual([
      ['a', 4, '0.750000', '0.500000', '1.000000'],
      ['b', 6, '0.500000', '0.600000', '0.000000'],
      ['c', 8, '0.500000', '0.400000', '0.666667'],
    ]);
  });

  it.each([
    ['demographic_parity_difference', 0.25],
    ['demographic_parity_ratio', 2 / 3],
    ['equalized_odds_difference', 1],
    ['equalized_odds_ratio', 0],
    ['equal_opportunity_difference', 0.2],
    ['equal_opportunity_ratio', 0.4 / 0.6],
    ['false_positive_rate_difference', 1],
    ['false_positive_rate_ratio', 0],
  ])('%s', (name, expected) => {
    expect(valueOf(fairnessOfGroups(groups, fairnessMetric(name)))).toBeCloseTo(expected, 12);
  });

  it('recall of the intersections', () => {
    const recall = Object.fromEntries(
      groupsBy(evidence, ['sf', 'g2']).map((group) => [
        `${group.attributes['sf']}|${group.attributes['g2']}`,
        valueOf(rateMetric(group, 'tpr')),
      ]),
    );
    expect(recall).toEqual({ 'a|6': 0, 'a|8': 1, 'b|6': 2 / 3, 'b|8': 0.5, 'c|6': 0.5, 'c|8': 0 });
  });

  it('reports each attribute and the intersection of all, and names attribute sets alphabetically', () => {
    expect(attributeSets(evidence)).toEqual([['g2'], ['sf'], ['g2', 'sf']]);
    expect(Object.keys(fairnessOf(evidence).demographic_parity_difference!)).toEqual(['g2', 'sf', 'g2,sf']);
    expect(groupsOf(evidence)).toHaveLength(2 + 3 + 6);
    expect(Object.keys(groupsOf(evidence)[0]!.rates)).toEqual([
      'selection_rate',
      'tpr',
      'fpr',
      'fnr',
      'tnr',
      'ppv',
      'fdr',
      'for',
      'npv',
      'accuracy',
    ]);
  });

  it('a group without trials makes the gap undefined and is named', () => {
    // a|8 and the like have positives or negatives only.
    expect(fairnessOf(evidence).equalized_odds_difference!['g2,sf']).toEqual({
      defined: false,
      reason: expect.stringContaining('has no negatives') as string,
    });
  });
});

describe('gaps, properties', () => {
  const group = fc
    .record({ tp: fc.nat(80), fp: fc.nat(80), fn: fc.nat(80), tn: fc.nat(80) })
    .map((counts) => ({ tp: counts.tp + 1, fp: counts.fp + 1, fn: counts.fn + 1, tn: counts.tn + 1 }));
  const groups = fc
    .array(group, { minLength: 2, maxLength: 5 })
    .map((all) => all.map((counts, i): Group => ({ attributes: { g: String(i) }, ...counts })));

  it('order of the groups does not matter; the value lies in its interval', () => {
    fc.assert(
      fc.property(groups, (all) => {
        for (const metric of FAIRNESS_METRICS) {
          const found = fairnessOfGroups(all, metric);
          expect(fairnessOfGroups([...all].reverse(), metric)).toEqual(found);
          if (!found.defined) continue;
          expect(found.value).toBeGreaterThanOrEqual(0);
          expect(found.value).toBeLessThanOrEqual(1);
          expect(found.ci![0]).toBeLessThanOrEqual(found.value + 1e-9);
          expect(found.ci![1]).toBeGreaterThanOrEqual(found.value - 1e-9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of equal rates in groups of unequal size the interval does not depend on the order', () => {
    const [few, many] = [
      { tp: 3, fp: 39, fn: 1, tn: 1 },
      { tp: 6, fp: 78, fn: 1, tn: 1 },
    ].map((counts, i): Group => ({ attributes: { g: String(i) }, ...counts })) as [Group, Group];
    const metric = fairnessMetric('predictive_parity_difference');
    expect(fairnessOfGroups([many, few], metric)).toEqual(fairnessOfGroups([few, many], metric));
    const [one, two] = [
      { tp: 10, fp: 18, fn: 1, tn: 1 },
      { tp: 5, fp: 9, fn: 1, tn: 1 },
    ].map((counts, i): Group => ({ attributes: { g: String(i) }, ...counts })) as [Group, Group];
    const ratio = fairnessMetric('predictive_parity_ratio');
    const found = fairnessOfGroups([one, two], ratio);
    expect(fairnessOfGroups([two, one], ratio)).toEqual(found);
    // The smaller of both orders' bounds: either group may be the reference.
    expect(found).toHaveProperty('ci', [expect.closeTo(0.4038036794867425, 12), 1]);
  });

  it('the bound of the largest gap clears a limit exactly when every pair does', () => {
    const limit = fc.double({ min: 0.02, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(groups, limit, (all, c) => {
        const pairs = ratePairs(all, ['tpr', 'fpr']);
        const { upper, lower } = largestGapBounds(pairs, 0.05)!;
        const clears = pairs.every((pair) => decideDifference(pair, c).pPass <= 0.05);
        if (Math.abs(upper - c) > 1e-9) expect(clears).toBe(upper < c);
        expect(lower).toBeLessThanOrEqual(upper);
      }),
      { numRuns: 60 },
    );
  });

  it('a laxer limit is easier to show and harder to refute', () => {
    fc.assert(
      fc.property(groups, fc.double({ min: 0.05, max: 0.8, noNaN: true }), (all, c) => {
        for (const pair of ratePairs(all, ['selectionRate'])) {
          expect(decideDifference(pair, c + 0.1).pPass).toBeLessThanOrEqual(
            decideDifference(pair, c).pPass + 1e-12,
          );
          expect(decideDifference(pair, c + 0.1).pFail).toBeGreaterThanOrEqual(
            decideDifference(pair, c).pFail - 1e-12,
          );
          expect(decideRatio(pair, c - 0.05).pPass).toBeLessThanOrEqual(decideRatio(pair, c).pPass + 1e-12);
        }
      }),
    );
  });

  it('marginals are sums of cells', () => {
    const cell = fc.record({ race: fc.constantFrom('A', 'B'), sex: fc.constantFrom('F', 'M') });
    const counts = fc.record({ tp: fc.nat(9), fp: fc.nat(9), fn: fc.nat(9), tn: fc.nat(9) });
    fc.assert(
      fc.property(
        fc.uniqueArray(cell, { selector: (c) => c.race + c.sex, minLength: 1 }),
        fc.array(counts, { minLength: 4, maxLength: 4 }),
        (cells, all) => {
          const evidence = { groups: cells.map((attributes, i) => ({ attributes, ...all[i]! })) };
          const total = (found: readonly Group[]) => found.reduce((sum, one) => sum + groupRows(one), 0);
          expect(total(groupsBy(evidence, ['race']))).toBe(total(groupsBy(evidence, ['race', 'sex'])));
        },
      ),
    );
  });
});

// The data stand beside the clone on the machines where this is tried: ../shared of the repository's root.
const SHARED = new URL('../../../../shared/', import.meta.url);
const COMPAS = new URL('data/compas/compas_for_aequitas.csv', SHARED);
const VECTORS = new URL('vectors/evaluation.json', SHARED);
const present = existsSync(COMPAS) && existsSync(VECTORS);
if (!present) console.error(`SKIPPED: COMPAS needs ${COMPAS.pathname} and ${VECTORS.pathname}`);

interface Reference {
  by_race: Record<string, Record<string, number>>;
  by_sex: Record<string, Record<string, number>>;
  by_race_sex: Record<string, Record<string, number>>;
  fairness_all_races: Record<string, number>;
  fairness_AA_vs_C: Record<string, number>;
}

describe.skipIf(!present)('COMPAS, 7,214 people, against ProPublica and the vectors', () => {
  const load = (): SplitEvidence =>
    evidenceOf(
      readFileSync(COMPAS, 'utf8')
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(','))
        .map(([, score, label, race, sex]) => ({
          attributes: { race: race!, sex: sex! },
          label: Number(label),
          prediction: Number(score),
        })),
    );
  const evidence = present
    ? load()
    : buildSplitEvidence({ classes: ['0', '1'], positive: '1', labels: [], predictions: [] });
  const vectors = present
    ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as {
        compas_reference: Reference;
        compas_published: Record<string, Record<string, number>>;
      })
    : null;
  const race = (name: string) =>
    groupsBy(evidence, ['race']).find((group) => group.attributes['race'] === name)!;

  it('false positive and negative rates as published, to .01 points', () => {
    const published = vectors!.compas_published;
    for (const name of ['African-American', 'Caucasian']) {
      const { tp, fp, fn, tn, FPR, FNR } = published[name]!;
      expect(race(name)).toMatchObject({ tp, fp, fn, tn });
      expect(valueOf(rateMetric(race(name), 'fpr')) * 100).toBeCloseTo(FPR!, 2);
      expect(valueOf(rateMetric(race(name), 'fnr')) * 100).toBeCloseTo(FNR!, 2);
    }
    expect(valueOf(rateMetric(race('African-American'), 'fpr')) * 100).toBeCloseTo(44.85, 2);
    expect(valueOf(rateMetric(race('Caucasian'), 'fpr')) * 100).toBeCloseTo(23.45, 2);
    expect(evidence.confusion).toEqual([
      [2681, 1282],
      [1216, 2035],
    ]);
    expect(valueOf(metricsOf(evidence).accuracy)).toBeCloseTo((2681 + 2035) / 7214, 12);
  });

  it('rates of every race, sex and intersection of the reference', () => {
    const reference = vectors!.compas_reference;
    const tables = [
      [['race'], reference.by_race],
      [['sex'], reference.by_sex],
      [['race', 'sex'], reference.by_race_sex],
    ] as const;
    for (const [attributes, table] of tables) {
      const groups = groupsBy(evidence, attributes);
      for (const [key, expected] of Object.entries(table)) {
        const group = groups.find((one) => attributes.map((name) => one.attributes[name]).join('|') === key)!;
        expect(groupRows(group)).toBe(expected['n']);
        for (const [rate, name] of [
          ['selectionRate', 'sel'],
          ['tpr', 'tpr'],
          ['fpr', 'fpr'],
          ['ppv', 'ppv'],
          ['accuracy', 'acc'],
        ] as const) {
          expect(valueOf(rateMetric(group, rate)), `${groupName(group)} ${name}`).toBeCloseTo(
            expected[name]!,
            12,
          );
        }
      }
    }
  });

  it('gaps over all races, and between the two large groups', () => {
    const all = groupsBy(evidence, ['race']);
    const two = [race('African-American'), race('Caucasian')];
    for (const [groups, expected] of [
      [all, vectors!.compas_reference.fairness_all_races],
      [two, vectors!.compas_reference.fairness_AA_vs_C],
    ] as const) {
      const value = (name: string) => valueOf(fairnessOfGroups(groups, fairnessMetric(name)));
      expect(value('demographic_parity_difference')).toBeCloseTo(expected['dp_diff']!, 12);
      expect(value('demographic_parity_ratio')).toBeCloseTo(expected['dp_ratio']!, 12);
      expect(value('equal_opportunity_difference')).toBeCloseTo(expected['eopp_diff']!, 12);
      expect(value('equalized_odds_difference')).toBeCloseTo(expected['eodds_diff']!, 12);
      expect(value('equalized_odds_ratio')).toBeCloseTo(expected['eodds_ratio']!, 12);
    }
  });

  it('an equalized-odds gap of at most .10 is refuted, by African-American against Caucasian', () => {
    const pairs = ratePairs([race('African-American'), race('Caucasian')], ['tpr', 'fpr']);
    for (const pair of pairs) {
      const { x, n } = rateCounts(pair.higher, pair.rate);
      expect(x / n).toBeGreaterThan(pair.x2 / pair.n2);
      expect(decideDifference(pair, 0.1).pFail).toBeLessThan(1e-6);
    }
    expect(largestGapBounds(pairs, 0.05)!.lower).toBeGreaterThan(0.1);
  });
});
