import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { changedTables, OF_A_FAILED_JOB, storedRows } from '../support/stored-rows.js';

const ROWS = 12;
const people = `id,y\n${Array.from({ length: ROWS }, (_, i) => `${i + 1},${i % 3 === 0 ? 'yes' : 'no'}\n`).join('')}`;
/** Good predictions: key, class, score. */
const GOOD = `SELECT i AS id, 'no' AS prediction, 0.25 AS score FROM range(1, ${ROWS + 1}) t(i)`;
const score = (value: string) =>
  `SELECT id, prediction, CASE WHEN id IN (5, 9) THEN ${value} ELSE score::DOUBLE END AS score FROM (${GOOD})`;
const columns = (count: number, name: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `0 AS "${name(i)}"`).join(', ');

/** What CSV says in texts, Parquet says in types; what bad-predictions.spec.ts has in CSV comes here as typed values. */
describe('bad predictions in Parquet', () => {
  let test: TestApp;
  let api: ApiClient;
  let folder: string;
  let instance: DuckDBInstance;
  let duck: DuckDBConnection;
  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    api = new ApiClient(test);
    folder = await mkdtemp(join(tmpdir(), 'assay-parquet-'));
    instance = await DuckDBInstance.create(':memory:');
    duck = await instance.connect();
    const split = async (role: string) => ({ name: role, role, uploadId: await api.upload(people) });
    const push = async (name: string, roles: string[]) =>
      api.job(`datasets/${name}/versions`, {
        splits: await Promise.all(roles.map(split)),
        key: 'id',
        label: 'y',
      });
    await push('people', ['validation']);
    await push('secret', ['holdout']);
    await api.post('models/credit/versions', { artifactUploadId: await api.upload('weights') });
  });
  afterAll(async () => {
    duck?.closeSync();
    instance?.closeSync();
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function parquet(select: string, options = ''): Promise<Buffer> {
    const path = join(folder, 'predictions.parquet');
    await duck.run(`COPY (${select}) TO '${path}' (FORMAT parquet${options})`);
    return readFile(path);
  }

  async function judged(content: Buffer, datasetVersion: string, split: string) {
    const predictions = [{ split, uploadId: await api.upload(content, 'predictions.parquet') }];
    const before = await storedRows(test.database.admin);
    const { job } = await api.post<{ job: { id: string } }>('evaluations', {
      modelVersion: 'credit@1',
      datasetVersion,
      predictions,
    });
    const ended = await api.ended(job.id);
    return { ended, changed: changedTables(before, await storedRows(test.database.admin), OF_A_FAILED_JOB) };
  }

  it.each<[string, string, string, RegExp]>([
    [
      'rows that are missing',
      `${GOOD} WHERE i > 2`,
      'PREDICTIONS_MISSING',
      /2 rows of the split; the first: "1", "2"/,
    ],
    [
      'rows too many',
      `${GOOD} UNION ALL SELECT 77, 'no', 0.5`,
      'PREDICTIONS_KEY_UNKNOWN',
      /1 row whose key is not in the split; the first: "77"/,
    ],
    [
      'a key twice',
      `${GOOD} UNION ALL SELECT 3, 'no', 0.5`,
      'PREDICTIONS_KEY_DUPLICATED',
      /1 key more than once; the first: "3"/,
    ],
    [
      'a key that is null',
      `${GOOD} UNION ALL SELECT NULL, 'no', 0.5`,
      'PREDICTIONS_KEY_EMPTY',
      /1 row without a key/,
    ],
    [
      'keys that are fractions',
      `SELECT id + 0.5 AS id, prediction, score FROM (${GOOD})`,
      'PREDICTIONS_KEY_UNKNOWN',
      /12 rows whose key is not in the split; the first: "1\.5"/,
    ],
    ['scores that are null', score('NULL'), 'SCORE_EMPTY', /2 rows with an empty score; the first: "5", "9"/],
    [
      'scores that are NaN',
      score(`'NaN'::DOUBLE`),
      'SCORE_NAN',
      /2 rows whose score is NaN; the first: "5", "9"/,
    ],
    [
      'scores that are infinite',
      score(`'-inf'::DOUBLE`),
      'SCORE_OUT_OF_RANGE',
      /2 rows whose score lies outside \[0, 1\]; the first: "5", "9"/,
    ],
    [
      'scores that are lists',
      `SELECT id, prediction, [score, 1 - score] AS score FROM (${GOOD})`,
      'SCORE_NOT_NUMERIC',
      /12 rows whose score is not a number/,
    ],
    [
      'scores that are dates',
      `SELECT id, prediction, DATE '2026-01-01' AS score FROM (${GOOD})`,
      'SCORE_NOT_NUMERIC',
      /12 rows/,
    ],
    [
      'predictions that are null',
      `SELECT id, CASE WHEN id <> 4 THEN prediction END AS prediction FROM (${GOOD})`,
      'PREDICTION_EMPTY',
      /1 row with an empty prediction; the first: "4"/,
    ],
    [
      'predictions that are structures',
      `SELECT id, {'class': prediction} AS prediction FROM (${GOOD})`,
      'PREDICTION_CLASS_UNKNOWN',
      /12 rows whose prediction is no class/,
    ],
    ['no key', `SELECT prediction, score FROM (${GOOD})`, 'PREDICTIONS_COLUMNS', /no key column "id"/],
    [
      '10,000 columns',
      `SELECT *, ${columns(10_000, (i) => `c${i}`)} FROM (${GOOD})`,
      'TOO_MANY_COLUMNS',
      /validation has 10003 columns; at most 2000/,
    ],
    [
      'five million rows in a file of a few kilobytes',
      `SELECT 7 AS id, 'no' AS prediction FROM range(5000000)`,
      'PREDICTIONS_KEY_DUPLICATED',
      /1 key more than once; the first: "7"/,
    ],
  ])(
    '%s: the job fails with counts and first keys, and no evaluation exists',
    async (_, select, code, message) => {
      const { ended, changed } = await judged(await parquet(select), 'people@1', 'validation');
      expect([ended.state, ended.error?.code]).toEqual(['failed', code]);
      expect(ended.error?.message).toMatch(message);
      expect(changed).toEqual([]);
    },
  );

  it.each<[number, string, RegExp]>([
    [1_001, 'PREDICTION_CLASSES_TOO_MANY', /holdout name more than 1000 different classes/],
    // As many as a label may have: they are added up all the same.
    [1_000, 'SCORES_NOT_A_DISTRIBUTION', /12 rows whose scores do not add up to 1/],
  ])('scores of %i classes that nobody knows: %s', async (count, code, message) => {
    const many = `SELECT id, ${columns(count, (i) => `score_c${i}`)} FROM (${GOOD})`;
    const { ended, changed } = await judged(await parquet(many), 'secret@1', 'holdout');
    expect([ended.state, ended.error?.code]).toEqual(['failed', code]);
    expect(ended.error?.message).toMatch(message);
    expect(changed).toEqual([]);
  });

  it.each<[string, (whole: Buffer) => Buffer]>([
    ['cut off', (whole) => whole.subarray(0, whole.length - 20)],
    ['without its end', (whole) => whole.subarray(0, 40)],
    ['with a footer of zeros', (whole) => Buffer.from(whole).fill(0, whole.length - 200, whole.length - 8)],
    ['with pages of zeros', (whole) => Buffer.from(whole).fill(0, 4, 100)],
    [
      'whose footer is longer than itself',
      (whole) => {
        const longer = Buffer.from(whole);
        longer.writeUInt32LE(0x7fffffff, longer.length - 8);
        return longer;
      },
    ],
  ])('a file %s is no file of predictions', async (_, damage) => {
    const { ended, changed } = await judged(damage(await parquet(GOOD)), 'people@1', 'validation');
    expect([ended.state, ended.error?.code]).toEqual(['failed', 'PREDICTIONS_UNREADABLE']);
    expect(ended.error?.message).toMatch(/neither CSV nor Parquet/);
    expect(changed).toEqual([]);
  });

  it('what is right is taken, of whatever types', async () => {
    const select = `SELECT id::DOUBLE AS id, prediction::ENUM('no', 'yes') AS prediction, score::FLOAT AS score FROM (${GOOD})`;
    const { ended } = await judged(await parquet(select), 'people@1', 'validation');
    expect(ended).toMatchObject({ state: 'succeeded', error: null });
  });
});
