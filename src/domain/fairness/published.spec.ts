import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Metric } from '../metrics/index.js';
import { fairnessMetric, type FairnessForm } from './fairness-metric.js';
import { fairnessOfGroups } from './gaps.js';
import { groupRows, groupsBy, type Group } from './groups.js';
import { overallCounts, overallOfGroups } from './overall.js';
import { rateCounts, type BinaryCounts, type RateName } from './rates.js';
import { rateMetric } from './report.js';

// Reference values and data stand beside the clone on the machines where this is tried.
const SHARED = new URL('../../../../shared/', import.meta.url);
const FILES = [
  'vectors/evaluation.json',
  'data/compas/compas_for_aequitas.csv',
  'data/adult/adult-train.csv',
  'data/adult/adult-test.csv',
  'data/german/german.csv',
].map((name) => new URL(name, SHARED).pathname);
const [VECTORS, COMPAS, TRAIN, TEST, GERMAN] = FILES as [string, string, string, string, string];
const present = FILES.every((file) => existsSync(file));
if (!present) console.error(`SKIPPED: published fairness numbers need ${SHARED.pathname}`);

type Numbers = Record<string, number>;
interface Vectors {
  fairlearn_doctests: {
    y_true: number[];
    y_pred: number[];
    sf: string[];
    g_2: number[];
    expect: Record<string, Numbers> & { by_group: Record<string, Numbers> };
    control_features: Record<'decision' | 'prediction', number[]> &
      Record<'control' | 'sensitive', string[]> & { expect: Record<string, Numbers> };
  };
  compas_published: Record<string, Numbers>;
  aequitas_published: {
    k: number;
    tau: number;
    'disparity_ref_Caucasian_Male_25-45': Record<string, Numbers>;
    disparity_ref_Hispanic: Record<string, Numbers>;
    race_attribute_parities: Record<string, boolean>;
  };
  adult_published: Record<'train' | 'test' | 'all' | 'p_gt50k' | 'p_gt50k_no_unknowns', number> & {
    no_unknowns: number[];
    computed: Numbers;
  };
  german_computed: Record<string, Numbers>;
}
const vectors = present ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors) : null;

type Row = [attributes: Record<string, string>, label: number, prediction: number];
const cellsOf = (rows: readonly Row[]) => ({
  groups: rows.map(([attributes, y, p]) => ({
    attributes,
    tp: p * y,
    fp: p * (1 - y),
    fn: (1 - p) * y,
    tn: (1 - p) * (1 - y),
  })),
});
const rate = (counts: BinaryCounts, name: RateName) => {
  const { x, n } = rateCounts(counts, name);
  return x / n;
};
const numberOf = (metric: Metric) => (metric.defined ? metric.value : Number.NaN);
const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(/, ?/));

