import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProtocolDocument } from '../../domain/protocol/index.js';
import { seededRandom } from '../../domain/statistics/index.js';
import type { AssayConfig } from '../../platform/config/index.js';
import { Duck, literal } from '../../platform/duckdb/index.js';
import { FolderBlobStore, SealedFiles } from '../../platform/storage/index.js';
import type { DatasetColumn, EvaluationInput } from '../datasets/index.js';
import { compareNumbers } from './compare-numbers.js';
import { evaluateSplit } from './evaluate-split.js';
import { resolveProtocol } from './protocol.js';
import { mergeShards, type DoneShard } from './shards/merge-shards.js';
import { planShards } from './shards/plan-shards.js';
import { reduceShard } from './shards/reduce-shard.js';
import { ordersOf } from './shards/shard-plan.js';

let home: string;
let duck: Duck;
let stores: { blobs: FolderBlobStore; sealedFiles: SealedFiles };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-regression-'));
  const config = { home, duckMemoryMb: 512 } as AssayConfig;
  duck = new Duck(config);
  const blobs = new FolderBlobStore(config);
  stores = { blobs, sealedFiles: new SealedFiles(blobs, () => Buffer.alloc(32, 9)) };
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** A sealed split with the labels `y` and the column `x`, keys from 0 on. */
async function splitOf(labels: readonly (number | null)[], type: 'double' | 'int64' | 'text' = 'double') {
  const columns: DatasetColumn[] = [
    { name: 'id', type: 'int64', role: 'key' },
    { name: 'x', type: 'int64', role: 'feature' },
    { name: 'y', type, role: 'label' },
  ];
  const sql = { double: 'DOUBLE', int64: 'BIGINT', text: 'VARCHAR' }[type];
  const values = labels.map((label, i) => `(${i}::BIGINT, '${label ?? ''}')`).join(', ');
  const rows = `SELECT id, id % 4 AS x, CAST(nullif(y, '') AS ${sql}) AS y FROM (VALUES ${values}) t(id, y)`;
  return duck.with(async (db): Promise<EvaluationInput> => {
    const put = async (name: string, select: string) => {
      const path = join(db.scratch, name);
      await db.copyToParquet(`${select} FROM (${rows}) ORDER BY id`, path);
      return path;
    };
    const publicFile = await put('public', 'SELECT id, x');
    const labelFile = await put('labels', 'SELECT id AS key, y AS label');
    return {
      split: 'holdout',
      role: 'holdout',
      domain: null,
      rows: labels.length,
      sealed: true,
      root: 'ab'.repeat(32),
      keyColumn: 'id',
      keyType: 'int64',
      labelColumn: 'y',
      labelType: type,
      labelClasses: [],
      openClasses: [],
      protected: ['x'],
      columns,
      publicParquet: [{ digest: (await stores.blobs.putFile(publicFile)).digest, rows: labels.length }],
      labelParquet: (await stores.sealedFiles.putFile(labelFile)).digest,
    };
  });
}

async function put(content: string): Promise<{ digest: string }> {
  const path = join(home, 'upload');
  await writeFile(path, content);
  return stores.blobs.putFile(path);
}

const REGRESSION: ProtocolDocument = { task: 'regression' };
async function whole(input: EvaluationInput, content: string, document = REGRESSION) {
  const upload = await put(content);
  return duck.with((db) => evaluateSplit(db, stores, input, upload, resolveProtocol(document, input)));
}

async function sharded(input: EvaluationInput, content: string, count: number) {
  const protocol = resolveProtocol(REGRESSION, input);
  const upload = await put(content);
  const plan = await duck.with((db) => planShards(db, stores, input, upload, protocol, count));
  const done: DoneShard[] = [];
  for (const order of ordersOf(plan!, input.rows, { datasetVersionId: 'v', protocol }).reverse()) {
    const told = JSON.parse(JSON.stringify(order)) as typeof order;
    done.push({ order: told, result: await duck.with((db) => reduceShard(db, stores, input, told)) });
  }
  return duck.with((db) => mergeShards(db, stores, input, done));
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('was not refused'),
    ({ code, message, details }: { code: string; message: string; details: object }) => ({
      code,
      message,
      details,
    }),
  );

