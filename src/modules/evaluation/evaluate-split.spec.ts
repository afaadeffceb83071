import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType } from '../../domain/canonical/index.js';
import { groupName } from '../../domain/fairness/index.js';
import type { DefinedMetric } from '../../domain/metrics/index.js';
import type { AssayConfig } from '../../platform/config/index.js';
import { Duck, literal } from '../../platform/duckdb/index.js';
import { FolderBlobStore, SealedFiles } from '../../platform/storage/index.js';
import type { DatasetColumn, EvaluationInput } from '../datasets/index.js';
import { comparePredictions } from './compare-predictions.js';
import { evaluateSplit, type EvaluatedSplit } from './evaluate-split.js';
import type { ProtocolDocument } from '../../domain/protocol/index.js';
import { resolveProtocol } from './protocol.js';

let home: string;
let duck: Duck;
let blobs: FolderBlobStore;
let sealedFiles: SealedFiles;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-evaluate-'));
  const config = { home, duckMemoryMb: 512 } as AssayConfig;
  duck = new Duck(config);
  blobs = new FolderBlobStore(config);
  sealedFiles = new SealedFiles(blobs, () => Buffer.alloc(32, 9));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const weakRows = (weak: (i: number) => boolean) =>
  Array.from({ length: 400 }, (_, i) => i).filter(weak).length;

interface Split {
  /** SQL of a table with `id`, `y` and protected columns. */
  sql: string;
  protected?: string[];
  types?: { key: ColumnType; label: ColumnType };
  classes?: string[];
  /** Those of them that open splits show; all unless said otherwise. */
  open?: string[];
  columns?: DatasetColumn[];
}

/** A split as the datasets module stores it. */
async function store({
  sql,
  protected: attributes = [],
  types = { key: 'int64', label: 'int64' },
  classes = ['0', '1'],
  open,
  columns = [],
}: Split) {
  return duck.with(async (db): Promise<EvaluationInput> => {
    const put = async (name: string, select: string) => {
      const path = join(db.scratch, name);
      await db.copyToParquet(select, path);
      return (await blobs.putFile(path)).digest;
    };
    const [{ rows } = { rows: 0 }] = await db.rows<{ rows: number }>(
      `SELECT count(*)::DOUBLE AS rows FROM (${sql})`,
    );
    return {
      split: 'holdout',
      role: 'holdout',
      domain: null,
      rows,
      sealed: true,
      root: 'ab'.repeat(32),
      keyColumn: 'id',
      keyType: types.key,
      labelColumn: 'y',
      labelType: types.label,
      labelClasses: classes,
      openClasses: open ?? classes,
      protected: attributes,
      columns,
      publicParquet: [
        { digest: await put('public', `SELECT * EXCLUDE (y) FROM (${sql}) ORDER BY id`), rows },
      ],
      labelParquet: await put('labels', `SELECT id AS key, y AS label FROM (${sql}) ORDER BY id`),
    };
  });
}

async function put(content: string): Promise<{ digest: string }> {
  const path = join(home, 'upload');
  await writeFile(path, content);
  return blobs.putFile(path);
}

async function evaluate(
  input: EvaluationInput,
  upload: { digest: string },
  document: ProtocolDocument = {},
): Promise<EvaluatedSplit> {
  return duck.with((db) =>
    evaluateSplit(db, { blobs, sealedFiles }, input, upload, resolveProtocol(document, input)),
  );
}

const valueOf = (split: EvaluatedSplit, name: string) => (split.report.metrics[name] as DefinedMetric).value;

const EIGHT: Split = {
  sql: `SELECT i::BIGINT AS id, (i % 2)::BIGINT AS y, CASE WHEN i < 4 THEN 'f' WHEN i < 7 THEN 'm' END AS sex FROM range(8) t(i)`,
  protected: ['sex'],
};
const PERFECT =
  'id,prediction,score\n' +
  [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `${i},${i % 2},${0.2 + 0.1 * (i % 2) * i}`).join('\n');

