import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { changedTables, OF_A_FAILED_JOB, storedRows } from '../support/stored-rows.js';

const KEYS = Array.from({ length: 12 }, (_, i) => i + 1);
/** Recognisable: no message may hold a label of the sealed split. */
const [NO, YES] = ['NO-SECRET', 'YES-SECRET'];
const labelOf = (key: number) => (key % 3 === 0 ? YES : NO);

const LINES = KEYS.map((key) => `${key},${labelOf(key)},0.${10 + key}`);
const csv = (lines: readonly string[], header = 'id,prediction,score') => `${header}\n${lines.join('\n')}\n`;
/** Good predictions with other lines for some keys. */
const but = (...changes: string[]) =>
  csv(LINES.map((line) => changes.find((change) => change.split(',')[0] === line.split(',')[0]) ?? line));
const score = (text: string) => but(`5,${NO},${text}`, `9,${YES},${text}`);

describe('bad predictions', () => {
  let test: TestApp;
  let api: ApiClient;
  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    api = new ApiClient(test);
    const people = csv(
      KEYS.map((key) => `${key},${key % 2 ? 'f' : 'm'},${labelOf(key)}`),
      'id,sex,y',
    );
    const splits = await Promise.all(
      ['validation', 'holdout'].map(async (role) => ({
        name: role,
        role,
        uploadId: await api.upload(people),
      })),
    );
    await api.job('datasets/people/versions', { splits, key: 'id', label: 'y' });
    const manyClasses = csv(
      KEYS.map((key) => `${key},${'abc'[key % 3]}`),
      'id,y',
    );
    const classes = [{ name: 'validation', role: 'validation', uploadId: await api.upload(manyClasses) }];
    await api.job('datasets/classes/versions', { splits: classes, key: 'id', label: 'y' });
    await api.post('models/credit/versions', { artifactUploadId: await api.upload('weights') });
  });
  afterAll(() => test?.stop());

  async function judged(content: string | Buffer, split: string, datasetVersion = 'people@1') {
    const predictions = [{ split, uploadId: await api.upload(content) }];
    const before = await storedRows(test.database.admin);
    const { job } = await api.post<{ job: { id: string } }>('evaluations', {
      modelVersion: 'credit@1',
      datasetVersion,
      predictions,
    });
    const ended = await api.ended(job.id);
    return { ended, changed: changedTables(before, await storedRows(test.database.admin), OF_A_FAILED_JOB) };
  }

  const SPLIT = (what: string) => new RegExp(`^predictions for (validation|holdout) ${what}`);
  it.each<[string, string | Buffer, string, RegExp]>([
    [
      'missing rows',
      csv(LINES.slice(2)),
      'PREDICTIONS_MISSING',
      SPLIT('leave out 2 rows of the split; the first: "1", "2"'),
    ],
    [
      'every row missing',
      csv([]),
      'PREDICTIONS_MISSING',
      SPLIT('leave out 12 rows of the split; the first: "1", "2", "3", "4", "5"'),
    ],
    [
      'rows too many',
      csv([...LINES, `77,${NO},0.5`, `x,${NO},0.5`, `1_0,${NO},0.5`, `0x5,${NO},0.5`]),
      'PREDICTIONS_KEY_UNKNOWN',
      SPLIT('have 4 rows whose key is not in the split; the first: "77", "x", "1_0", "0x5"'),
    ],
    [
      'a key that is a fraction',
      csv([...LINES.slice(1), `1.5,${NO},0.5`]),
      'PREDICTIONS_KEY_UNKNOWN',
      /1 row .*"1\.5"/,
    ],
    [
      'keys beyond 2^63',
      csv([...LINES, `9223372036854775809,${NO},0.5`]),
      'PREDICTIONS_KEY_UNKNOWN',
      /"9223372036854775809"/,
    ],
    [
      'a key twice',
      csv([...LINES, `3,${NO},0.5`, `3,${NO},0.5`, `1,${NO},0.1`]),
      'PREDICTIONS_KEY_DUPLICATED',
      SPLIT('have 2 keys more than once; the first: "1", "3"'),
    ],
    [
      'a key twice, spelled otherwise',
      csv([...LINES, `3.0,${NO},0.5`]),
      'PREDICTIONS_KEY_DUPLICATED',
      /1 key .*"3/,
    ],
    [
      'a row without a key',
      csv([...LINES, `,${NO},0.5`]),
      'PREDICTIONS_KEY_EMPTY',
      SPLIT('have 1 row without a key; the first: "line 14"'),
    ],
    [
      'a class that the label has not',
      but('4,MAYBE,0.5', '6,,0.5'),
      'PREDICTION_EMPTY',
      SPLIT('have 1 row with an empty prediction; the first: "6"'),
    ],
    [
      'an unknown class',
      but('4,MAYBE,0.5', `6,${YES.toLowerCase()},0.5`),
      'PREDICTION_CLASS_UNKNOWN',
      SPLIT('have 2 rows whose prediction is no class of the label; the first: "4", "6"'),
    ],
    ['a class with a space', but(`4, ${NO},0.5`), 'PREDICTION_CLASS_UNKNOWN', /1 row .*"4"/],
    [
      'an empty score',
      score(''),
      'SCORE_EMPTY',
      SPLIT('have 2 rows with an empty score; the first: "5", "9"'),
    ],
    [
      'a word',
      score('high'),
      'SCORE_NOT_NUMERIC',
      SPLIT('have 2 rows whose score is not a number; the first: "5", "9"'),
    ],
    ['an underscore', score('0_5'), 'SCORE_NOT_NUMERIC', /2 rows .*"5", "9"/],
    ['a hexadecimal number', score('0x1'), 'SCORE_NOT_NUMERIC', /2 rows .*"5", "9"/],
    ['a decimal comma', score('"0,5"'), 'SCORE_NOT_NUMERIC', /2 rows .*"5", "9"/],
    ['a percent sign', score('50%'), 'SCORE_NOT_NUMERIC', /2 rows .*"5", "9"/],
    ['NaN', score('NaN'), 'SCORE_NAN', SPLIT('have 2 rows whose score is NaN; the first: "5", "9"')],
    ['nan', score('nan'), 'SCORE_NAN', /2 rows/],
    [
      'infinity',
      score('inf'),
      'SCORE_OUT_OF_RANGE',
      SPLIT('have 2 rows whose score lies outside \\[0, 1\\]; the first: "5", "9"'),
    ],
    ['minus infinity', score('-Infinity'), 'SCORE_OUT_OF_RANGE', /2 rows/],
    ['what no double holds', score('1e400'), 'SCORE_OUT_OF_RANGE', /2 rows/],
    ['more than 1', score('1.0000000001'), 'SCORE_OUT_OF_RANGE', /2 rows/],
    ['less than 0', score('-0.0000000001'), 'SCORE_OUT_OF_RANGE', /2 rows/],
    [
      'no key column',
      csv(LINES, 'key,prediction,score'),
      'PREDICTIONS_COLUMNS',
      SPLIT('have no key column "id"; found "key", "prediction", "score"'),
    ],
    [
      'neither prediction nor score',
      csv(LINES, 'id,guess,chance'),
      'PREDICTIONS_COLUMNS',
      SPLIT('have neither "prediction" nor "score"'),
    ],
    ['a ragged line', csv([...LINES, '7']), 'CSV_RAGGED', /line 14: found 1 fields, expected 3/],
    ['no header', csv(LINES.slice(1), LINES[0]), 'CSV_HEADER_MISSING', /the first line has the value 0\.11/],
    ['Latin-1', Buffer.from(but('4,caf\xe9,0.5'), 'latin1'), 'CSV_ENCODING', /not UTF-8/],
    ['UTF-16', Buffer.from(`\ufeff${csv(LINES)}`, 'utf16le'), 'CSV_ENCODING', /the file is UTF-16/],
    [
      'a quote that is never closed, behind all rows that are wanted',
      `${csv(LINES)}"13,x\n`,
      'CSV_QUOTES',
      /line 14: a quoted field is not closed/,
    ],
    ['a quote that is never closed', but('12,"x,0.5'), 'CSV_QUOTES', /line 13: a quoted field is not closed/],
    [
      'a space before a quote',
      but(`4, "${NO}",0.5`),
      'CSV_QUOTES',
      /line 5: text or spaces stand between a quote and its comma/,
    ],
    [
      'what is neither CSV nor Parquet',
      'PAR1 and nothing like it',
      'PREDICTIONS_UNREADABLE',
      /neither CSV nor Parquet/,
    ],
    [
      'two columns of one name',
      csv(LINES, 'id,prediction,ID'),
      'CSV_HEADER_DUPLICATED',
      /"id" and "ID" differ only in case/,
    ],
  ])(
    '%s: the job fails with counts and first keys, and no evaluation exists',
    async (_, content, code, message) => {
      for (const split of ['validation', 'holdout']) {
        const { ended, changed } = await judged(content, split);
        expect([ended.state, ended.error?.code]).toEqual(['failed', code]);
        expect(ended.error?.message).toMatch(message);
        expect(JSON.stringify(ended)).not.toMatch(/-SECRET/);
        expect(changed).toEqual([]);
      }
    },
  );

  it.each<[string, string, string, RegExp]>([
    [
      'that do not add up',
      csv(
        KEYS.map((key) => `${key},0.5,0.3,0.3`),
        'id,score_a,score_b,score_c',
      ),
      'SCORES_NOT_A_DISTRIBUTION',
      /12 rows whose scores do not add up to 1; the first: "1", "2", "3", "4", "5"/,
    ],
    [
      'of some classes',
      csv(
        KEYS.map((key) => `${key},0.5,0.5`),
        'id,score_a,score_b',
      ),
      'PREDICTIONS_COLUMNS',
      /"score_<class>" for 2 of the label's 3 classes/,
    ],
  ])('scores of several classes %s are refused', async (_, content, code, message) => {
    const { ended, changed } = await judged(content, 'validation', 'classes@1');
    expect([ended.state, ended.error?.code]).toEqual(['failed', code]);
    expect(ended.error?.message).toMatch(message);
    expect(changed).toEqual([]);
  });

  it('no look at the holdout was spent on any of them', async () => {
    const { rows } = await test.database.admin.query<{ used: number }>('SELECT used FROM holdout_budget');
    expect(rows).toEqual([{ used: 0 }]);
  });

  it.each<[string, string]>([
    ['a byte order mark and CRLF', `\ufeff${csv(LINES).replaceAll('\n', '\r\n')}`],
    [
      'quotes around fields, and a line break in a column that is not read',
      csv(
        LINES.map((line, i) => `${line},"a ""note""\n${i}"`),
        'id,prediction,score,note',
      ),
    ],
    ['numbers as other writers write them', but(`5,${NO},5e-1`, `9,${YES},+.5`, `2,${NO},1.`)],
  ])('%s are fine', async (_, content) => {
    const { ended } = await judged(content, 'validation');
    expect(ended).toMatchObject({ state: 'succeeded', error: null });
  });
});
