import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scanned, type ScanFixture } from './scan-fixture.js';

const DATA = new URL('../../../../../shared/data/', import.meta.url).pathname;
const present = existsSync(DATA);
if (!present) console.error(`SKIPPED: counts on public data sets need ${DATA}`);

const NAMES =
  'age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,capital_gain,capital_loss,hours_per_week,native_country,income'.split(
    ',',
  );
const adult = (part: string) =>
  `SELECT ${NAMES.map((name, i) => `trim(column${String(i).padStart(2, '0')}, ' .') AS ${name}`).join(', ')}
   FROM read_csv('${DATA}adult/adult-${part}.csv', header = false, all_varchar = true)`;
const ADULT: ScanFixture = {
  splits: { train: adult('train'), test: adult('test') },
  roles: { income: 'label', sex: 'protected' },
};
const pair = { check: 'leakage', splits: ['train', 'test'] };

describe.skipIf(!present)('checks of public data sets', () => {
  // STATISTICS: 23 test rows stand exactly in train; 2,586 when fnlwgt is ignored; 24 duplicates in train.
  it('Adult: 23 leaks, 2,586 without fnlwgt, each listed', async () => {
    const exact = await scanned(ADULT, pair);
    expect(exact).toMatchObject({ status: 'failed', failing: 23, total: 16_281 });
    expect(exact.findings).toHaveLength(23);
    expect(exact.reason).toBe('23 of 16,281 rows of test stand in train');
    const without = await scanned(ADULT, { ...pair, parameters: { ignore: ['fnlwgt'] } });
    expect(without).toMatchObject({ failing: 2_586, total: 16_281 });
    expect(new Set(without.findings.map(({ row }) => row)).size).toBe(2_586);
  });

  it('Adult: 24 duplicates in train', async () => {
    const found = await scanned(ADULT, { check: 'duplicates', splits: ['train'] });
    expect(found).toMatchObject({ status: 'failed', failing: 24, total: 32_561 });
    expect(found.findings.every(({ row, otherRow }) => otherRow! < row!)).toBe(true);
  });

  it('Adult: women have a smaller share of high incomes than four fifths of that of men', async () => {
    const found = await scanned(ADULT, {
      check: 'label-rate-parity',
      splits: ['train'],
      parameters: { positive: '>50K' },
    });
    // 1,179 of 10,771 women and 6,662 of 21,790 men.
    expect(found).toMatchObject({ status: 'failed', failing: 1, total: 2, unit: 'groups' });
    expect(found.findings[0]).toMatchObject({ rule: 'sex: Female', row: null });
    expect(found.findings[0]!.detail).toBe('10.95% positive, 0.3580 of the largest share');
  });

  // scikit-learn 1.9.1, CategoricalNB and roc_auc_score on the same five folds; scipy 1.17.1, entropy.
  it('Adult: marital status and relationship stand for sex, and 42 countries count as 2', async () => {
    const typed = {
      ...ADULT,
      splits: { train: adult('train').replace(/trim\(column00, ' \.'\)/, 'trim(column00)::BIGINT') },
    };
    const from = ['marital_status', 'relationship', 'occupation', 'age'];
    const found = await scanned(typed, { check: 'proxy', parameters: { from, atMostTogether: 0.93 } });
    const measured = found.facts.measured as { column: string | null; group: string; auc: number }[];
    expect(measured.map(({ column }) => column)).toEqual([...from, null]);
    const expected = [
      0.7611376127914804, 0.8670463837451894, 0.751527788354449, 0.5627017231347908, 0.9224715454109138,
    ];
    measured.forEach(({ auc }, i) => expect(auc).toBeCloseTo(expected[i]!, 9));
    expect(found.findings.map(({ rule }) => rule)).toEqual([
      'sex: marital_status',
      'sex: occupation',
      'sex: relationship',
    ]);
    const domains = [{ column: 'native_country', minEffective: 2 }];
    const few = await scanned(typed, { check: 'diversity', parameters: { domains } });
    expect(few.findings[0]!.detail).toBe('effective number of values 1.9236, at least 2');
    // One cell of 15 may differ: rows that pandas 3.1.1 calls duplicated without one of the columns.
    expect(await scanned(typed, { check: 'near-duplicate-rows' })).toMatchObject({
      status: 'failed',
      failing: 3_539,
      total: 32_561,
    });
  });

  it('German credit with 37 planted rows: 37 duplicates', async () => {
    const german = `SELECT * FROM read_csv('${DATA}german/german.csv', header = false)`;
    const roles = { column20: 'label' } as const;
    expect(await scanned({ splits: { all: german }, roles }, { check: 'duplicates' })).toMatchObject({
      status: 'passed',
      failing: 0,
      total: 1_000,
    });
    const planted = `SELECT * FROM (${german}) UNION ALL (SELECT * FROM (${german}) LIMIT 37 OFFSET 100)`;
    const found = await scanned({ splits: { all: planted }, roles }, { check: 'duplicates' });
    expect(found).toMatchObject({ failing: 37, total: 1_037 });
    expect(found.findings.map(({ row, otherRow }) => [row, otherRow])).toEqual(
      Array.from({ length: 37 }, (_, i) => [1_001 + i, 101 + i]),
    );
    // 700 good, 300 bad.
    expect(await scanned({ splits: { all: german }, roles }, { check: 'imbalance' })).toMatchObject({
      status: 'passed',
      total: 2,
    });
  });

  it('COMPAS: the key apart, all rows beyond one of each kind are duplicates', async () => {
    const compas = `SELECT * FROM read_csv('${DATA}compas/compas_for_aequitas.csv')`;
    const fixture: ScanFixture = {
      splits: { all: compas },
      roles: { entity_id: 'key', label_value: 'label' },
    };
    const found = await scanned(fixture, { check: 'duplicates' });
    // By another road: rows less different rows.
    const kinds = new Set(
      readFileSync(`${DATA}compas/compas_for_aequitas.csv`, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(',').slice(1).join()),
    );
    expect(found).toMatchObject({ failing: 7_214 - kinds.size, total: 7_214 });
    expect(found.findings[0]!.key).toMatch(/^\d+$/);
    const conflicting = await scanned(fixture, { check: 'conflicting-labels' });
    expect(conflicting.failing).toBeGreaterThan(7_000);
  });

  it('CIFAR-10: 284 label errors, 283.054 before rounding', async () => {
    const probabilities = Array.from({ length: 10 }, (_, k) => ({ class: String(k), column: `p${k}` }));
    const cifar = `SELECT * FROM read_csv('${DATA}label-errors/cifar10_labels_predprobs.csv')`;
    const found = await scanned(
      { splits: { test: cifar }, roles: { id: 'key', given_label: 'label' } },
      {
        check: 'label-errors',
        parameters: { probabilities },
      },
    );
    const { test } = found.facts.bySplit as Record<string, { estimated: number; unrounded: number }>;
    expect(test!.estimated).toBe(284);
    expect(test!.unrounded).toBeCloseTo(283.054, 3);
    expect(found.findings).toHaveLength(found.failing);
    expect(found.total).toBe(10_000);
    expect(found.findings[0]!.detail).toMatch(/^labelled \d, confident of \d$/);
    // The same probabilities in a file of predictions, in another order.
    const file = { sql: `SELECT * EXCLUDE (given_label) FROM (${cifar}) ORDER BY p3` };
    const apart = await scanned(
      {
        splits: { test: `SELECT id, given_label FROM (${cifar})` },
        roles: { id: 'key', given_label: 'label' },
        file,
      },
      { check: 'label-errors', parameters: { probabilities, file: 'f'.repeat(64) } },
    );
    expect([apart.failing, apart.facts, apart.findings]).toEqual([
      found.failing,
      found.facts,
      found.findings,
    ]);
  });
});