describe.skipIf(!present)('fairness as published', () => {
  it('Fairlearn: overall, by group, between groups and to overall, by intersection', () => {
    const { y_true, y_pred, sf, g_2, expect: expected } = vectors!.fairlearn_doctests;
    const cells = cellsOf(sf.map((group, i) => [{ sf: group, g2: String(g_2[i]) }, y_true[i]!, y_pred[i]!]));
    const groups = groupsBy(cells, ['sf']);
    const RATE: Record<string, RateName> = { tpr: 'tpr', fpr: 'fpr', sel: 'selectionRate' };
    const METRIC = {
      tpr: 'equal_opportunity',
      fpr: 'false_positive_rate',
      sel: 'demographic_parity',
    } as const;
    const metricOf = (key: string, form: FairnessForm) =>
      fairnessMetric(`${METRIC[key as keyof typeof METRIC]}_${form}`);
    const all = overallCounts(groups);
    for (const [key, name] of Object.entries(RATE)) {
      expect(rate(all, name)).toBeCloseTo(expected['overall']![key]!, 6);
      for (const group of groups)
        expect(rate(group, name)).toBeCloseTo(expected.by_group[group.attributes['sf']!]![key]!, 6);
      for (const form of ['difference', 'ratio'] as const) {
        const metric = metricOf(key, form);
        expect(numberOf(fairnessOfGroups(groups, metric))).toBeCloseTo(
          expected[`${form}_between_groups`]![key]!,
          6,
        );
        expect(numberOf(overallOfGroups(groups, metric)), `${form} of ${key} to overall`).toBeCloseTo(
          expected[`${form}_to_overall`]![key]!,
          6,
        );
      }
    }
    const sizes = groups.map(groupRows);
    expect(groupRows(all as Group)).toBe(expected['overall']!['count']);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBe(expected['difference_between_groups']!['count']);
    expect(groupRows(all as Group) - Math.min(...sizes)).toBe(expected['difference_to_overall']!['count']);
    for (const [key, recall] of Object.entries(expected['intersection_recall']!)) {
      const group = groupsBy(cells, ['sf', 'g2']).find(
        ({ attributes }) => `${attributes['sf']}|${attributes['g2']}` === key,
      )!;
      expect(rate(group, 'tpr'), key).toBeCloseTo(recall, 6);
    }
    for (const name of ['demographic_parity', 'equalized_odds'] as const)
      for (const form of ['difference', 'ratio'] as const)
        expect(numberOf(fairnessOfGroups(groups, fairnessMetric(`${name}_${form}`)))).toBeCloseTo(
          expected[`${name}_${form}`] as unknown as number,
          12,
        );
  });

  it('Fairlearn with control features: accuracy between groups within each level', () => {
    const {
      decision,
      prediction,
      control,
      sensitive,
      expect: expected,
    } = vectors!.fairlearn_doctests.control_features;
    const cells = cellsOf(
      control.map((level, i) => [{ level, group: sensitive[i]! }, decision[i]!, prediction[i]!]),
    );
    for (const level of ['H', 'L']) {
      const within = groupsBy(cells, ['level', 'group']).filter(
        ({ attributes }) => attributes['level'] === level,
      );
      const accuracies = within.map((group) => rate(group, 'accuracy'));
      expect(rate(overallCounts(within), 'accuracy')).toBeCloseTo(expected['overall_accuracy']![level]!, 6);
      expect(Math.max(...accuracies)).toBeCloseTo(expected['group_max']![level]!, 6);
      expect(Math.max(...accuracies) - Math.min(...accuracies)).toBeCloseTo(
        expected['difference']![level]!,
        6,
      );
    }
  });

  it('COMPAS: counts of all, and the precision that ProPublica printed', () => {
    const races = compas('race');
    const { tn, fp, fn, tp, FPR, FNR } = vectors!.compas_published['all']!;
    const all = overallCounts([...races.values()]);
    expect(all).toEqual({ tn, fp, fn, tp });
    expect(100 * rate(all, 'fpr')).toBeCloseTo(FPR!, 2);
    expect(100 * rate(all, 'fnr')).toBeCloseTo(FNR!, 1);
    for (const race of ['African-American', 'Caucasian'])
      expect(rate(races.get(race)!, 'ppv')).toBeCloseTo(vectors!.compas_published[race]!['PPV']!, 2);
  });

  it('Aequitas on COMPAS: every disparity, and which rates are at parity at .8', () => {
    const published = vectors!.aequitas_published;
    const groups = new Map(['race', 'sex', 'age_cat'].flatMap((name) => [...compas(name)]));
    const selected = ({ tp, fp }: BinaryCounts) => tp + fp;
    expect(selected(overallCounts([...compas('race').values()]))).toBe(published.k);
    const VALUES: Record<string, (counts: BinaryCounts) => number> = {
      ...Object.fromEntries(
        (['fdr', 'fnr', 'for', 'fpr', 'npv'] as const).map((name) => [
          name,
          (c: BinaryCounts) => rate(c, name),
        ]),
      ),
      precision: (c) => rate(c, 'ppv'),
      pprev: (c) => rate(c, 'selectionRate'),
      ppr: selected,
    };
    const REFERENCE: Record<string, string> = {
      Female: 'Male',
      'Greater than 45': '25 - 45',
      'Less than 25': '25 - 45',
    };
    const compare = (table: Record<string, Numbers>, reference: (group: string) => string) => {
      for (const [group, disparities] of Object.entries(table))
        for (const [name, expected] of Object.entries(disparities)) {
          const of = VALUES[name]!;
          expect(of(groups.get(group)!) / of(groups.get(reference(group))!), `${group} ${name}`).toBeCloseTo(
            expected,
            6,
          );
        }
    };
    compare(published['disparity_ref_Caucasian_Male_25-45'], (group) => REFERENCE[group] ?? 'Caucasian');
    compare(published.disparity_ref_Hispanic, () => 'Hispanic');
    const PARITY: Record<string, RateName> = { FPR: 'fpr', Precision: 'ppv', NPV: 'npv' };
    for (const [name, expected] of Object.entries(published.race_attribute_parities)) {
      const of = PARITY[name]!;
      const ratios = [...compas('race').values()].map(
        (group) => rate(group, of) / rate(groups.get('Caucasian')!, of),
      );
      const within = ratios.every((ratio) => ratio >= published.tau && ratio <= 1 / published.tau);
      expect(within, name).toBe(expected);
    }
  });

  it('Adult: share above 50K, selection rates by sex', () => {
    const { train, test, all, no_unknowns, p_gt50k, p_gt50k_no_unknowns, computed } =
      vectors!.adult_published;
    const files = [lines(TRAIN), lines(TEST)];
    const known = files.map((rows) => rows.filter((row) => !row.includes('?')));
    expect(files.map((rows) => rows.length)).toEqual([train, test]);
    expect([...known.map((rows) => rows.length), known.flat().length]).toEqual(no_unknowns);
    const groupsOf = (rows: string[][]) =>
      groupsBy(cellsOf(rows.map((row) => [{ sex: row[9]! }, 0, row[14]!.startsWith('>50K') ? 1 : 0])), [
        'sex',
      ]);
    const sexes = groupsOf(files.flat());
    expect(sexes.reduce((sum, group) => sum + groupRows(group), 0)).toBe(all);
    expect(rate(overallCounts(sexes), 'selectionRate')).toBeCloseTo(p_gt50k, 4);
    expect(rate(overallCounts(groupsOf(known.flat())), 'selectionRate')).toBeCloseTo(p_gt50k_no_unknowns, 4);
    expect(-numberOf(fairnessOfGroups(sexes, fairnessMetric('demographic_parity_difference')))).toBeCloseTo(
      computed['SPD_sex_all']!,
      14,
    );
    expect(numberOf(fairnessOfGroups(sexes, fairnessMetric('demographic_parity_ratio')))).toBeCloseTo(
      computed['DI_sex_all']!,
      14,
    );
    expect(sexes.map(({ attributes }) => attributes['sex'])).toEqual(['Female', 'Male']);
    expect(numberOf(rateMetric(sexes[0]!, 'selectionRate'))).toBeLessThan(
      numberOf(rateMetric(sexes[1]!, 'selectionRate')),
    );
  });

  it('German credit: good risks by age', () => {
    const rows = lines(GERMAN);
    const published = vectors!.german_computed;
    expect(rows).toHaveLength(published['n'] as unknown as number);
    const CUTS: Record<string, (age: number) => boolean> = {
      'age>25': (age) => age > 25,
      'age>=25': (age) => age >= 25,
    };
    for (const [name, older] of Object.entries(CUTS)) {
      const groups = groupsBy(
        cellsOf(rows.map((row) => [{ older: String(older(Number(row[12]))) }, 0, row[20] === '1' ? 1 : 0])),
        ['older'],
      );
      const { SPD, DI } = published[name]!;
      expect(
        -numberOf(fairnessOfGroups(groups, fairnessMetric('demographic_parity_difference'))),
      ).toBeCloseTo(SPD!, 14);
      if (DI !== undefined)
        expect(numberOf(fairnessOfGroups(groups, fairnessMetric('demographic_parity_ratio')))).toBeCloseTo(
          DI,
          14,
        );
    }
  });
});

/** COMPAS by one attribute. */
function compas(attribute: string): Map<string, Group> {
  const [header, ...rows] = lines(COMPAS);
  const at = header!.indexOf(attribute);
  const cells = cellsOf(rows.map((row) => [{ [attribute]: row[at]! }, Number(row[2]), Number(row[1])]));
  return new Map(groupsBy(cells, [attribute]).map((group) => [group.attributes[attribute]!, group]));
}