describe('evaluateSplit', () => {
  it('joins by key, whatever the order of rows and columns', async () => {
    const input = await store(EIGHT);
    const straight = await evaluate(input, await put(PERFECT));
    const [head, ...rows] = PERFECT.split('\n').map((line) => line.split(',').reverse().join(','));
    const turned = await evaluate(input, await put([head, ...rows.reverse()].join('\r\n') + '\r\n'));
    expect(straight.evidence.confusion).toEqual([
      [4, 0],
      [0, 4],
    ]);
    expect(valueOf(straight, 'accuracy')).toBe(1);
    expect(valueOf(straight, 'auc')).toBe(1);
    expect(turned.evidence).toEqual({ ...straight.evidence, salt: turned.evidence.salt });
    expect(turned.predictionsDigest).toBe(straight.predictionsDigest);
    // Of sealed rows: counts that can be guessed must not be confirmed by their digest.
    expect(turned.evidenceDigest).not.toBe(straight.evidenceDigest);
  });

  it('counts an empty protected attribute as a group of its own', async () => {
    const { report } = await evaluate(await store(EIGHT), await put(PERFECT));
    expect(report.groups.map((group) => [groupName(group), group.n])).toEqual([
      ['sex=(missing)', 1],
      ['sex=f', 4],
      ['sex=m', 3],
    ]);
    expect(report.fairness.equalized_odds_difference!['sex']).toMatchObject({ defined: false });
  });

  it('reads Parquet, and 0.0 as class 0 of integer labels', async () => {
    const input = await store(EIGHT);
    const upload = await duck.with(async (db) => {
      const path = join(db.scratch, 'predictions');
      await db.copyToParquet('SELECT i AS id, (i % 2)::DOUBLE AS prediction FROM range(8) t(i)', path);
      return blobs.putFile(path);
    });
    const { evidence } = await evaluate(input, upload);
    expect(evidence.confusion).toEqual([
      [4, 0],
      [0, 4],
    ]);
    expect(evidence.auc).toBeNull();
    const csv = await evaluate(
      input,
      await put('id,prediction\n' + [...Array(8).keys()].map((i) => `${i}.0,${i % 2}.0`).join('\n')),
    );
    expect(csv.evidence).toEqual({ ...evidence, salt: csv.evidence.salt });
  });

  it('with scores alone, the threshold of the protocol decides', async () => {
    const input = await store(EIGHT);
    const upload = await put(
      'id,score\n' + [0.1, 0.4, 0.5, 0.6, 0.2, 0.9, 0.3, 0.7].map((score, i) => `${i},${score}`).join('\n'),
    );
    expect((await evaluate(input, upload)).evidence.confusion).toEqual([
      [3, 1],
      [1, 3],
    ]);
    expect((await evaluate(input, upload, { threshold: 0.4 })).evidence.confusion).toEqual([
      [3, 1],
      [0, 4],
    ]);
  });

  // 6 RCNY 5-300 and 5-301 (c): a scoring rate is the share above the median of the full sample, which here is 0.5 and of both who have it none.
  it('selects those above the median score where the protocol says so, for scoring rates', async () => {
    const input = await store({
      sql: `SELECT i::BIGINT AS id, (i % 2)::BIGINT AS y, CASE WHEN i < 4 THEN 'f' ELSE 'm' END AS sex FROM range(8) t(i)`,
      protected: ['sex'],
    });
    const scores = [0.1, 0.4, 0.5, 0.6, 0.5, 0.9, 0.3, 0.7];
    const file = `id,score\n${scores.map((score, i) => `${i},${score}`).join('\n')}`;
    const { report } = await evaluate(input, await put(file), { threshold: 'median' });
    const rates = report.groups.map(({ attributes, rates, impactRatio }) => [
      attributes.sex,
      rates.selection_rate,
      impactRatio,
    ]);
    expect(rates).toMatchObject([
      ['f', { value: 1 / 4 }, { value: 1 / 2, formulaId: 'impact_ratio/scoring-rate/to-highest/log-katz' }],
      ['m', { value: 2 / 4 }, { value: 1, formulaId: 'impact_ratio/scoring-rate/to-highest/no-interval' }],
    ]);
  });

  it.each([
    ['id,prediction\n0,1', 'has no column score'],
    ['id,prediction,score\n0,1,.5', 'says itself what is predicted'],
  ])('refuses a median of scores that decide nothing: %j', async (content, says) => {
    const upload = await put(content);
    const refused = evaluate(await store(EIGHT), upload, { threshold: 'median' });
    await expect(refused).rejects.toMatchObject({
      code: 'PREDICTIONS_COLUMNS',
      message: expect.stringContaining(says) as string,
    });
  });

  it('measures each slice as a split of its rows alone, however many there are', async () => {
    const sql = `SELECT i::BIGINT AS id, ((i * 7) % 3 = 0)::BIGINT AS y, (i * 37 % 101)::DOUBLE AS x,
      CASE WHEN i % 5 = 0 THEN NULL WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS c FROM range(300) t(i)`;
    const columns: DatasetColumn[] = [
      { name: 'x', type: 'double', role: 'feature' },
      { name: 'c', type: 'text', role: 'feature' },
    ];
    const file = (keep: (i: number) => boolean) =>
      `id,prediction,score\n${Array.from({ length: 300 }, (_, i) => i)
        .filter(keep)
        .map((i) => `${i},${i % 4 === 0 ? 1 : 0},${((i * 13) % 97) / 97}`)
        .join('\n')}`;
    const wheres = ["x < 30 AND c = 'a'", "NOT c = 'a'", 'c IS NULL', 'x > 1000'];
    const many = Array.from({ length: 40 }, (_, i) => ({ name: `s${i}`, where: wheres[i % 4]! }));
    const whole = await evaluate(await store({ sql, columns }), await put(file(() => true)), {
      slices: many,
    });
    const slices = whole.report.slices!;
    expect(slices.map(({ name }) => name)).toEqual(many.map(({ name }) => name).sort());
    for (const { where, n, metrics } of slices.slice(0, 4)) {
      const kept = await duck.with((db) =>
        db.rows<{ id: number }>(`SELECT id::DOUBLE AS id FROM (${sql}) WHERE ${where}`),
      );
      const ids = new Set(kept.map(({ id }) => id));
      expect(n).toBe(ids.size);
      if (n === 0) {
        expect(metrics['accuracy']).toEqual({ defined: false, reason: 'the slice has no rows' });
        continue;
      }
      const alone = await evaluate(
        await store({ sql: `SELECT * FROM (${sql}) WHERE ${where}` }),
        await put(file((i) => ids.has(i))),
      );
      expect(metrics).toEqual(alone.report.metrics);
    }
    expect(new Set(slices.slice(0, 4).map(({ where }) => where)).size).toBe(4);
    for (const { where, metrics } of slices)
      expect(metrics).toEqual(slices.slice(0, 4).find((one) => one.where === where)!.metrics);
    expect(whole.evidence.n).toBe(300);
  });

  it('finds the clusters of rows by their values, whatever their type and order, and those of slices', async () => {
    const sql = (
      value: string,
    ) => `SELECT i::BIGINT AS id, (i % 2)::BIGINT AS y, CASE WHEN i % 3 = 0 THEN 'f' ELSE 'm' END AS sex,
      ${value} AS patient FROM range(240) t(i)`;
    const file = await put(
      `id,prediction,score\n${Array.from({ length: 240 }, (_, i) => `${i},${i % 30 < 4 ? 1 - (i % 2) : i % 2},${(i % 11) / 10}`).join('\n')}`,
    );
    const slices = [{ name: 'women', where: "sex = 'f'" }];
    const found = [];
    for (const [value, type] of [
      ['(i % 30)::BIGINT', 'int64'],
      ["'it''s ' || (i % 30)", 'text'],
    ] as const) {
      const columns: DatasetColumn[] = [
        { name: 'patient', type, role: 'group' },
        { name: 'sex', type: 'text', role: 'feature' },
      ];
      const input = await store({ sql: sql(value), columns, protected: ['sex'] });
      found.push(await evaluate(input, file, { cluster: 'patient', slices }));
    }
    const [whole, texts] = found as [EvaluatedSplit, EvaluatedSplit];
    expect(texts.report).toEqual(whole.report);
    // Four of 30 patients of eight rows each are always wrong: variance p (1 - p) / 29 of the mean in place of p (1 - p) / 240.
    expect(whole.report.metrics['accuracy']).toMatchObject({
      value: expect.closeTo(26 / 30, 12) as number,
      clusters: 30,
      deff: expect.closeTo(240 / 29, 10) as number,
    });
    expect(whole.report.metrics['auc']).toMatchObject({ defined: true, ci: null });
    expect(whole.evidence.clusters).toMatchObject({ column: 'patient', count: 30 });
    expect(whole.report.slices![0]!.metrics['accuracy']).toMatchObject({ defined: true, n: 80, ci: null });
    const women = whole.report.groups.find(({ attributes }) => attributes['sex'] === 'f')!;
    expect(women.rates['accuracy']).toMatchObject({ defined: true, n: 80, ci: null });
  });

  it('refuses rows that name no cluster', async () => {
    const sql = `SELECT i::BIGINT AS id, (i % 2)::BIGINT AS y, CASE WHEN i > 4 THEN NULL WHEN i > 3 THEN '' ELSE 'p' END AS patient FROM range(8) t(i)`;
    const input = await store({ sql, columns: [{ name: 'patient', type: 'text', role: 'group' }] });
    await expect(evaluate(input, await put(PERFECT), { cluster: 'patient' })).rejects.toMatchObject({
      code: 'CLUSTER_EMPTY',
      message: 'the cluster column "patient" of split holdout is empty in 4 rows',
    });
  });

  it('searches for the worst slice, and each that it names can be declared and is the same rows', async () => {
    const sql = `SELECT i::BIGINT AS id, (i % 2)::BIGINT AS y,
      CASE WHEN i % 9 = 0 THEN 'nan'::DOUBLE WHEN i % 10 = 0 THEN NULL ELSE (i * 37 % 101) / 4 END AS x, (i * 11 % 13)::BIGINT AS k,
      CASE WHEN i % 5 = 0 THEN NULL WHEN i % 4 < 2 THEN 'it''s' ELSE 'b' END AS c, i % 3 = 0 AS m, i::VARCHAR AS t,
      NULL::DOUBLE AS e FROM range(400) t(i)`;
    const columns = (
      [
        ['x', 'double'],
        ['k', 'int64'],
        ['c', 'text'],
        ['m', 'boolean'],
        ['t', 'text'],
        ['e', 'double'],
      ] as const
    ).map(([name, type]): DatasetColumn => ({ name, type, role: 'feature' }));
    // Wrong on one row in eleven, and on half of those where c is b and m is true.
    const weak = (i: number) => i % 5 !== 0 && i % 4 >= 2 && i % 3 === 0;
    const rows = Array.from({ length: 400 }, (_, i) => {
      const mistaken = i % 11 === 0 || (weak(i) && i % 8 < 4);
      return `${i},${mistaken ? 1 - (i % 2) : i % 2}`;
    });
    const input = await store({ sql, columns });
    const file = await put(`id,prediction\n${rows.join('\n')}`);
    const { report } = await evaluate(input, file, { search: { minimumRows: 20 } });
    const search = report.search!;
    if (!search.defined) throw new Error('expected a search');
    expect(search.slices[0]).toMatchObject({ where: "c = 'b' AND m = TRUE", n: weakRows(weak) });
    expect(search.slices[0]!.adjustedP).toBeLessThan(0.001);
    expect(search.leftOut).toEqual([
      { column: 't', reason: 'it has more than 20 values' },
      { column: 'e', reason: 'it has no numbers' },
    ]);
    expect(search.tried).toBeGreaterThan(40);
    const slices = search.slices.map(({ where }, i) => ({ name: `s${String(i).padStart(2, '0')}`, where }));
    const again = await evaluate(input, file, { slices });
    expect(again.report.slices!.map(({ n, metrics }) => [n, metrics['accuracy']])).toEqual(
      search.slices.map(({ n, rate }) => [
        n,
        expect.objectContaining({ value: expect.closeTo(1 - rate, 12) as number }),
      ]),
    );
    const names = (await evaluate(input, file, { search: { minimumRows: 20, columns: ['k'] } })).report
      .search!;
    expect(names.defined && names.tried).toBe(4);
  });

  it('a slice of one class has no AUC, and says why', async () => {
    const columns: DatasetColumn[] = [{ name: 'sex', type: 'text', role: 'protected' }];
    const split = { ...EIGHT, columns, sql: EIGHT.sql.replace('(i % 2)', '(i < 4)') };
    const slices = [{ name: 'women', where: "sex = 'f'" }];
    const { report } = await evaluate(await store(split), await put(PERFECT), { slices });
    expect(report.slices![0]!.metrics['auc']).toMatchObject({
      defined: false,
      reason: expect.stringMatching('both classes') as string,
    });
    expect(report.slices![0]!.metrics['accuracy']).toMatchObject({ defined: true, value: 0.5, n: 4 });
  });

  it('judges more than two classes by score_<class>', async () => {
    const input = await store({
      sql: `SELECT 'k' || i AS id, ['ape', 'bee', 'cat'][i % 3 + 1] AS y FROM range(6) t(i)`,
      types: { key: 'text', label: 'text' },
      classes: ['ape', 'bee', 'cat'],
    });
    const { evidence, report } = await evaluate(
      input,
      await put(
        'score_cat,score_ape,score_bee,id\n.1,.8,.1,k0\n.1,.2,.7,k1\n.6,.2,.2,k2\n.1,.8,.1,k3\n.5,.2,.3,k4\n.6,.2,.2,k5\n',
      ),
    );
    expect(evidence.confusion).toEqual([
      [2, 0, 0],
      [0, 1, 1],
      [0, 0, 2],
    ]);
    expect(report.metrics['log_loss']).toMatchObject({ defined: true });
    expect(report.metrics['auc']).toMatchObject({ defined: false });
  });

  it.each([
    [
      'a missing row',
      (lines: string[]) => lines.slice(0, -2),
      'PREDICTIONS_MISSING',
      'leave out 2 rows of the split; the first: "6", "7"',
    ],
    [
      'a duplicate key',
      (lines: string[]) => [...lines, '3,1,.5', '3,0,.5', '1,0,.5'],
      'PREDICTIONS_KEY_DUPLICATED',
      '2 keys more than once; the first: "1", "3"',
    ],
    [
      'an unknown key',
      (lines: string[]) => [...lines, '99,1,.5', '1.5,1,.5', 'x,1,.5'],
      'PREDICTIONS_KEY_UNKNOWN',
      '3 rows whose key is not in the split; the first: "99", "1.5", "x"',
    ],
    [
      'an empty key',
      (lines: string[]) => [...lines, ',1,.5'],
      'PREDICTIONS_KEY_EMPTY',
      '1 row without a key; the first: "line 10"',
    ],
    [
      'no such class',
      (lines: string[]) => [...lines.slice(0, -1), '7,yes,.5'],
      'PREDICTION_CLASS_UNKNOWN',
      '1 row whose prediction is no class of the label; the first: "7"',
    ],
    [
      'half a class',
      (lines: string[]) => [...lines.slice(0, -1), '7,0.5,.5'],
      'PREDICTION_CLASS_UNKNOWN',
      '"7"',
    ],
    ['an empty prediction', (lines: string[]) => [...lines.slice(0, -1), '7,,.5'], 'PREDICTION_EMPTY', '"7"'],
    ['an empty score', (lines: string[]) => [...lines.slice(0, -1), '7,1,'], 'SCORE_EMPTY', '"7"'],
    [
      'a word for a score',
      (lines: string[]) => [...lines.slice(0, -1), '7,1,high'],
      'SCORE_NOT_NUMERIC',
      '"7"',
    ],
    ['NaN', (lines: string[]) => [...lines.slice(0, -1), '7,1,NaN'], 'SCORE_NAN', '"7"'],
    ['infinity', (lines: string[]) => [...lines.slice(0, -1), '7,1,inf'], 'SCORE_OUT_OF_RANGE', '"7"'],
    [
      'a percentage',
      (lines: string[]) => [...lines.slice(0, -2), '6,0,90', '7,1,-3'],
      'SCORE_OUT_OF_RANGE',
      '2 rows',
    ],
    ['ragged lines', (lines: string[]) => [...lines.slice(0, -1), '7,1'], 'CSV_RAGGED', 'line 9'],
  ])('refuses %s, with count and keys', async (_, change, code, message) => {
    const input = await store(EIGHT);
    const upload = await put(change(PERFECT.split('\n')).join('\n'));
    await expect(evaluate(input, upload)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses what is neither CSV nor Parquet, and labels that are quantities', async () => {
    await expect(evaluate(await store(EIGHT), await put('PAR1 but no more'))).rejects.toMatchObject({
      code: 'PREDICTIONS_UNREADABLE',
    });
    await expect(evaluate(await store({ ...EIGHT, classes: [] }), await put(PERFECT))).rejects.toMatchObject({
      code: 'LABEL_NOT_CLASSES',
    });
  });

  it('refuses attributes that make no groups', async () => {
    const sql = `SELECT i::BIGINT AS id, (i % 2)::BIGINT AS y, 'person ' || i AS name FROM range(1200) t(i)`;
    const csv = 'id,prediction\n' + [...Array(1200).keys()].map((i) => `${i},1`).join('\n');
    await expect(evaluate(await store({ sql, protected: ['name'] }), await put(csv))).rejects.toMatchObject({
      code: 'TOO_MANY_GROUPS',
    });
  });

  it('compares two stored predictions on the same labels', async () => {
    const input = await store(EIGHT);
    const one = await evaluate(input, await put(PERFECT));
    const two = await evaluate(
      input,
      await put(
        'id,prediction,score\n' +
          [1, 0, 0, 1, 0, 1, 0, 1].map((p, i) => `${i},${p},${0.1 + 0.1 * i}`).join('\n'),
      ),
    );
    const statistics = await duck.with(async (db) =>
      comparePredictions(
        db,
        {
          labels: await blobs.localPath(input.labelParquet!),
          candidate: await blobs.localPath(one.predictions.digest),
          baseline: await blobs.localPath(two.predictions.digest),
        },
        8,
        { classes: ['0', '1'], positive: '1' },
      ),
    );
    expect(statistics.accuracy).toMatchObject({
      n: 8,
      b: 2,
      c: 0,
      candidate: 1,
      baseline: 0.75,
      mcnemarP: expect.closeTo(0.5, 9) as number,
    });
    expect(statistics.auc).toMatchObject({
      aucA: one.evidence.auc!.auc,
      aucB: two.evidence.auc!.auc,
      positives: 4,
      negatives: 4,
    });
  });
});

const COMPAS = new URL('../../../../shared/data/compas/compas_for_aequitas.csv', import.meta.url).pathname;
const present = existsSync(COMPAS);
if (!present) console.error(`SKIPPED: COMPAS needs ${COMPAS}`);

describe.skipIf(!present)('COMPAS, predictions 0.0 and 1.0 against labels 0 and 1', () => {
  it('gives the published rates', async () => {
    const rows = present
      ? readFileSync(COMPAS, 'utf8')
          .trim()
          .split(/\r?\n/)
          .slice(1)
          .map((line) => line.split(','))
      : [];
    await duck.with(async (db) =>
      writeFile(
        join(home, 'blobs', 'people.csv'),
        ['id,score,y,race,sex', ...rows.map((row) => row.slice(0, 5).join(','))].join('\n'),
      ).then(() => db.run('SELECT 1')),
    );
    const input = await store({
      sql: `SELECT * EXCLUDE (score) FROM read_csv(${literal(join(home, 'blobs', 'people.csv'))})`,
      protected: ['race', 'sex'],
    });
    const { report, evidence } = await evaluate(
      input,
      await put(['id,prediction', ...rows.map(([id, score]) => `${id},${score}`)].join('\n')),
    );
    expect(evidence.confusion).toEqual([
      [2681, 1282],
      [1216, 2035],
    ]);
    const rates = (race: string) =>
      report.groups.find((group) => group.attributes['race'] === race && !('sex' in group.attributes))!.rates;
    const percent = (race: string, rate: string) => (rates(race)[rate] as DefinedMetric).value * 100;
    expect(percent('African-American', 'fpr')).toBeCloseTo(44.85, 2);
    expect(percent('Caucasian', 'fpr')).toBeCloseTo(23.45, 2);
    expect(percent('African-American', 'fnr')).toBeCloseTo(27.99, 2);
    expect(percent('Caucasian', 'fnr')).toBeCloseTo(47.72, 2);
  });
});
