import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accuracy } from '../metrics/proportion-metric.js';
import type { SplitEvidence } from '../metrics/index.js';
import { holm, mcnemarChiSquared, mcnemarExact } from '../statistics/index.js';
import { groupsBy, type Group } from './groups.js';
import { rateCounts, type RateName } from './rates.js';

// Reference values and data stand beside the clone on the machines where this is tried.
const SHARED = new URL('../../../../shared/', import.meta.url);
const path = (name: string) => new URL(name, SHARED).pathname;
const [VECTORS, COMPAS, ACS] = [
  'vectors/evaluation.json',
  'data/compas/compas_for_aequitas.csv',
  'data/acsincome/cells.csv',
].map(path) as [string, string, string];
const present = [VECTORS, COMPAS, ACS].every((file) => existsSync(file));
if (!present) console.error(`SKIPPED: the reference vectors need ${SHARED.pathname}`);

interface Vectors {
  mcnemar: { b: number; c: number; chi2_cc: number; chi2?: number; exact_p?: number; source: string }[];
  multiplicity: { p: number[]; 'rejections_at_.05': { holm: number } };
  aequitas_published: { 'disparity_ref_Caucasian_Male_25-45': Record<string, Record<string, number>> };
  acsincome: {
    n: number;
    positives: number;
    acc: Record<string, number>;
    mcnemar_lgbm57_vs: Record<string, [number, number]>;
  };
}

const vectors = present ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors) : null;
const table = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));

describe.skipIf(!present)('reference vectors', () => {
  it('McNemar: chi-squared with and without correction, exact p', () => {
    for (const { b, c, chi2_cc, chi2, exact_p, source } of vectors!.mcnemar) {
      expect(mcnemarChiSquared(b, c), source).toBeCloseTo(chi2_cc, 5);
      if (chi2 !== undefined) expect(mcnemarChiSquared(b, c, false)).toBeCloseTo(chi2, 10);
      if (exact_p !== undefined) expect(mcnemarExact(b, c)).toBeCloseTo(exact_p, 11);
    }
  });

  it('Holm: as many rejections as published', () => {
    const { p, 'rejections_at_.05': rejections } = vectors!.multiplicity;
    expect(holm(p).filter((one) => one <= 0.05)).toHaveLength(rejections.holm);
  });

  it('Aequitas on COMPAS: disparities against Caucasian, Male and 25 - 45', () => {
    const groups = groupsOfCompas();
    const rate = (name: string, of: RateName) => {
      const { x, n } = rateCounts(groups.get(name)!, of);
      return x / n;
    };
    const references: Record<string, string> = {
      Female: 'Male',
      'Greater than 45': '25 - 45',
      'Less than 25': '25 - 45',
    };
    const names: Record<string, RateName> = {
      fdr: 'fdr',
      fnr: 'fnr',
      for: 'for',
      fpr: 'fpr',
      precision: 'ppv',
    };
    let compared = 0;
    for (const [group, disparities] of Object.entries(
      vectors!.aequitas_published['disparity_ref_Caucasian_Male_25-45'],
    )) {
      for (const [name, expected] of Object.entries(disparities)) {
        const of = names[name];
        if (of === undefined) continue;
        compared++;
        expect(rate(group, of) / rate(references[group] ?? 'Caucasian', of), `${group} ${name}`).toBeCloseTo(
          expected,
          6,
        );
      }
    }
    expect(compared).toBeGreaterThanOrEqual(13);
  });

  it('ACS income, 332,900 people in 648 cells: accuracy of six models, discordant pairs', () => {
    const [header, ...rows] = table(ACS);
    const column = (name: string) => header!.indexOf(name);
    const y = column('y');
    const n = column('n');
    const right = (row: string[], model: string) => row[column(model)] === row[y];
    const sum = (keep: (row: string[]) => boolean) =>
      rows.filter(keep).reduce((total, row) => total + Number(row[n]), 0);
    const { acsincome } = vectors!;
    expect(sum(() => true)).toBe(acsincome.n);
    expect(sum((row) => row[y] === '1')).toBe(acsincome.positives);
    for (const [model, expected] of Object.entries(acsincome.acc)) {
      const cell = (label: string, prediction: string) =>
        sum((row) => row[y] === label && row[column(model)] === prediction);
      const evidence: SplitEvidence = {
        n: acsincome.n,
        classes: ['0', '1'],
        positive: '1',
        confusion: [
          [cell('0', '0'), cell('0', '1')],
          [cell('1', '0'), cell('1', '1')],
        ],
        auc: null,
        losses: null,
        ece: null,
        groups: [],
      };
      expect(accuracy.value(evidence)).toMatchObject({
        value: expect.closeTo(expected, 12) as number,
        n: 332_900,
      });
    }
    for (const [model, [b, c]] of Object.entries(acsincome.mcnemar_lgbm57_vs)) {
      const pairs = [
        sum((row) => right(row, 'lgbm57') && !right(row, model)),
        sum((row) => !right(row, 'lgbm57') && right(row, model)),
      ];
      expect(pairs.sort(), model).toEqual([b, c].sort());
    }
  });
});

/** COMPAS counted by each attribute's values. */
function groupsOfCompas(): Map<string, Group> {
  const [header, ...rows] = table(COMPAS);
  const at = (row: string[], name: string) => row[header!.indexOf(name)]!;
  const cells = rows.map((row) => {
    const [score, label] = [Number(at(row, 'score')), Number(at(row, 'label_value'))];
    return {
      attributes: { race: at(row, 'race'), sex: at(row, 'sex'), age_cat: at(row, 'age_cat') },
      tp: score * label,
      fp: score * (1 - label),
      fn: (1 - score) * label,
      tn: (1 - score) * (1 - label),
    };
  });
  const all = ['race', 'sex', 'age_cat'].flatMap((name) =>
    groupsBy({ groups: cells }, [name]).map((group) => [group.attributes[name]!, group] as const),
  );
  return new Map(all);
}