const csv = (predictions: readonly (number | string)[]) =>
  `id,prediction\n${predictions.map((value, i) => `${i},${value}`).join('\n')}\n`;

describe('a split of numbers', () => {
  it('is measured as by scikit-learn, down to the stored predictions', async () => {
    // The example of sklearn.metrics.mean_absolute_error, mean_squared_error, r2_score (version 1.5.2).
    const input = await splitOf([3, -0.5, 2, 7]);
    const split = await whole(input, csv([2.5, '0.0', 2, 8]));
    expect(split.report.metrics).toMatchObject({
      mae: { value: 0.5, n: 4 },
      rmse: { value: expect.closeTo(0.6123724356957945, 14) as number },
      r2: { value: expect.closeTo(0.9486081370449679, 14) as number },
      mean_error: { value: 0.25 },
      quantile_loss: { value: 0.25 },
    });
    expect(Object.keys(split.report.metrics)).toHaveLength(5);
    expect(split.evidence).toMatchObject({
      classes: [],
      confusion: [],
      groups: [],
      salt: expect.any(String) as string,
    });
    expect(split.charts).toBeNull();
    const stored = await stores.blobs.localPath(split.predictions.digest);
    expect(
      await duck.with((db) => db.rows(`SELECT prediction FROM read_parquet(${literal(stored)})`)),
    ).toEqual([2.5, 0, 2, 8].map((prediction) => ({ prediction })));
  });

  it('reads labels to the last digit, whole numbers too, and predictions however they are written', async () => {
    const random = seededRandom('digits');
    const labels = Array.from({ length: 200 }, () => (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20));
    const input = await splitOf(labels);
    expect((await whole(input, csv(labels))).report.metrics.mae).toMatchObject({ value: 0 });
    const scientific = labels.map((label) => label.toExponential());
    expect((await whole(input, csv(scientific))).predictionsDigest).toBe(
      (await whole(input, csv(labels))).predictionsDigest,
    );
    const integers = await splitOf([1, 2, 9_007_199_254_740_991], 'int64');
    expect((await whole(integers, csv([1, '2.5', 9_007_199_254_740_991]))).report.metrics.mae).toMatchObject({
      value: 0.5 / 3,
    });
  });

  it('gives the same bits in shards', async () => {
    const random = seededRandom('shards of numbers');
    const labels = Array.from({ length: 500 }, () => Math.exp(8 * random()) - 50);
    const input = await splitOf(labels);
    const content = csv(labels.map((label) => label + random() - 0.4));
    const one = await whole(input, content);
    const many = await sharded(input, content, 3);
    const { salt, ...evidence } = many.evidence;
    expect(salt).not.toBe(one.evidence.salt);
    expect({ ...evidence, salt: one.evidence.salt }).toEqual(one.evidence);
    expect(many.report).toEqual(one.report);
    expect(many.predictionsDigest).toBe(one.predictionsDigest);
    expect(many.predictions.digest).toBe(one.predictions.digest);
  });

  it('is compared with another model row by row, by the sizes of errors', async () => {
    const input = await splitOf([3, -0.5, 2, 7]);
    const files = async (predictions: readonly number[]) =>
      stores.blobs.localPath((await whole(input, csv(predictions))).predictions.digest);
    const [candidate, baseline] = [await files([2.5, 0, 2, 8]), await files([3, 1, 2, 5])];
    const found = await duck.with(async (db) => {
      const labels = await stores.sealedFiles.openedIn(db.scratch, input.labelParquet!);
      return compareNumbers(db, { labels, candidate, baseline }, 4);
    });
    // Differences of 1/2, -1, 0, -1: by Python's statistics.mean and variance.
    const difference = { n: 4, mean: -0.375, variance: expect.closeTo(0.5625, 14) as number };
    expect(found).toEqual({
      accuracy: null,
      auc: null,
      mae: { n: 4, difference, candidate: 0.5, baseline: 0.875 },
    });
    const huge = await files([1e300, 0, 0, 0]);
    const none = await duck.with(async (db) => {
      const labels = await stores.sealedFiles.openedIn(db.scratch, input.labelParquet!);
      return compareNumbers(db, { labels, candidate: huge, baseline }, 4);
    });
    expect(none.mae).toBeNull();
  });

  it('measures slices by the same sums', async () => {
    const input = await splitOf([1, 2, 3, 4, 5, 6, 7, 8]);
    const slices = [
      { name: 'even', where: 'x IN (0, 2)' },
      { name: 'none', where: 'x > 9' },
    ];
    const split = await whole(input, csv([2, 2, 5, 4, 8, 6, 11, 8]), { task: 'regression', slices });
    expect(split.report.slices).toMatchObject([
      { name: 'even', n: 4, metrics: { mae: { value: 2.5, n: 4 } } },
      { name: 'none', n: 0, metrics: { mae: { defined: false, reason: 'the slice has no rows' } } },
    ]);
  });

  it.each([
    ['PREDICTION_EMPTY', ['1', '', '', '4'], /2 rows with an empty prediction; the first: "1", "2"/],
    ['PREDICTION_NOT_NUMERIC', ['1', 'two', '1,5', '4'].map((text) => `"${text}"`), /2 rows.*not a number/],
    ['PREDICTION_NOT_NUMERIC', ['1', '0_5', '3', '4'], /1 row whose/],
    [
      'PREDICTION_NOT_FINITE',
      ['1', 'nan', 'Infinity', '-inf'],
      /3 rows.*NaN or infinite; the first: "1", "2", "3"/,
    ],
  ])('refuses predictions with %s', async (code, predictions, message) => {
    const input = await splitOf([1, 2, 3, 4]);
    const found = await refusal(whole(input, csv(predictions)));
    expect(found).toMatchObject({ code, message: expect.stringMatching(message) as string });
    if (code === 'PREDICTION_NOT_FINITE')
      expect(await refusal(sharded(input, csv(predictions), 2))).toEqual(found);
  });

  it.each([
    [
      'PREDICTIONS_MISSING',
      'id,prediction\n0,1\n2,3\n',
      /leave out 2 rows of the split; the first: "1", "3"/,
    ],
    [
      'PREDICTIONS_KEY_UNKNOWN',
      `${csv([1, 2, 3, 4])}9,1\n`,
      /1 row whose key is not in the split; the first: "9"/,
    ],
    ['PREDICTIONS_KEY_DUPLICATED', `${csv([1, 2, 3, 4])}2,1\n`, /1 key more than once; the first: "2"/],
    ['PREDICTIONS_COLUMNS', 'id,score\n0,1\n', /no column "prediction"; found "id", "score"/],
  ])('refuses files with %s', async (code, content, message) => {
    const input = await splitOf([1, 2, 3, 4]);
    expect(await refusal(whole(input, content))).toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses labels that are none, and labels that are no numbers', async () => {
    for (const [labels, code] of [
      [[1, null, 3], 'LABEL_EMPTY'],
      [[1, Number.NaN, Infinity], 'LABEL_NOT_FINITE'],
    ] as const) {
      const input = await splitOf(labels);
      const found = await refusal(whole(input, csv([1, 2, 3])));
      expect(found.code).toBe(code);
      expect(await refusal(sharded(input, csv([1, 2, 3]), 2))).toEqual(found);
    }
    const texts = await splitOf([1, 2], 'text');
    expect((await refusal(whole(texts, csv([1, 2])))).code).toBe('LABEL_NOT_NUMERIC');
  });
});
