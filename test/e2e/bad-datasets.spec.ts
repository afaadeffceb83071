import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/platform/config/index.js';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { changedTables, OF_A_FAILED_JOB, storedRows } from '../support/stored-rows.js';

type Content = string | Buffer;

const rows = (count: number, x: (i: number) => string | number = (i) => i) =>
  `id,x,y\n${Array.from({ length: count }, (_, i) => `${i + 1},${x(i + 1)},${i % 2}`).join('\n')}\n`;
const GOOD = rows(4);
const wide = (columns: number) =>
  `${Array.from({ length: columns }, (_, i) => `c${i}`).join(',')}\n${Array(columns).fill(1).join(',')}\n`;
/** A 1.5 among 30,000 integers, where no sample looks. */
const ONE_FRACTION = rows(30_000, (i) => (i === 29_991 ? '1.5' : i));

/** Blobs, what is being received, and what jobs write meanwhile. */
async function filesIn(home: string): Promise<string[]> {
  const found = await Promise.all(
    ['blobs', 'staging', 'scratch'].map(async (name) => {
      const entries = await readdir(join(home, name), { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return found.flat().sort();
}

const PARQUET = readFileSync(join(projectRoot(), 'test/vectors/formats/types.parquet'));

describe('bad data', () => {
  let test: TestApp;
  let api: ApiClient;
  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    api = new ApiClient(test);
  });
  afterAll(() => test?.stop());

  async function splitsOf(files: Record<string, Content>): Promise<object[]> {
    const splits = [];
    for (const [name, content] of Object.entries(files))
      splits.push({ name, role: name, uploadId: await api.upload(content) });
    return splits;
  }

  it.each<[string, Record<string, Content>, object, string, RegExp]>([
    [
      'no header',
      { train: '1.5,2.5,0\n2.5,3.5,1\n' },
      {},
      'CSV_HEADER_MISSING',
      /train: the first line has the value 1\.5/,
    ],
    [
      'a header with an empty name',
      { train: 'id,,y\n1,2,0\n' },
      {},
      'CSV_HEADER_MISSING',
      /column 2 of 3 has no name/,
    ],
    ['a header and nothing else', { train: 'id,x,y\n' }, {}, 'SPLIT_EMPTY', /train has a header and no rows/],
    [
      'a column twice',
      { train: 'id,x,x\n1,2,0\n' },
      {},
      'CSV_HEADER_DUPLICATED',
      /two columns are named "x"/,
    ],
    [
      'columns that differ in case',
      { train: 'id,x,X\n1,2,0\n' },
      {},
      'CSV_HEADER_DUPLICATED',
      /"x" and "X" differ only in case/,
    ],
    [
      'a header that never ends',
      { train: `"id,${'x'.repeat(100)}\n1,2\n` },
      {},
      'CSV_HEADER_INVALID',
      /train: the first line has no end/,
    ],
    [
      'another separator',
      { train: 'id;x;y\n1;2;0\n' },
      {},
      'CSV_DELIMITER',
      /train: the header has no comma/,
    ],
    [
      'a line with a field too few',
      { train: 'id,x,y\n1,2,0\n3,4\n' },
      {},
      'CSV_RAGGED',
      /train, line 3: found 2 fields, expected 3/,
    ],
    [
      'a line with a field too many',
      { train: 'id,x,y\n1,2,0\n3,4,1,9\n' },
      {},
      'CSV_RAGGED',
      /train, line 3: found 4 fields, expected 3/,
    ],
    [
      'Latin-1',
      { train: Buffer.from('id,x,y\n1,caf\xe9,0\n', 'latin1') },
      {},
      'CSV_ENCODING',
      /train.*not UTF-8/,
    ],
    [
      'Latin-1 in the header',
      { train: Buffer.from('id,caf\xe9,y\n1,2,0\n', 'latin1') },
      {},
      'CSV_ENCODING',
      /train: the header is not UTF-8/,
    ],
    [
      'UTF-8, and Latin-1 from row 30,000 on',
      {
        train: Buffer.concat([
          Buffer.from(rows(30_000, () => 'z\u00fcrich')),
          Buffer.from('30001,caf\xe9,0\n', 'latin1'),
        ]),
      },
      {},
      'CSV_ENCODING',
      /train, line 30002: found bytes that are not UTF-8/,
    ],
    [
      'line breaks of two kinds',
      { train: 'id,x,y\r\n1,2,0\r\n3,4,1\n5,6,0\r\n' },
      {},
      'CSV_MALFORMED',
      /train, line 3: it ends with LF, the lines before it with CRLF/,
    ],
    [
      'UTF-16 with its mark',
      { train: Buffer.from(`\ufeff${GOOD}`, 'utf16le') },
      {},
      'CSV_ENCODING',
      /train: the file is UTF-16/,
    ],
    [
      'UTF-16 without',
      { train: Buffer.from(GOOD, 'utf16le') },
      {},
      'CSV_HEADER_INVALID',
      /train: a column name .*no NUL/,
    ],
    [
      'a null character',
      { train: 'id,x,y\n1,a\0b,0\n' },
      {},
      'CSV_ENCODING',
      /row 1, column "x": found a NUL/,
    ],
    [
      'gzip that was cut off',
      { train: gzipSync(GOOD).subarray(0, -5) },
      {},
      'COMPRESSED_FILE_DAMAGED',
      /train: the gzip file cannot be read: it ends before its data do/,
    ],
    [
      'a bomb',
      { train: gzipSync(Buffer.alloc(70_000_000)) },
      {},
      'DECOMPRESSED_TOO_LARGE',
      /unpack to more than 67108864; at most 200 times as many/,
    ],
    [
      'a ZIP file',
      { train: Buffer.from('PK\x03\x04\x14\0\0', 'latin1') },
      {},
      'FORMAT_UNSUPPORTED',
      /train: the file is a ZIP or Excel file; expected CSV, JSON lines .* or Parquet/,
    ],
    [
      'Parquet of nothing',
      { train: 'PAR1 and so on PAR1' },
      {},
      'PARQUET_UNREADABLE',
      /train: the Parquet file is damaged/,
    ],
    [
      'Parquet with a footer of other bytes',
      {
        train: Buffer.from(
          PARQUET.map((byte, i) => (i > PARQUET.length - 60 && i < PARQUET.length - 8 ? 255 : byte)),
        ),
      },
      {},
      'PARQUET_UNREADABLE',
      /train: the Parquet file is damaged: its footer or its pages cannot be read/,
    ],
    [
      'a list in JSON lines',
      { train: '{"id":1,"x":1,"y":0}\n{"id":2,"x":[1],"y":0}\n' },
      {},
      'JSONL_NESTED',
      /train, row 2, column "x": found a list/,
    ],
    [
      'a quote that is never closed',
      { train: 'id,x,y\n1,"2,0\n3,4,1\n' },
      {},
      'CSV_QUOTES',
      /train, line 2: a quoted field is not closed/,
    ],
    ['text behind a quote', { train: 'id,x,y\n1,"2"z,0\n' }, {}, 'CSV_QUOTES', /train, line 2/],
    [
      '10,000 columns',
      { train: wide(10_000) },
      { key: 'c0', label: 'c1' },
      'TOO_MANY_COLUMNS',
      /10000 columns; at most 2000/,
    ],
    [
      'a key twice',
      { train: 'id,x,y\n7,1,0\n8,2,1\n7,3,0\n' },
      {},
      'KEY_DUPLICATED',
      /1 keys of "id".*"7" in rows 1, 3/,
    ],
    [
      'rows without a key',
      { train: 'id,x,y\n1,1,0\n,2,1\n,3,0\n' },
      {},
      'KEY_NULL',
      /key "id" is empty in 2 rows; the first are rows 2, 3/,
    ],
    [
      'keys that are fractions',
      { train: 'id,x,y\n1.5,1,0\n2.5,2,1\n' },
      {},
      'KEY_TYPE',
      /"id" is of type double/,
    ],
    [
      'a label that is not there',
      { train: GOOD },
      { label: 'z' },
      'DATASET_COLUMN_UNKNOWN',
      /the label column "z" is not in the data; found the columns "id", "x", "y"/,
    ],
    [
      'a protected attribute that is not there',
      { train: GOOD },
      { protected: ['race'] },
      'DATASET_COLUMN_UNKNOWN',
      /the protected column "race"/,
    ],
    [
      'a declared column of Object',
      { train: GOOD },
      { declaredTypes: { constructor: 'text' } },
      'DATASET_COLUMN_UNKNOWN',
      /the declared column "constructor"/,
    ],
    [
      'a sealed row without a label',
      { holdout: 'id,x,y\n1,1,0\n2,2,\n' },
      {},
      'LABEL_NULL',
      /holdout: label "y" is empty in 1 rows; the first are rows 2/,
    ],
    [
      'splits of different columns',
      { train: GOOD, validation: 'id,z,y\n1,2,0\n' },
      {},
      'DATASET_SCHEMA_MISMATCH',
      /validation has other columns than split train: misses "x", adds "z"/,
    ],
    [
      'a fraction in row 29,991 of what is declared int64',
      { train: ONE_FRACTION },
      { declaredTypes: { x: 'int64' } },
      'DATASET_TYPE_MISMATCH',
      /train, row 29991, column "x": found "1\.5"; expected .*int/i,
    ],
    [
      '2^63 in what is declared int64',
      { train: rows(3, (i) => (i === 2 ? '9223372036854775808' : i)) },
      { declaredTypes: { x: 'int64' } },
      'DATASET_TYPE_MISMATCH',
      /row 2, column "x": found "9223372036854775808"/,
    ],
    [
      'what no double holds in what is declared double',
      { train: rows(3, (i) => (i === 3 ? '1e400' : i)) },
      { declaredTypes: { x: 'double' } },
      'DATASET_TYPE_MISMATCH',
      /row 3, column "x": found "1e400"/,
    ],
    [
      'an underscore in what is declared double',
      { train: rows(3, (i) => (i === 1 ? '0_5' : i)) },
      { declaredTypes: { x: 'double' } },
      'DATASET_TYPE_MISMATCH',
      /row 1, column "x": found "0_5"/,
    ],
  ])('%s: the job fails and names it, and no version exists', async (_, contents, more, code, message) => {
    const splits = await splitsOf(contents);
    const before = await storedRows(test.database.admin);
    const files = await filesIn(test.config.home);
    const { job } = await api.post<{ job: { id: string } }>('datasets/bad/versions', {
      splits,
      key: 'id',
      label: 'y',
      ...more,
    });
    const ended = await api.ended(job.id);
    expect(ended).toMatchObject({ state: 'failed', result: null, error: { code } });
    expect(ended.error?.message).toMatch(message);
    expect(changedTables(before, await storedRows(test.database.admin), OF_A_FAILED_JOB)).toEqual([]);
    expect(await filesIn(test.config.home)).toEqual(files);
    expect((await api.send('get', 'datasets/bad')).status).toBe(404);
  });

  it('an empty file is refused when it is sent', async () => {
    const before = await storedRows(test.database.admin);
    const answer = await api
      .send('post', 'uploads?filename=empty.csv')
      .set('content-type', 'application/octet-stream')
      .send(Buffer.alloc(0));
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([400, 'UPLOAD_EMPTY']);
    expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
  });

  const split = (more: object = {}) => ({ name: 'train', role: 'train', ...more });
  it.each<[string, string, { splits?: object[]; [field: string]: unknown }, number, string, RegExp]>([
    [
      'a split given twice',
      'bad',
      { splits: [split(), split()] },
      400,
      'SPLIT_DUPLICATED',
      /two splits are named train/,
    ],
    [
      'splits that differ in case',
      'bad',
      { splits: [split(), split({ name: 'TRAIN' })] },
      400,
      'SPLIT_DUPLICATED',
      /TRAIN/,
    ],
    [
      '51 splits',
      'bad',
      { splits: Array.from({ length: 51 }, (_, i) => split({ name: `s${i}` })) },
      400,
      'REQUEST_INVALID',
      /splits must contain no more than 50/,
    ],
    ['a list where a split is meant', 'bad', { splits: [[]] }, 400, 'REQUEST_INVALID', /splits/],
    ['a name that leads upwards', '../etc', {}, 400, 'NAME_INVALID', /dataset "\.\.\/etc" is not a name/],
    ['a name of another direction', '\u202edab', {}, 400, 'NAME_INVALID', /is not a name/],
    ['a name of a control character', 'a\u0007', {}, 400, 'NAME_INVALID', /"a\\u0007" is not a name/],
    ['a name that is an id', '019a0000-0000-7000-8000-000000000001', {}, 400, 'NAME_INVALID', /no UUID/],
    [
      'a split name that leads upwards',
      'bad',
      { splits: [split({ name: '../x' })] },
      400,
      'NAME_INVALID',
      /split "\.\.\/x" is not a name/,
    ],
    [
      'a null byte in a split name',
      'bad',
      { splits: [split({ name: 'a\0b' })] },
      400,
      'REQUEST_INVALID',
      /splits\.0\.name: holds a null character/,
    ],
    [
      'a key of half a surrogate pair',
      'bad',
      { key: 'a\ud800' },
      400,
      'REQUEST_INVALID',
      /key: holds half of a surrogate pair/,
    ],
    [
      'a domain that leads upwards',
      'bad',
      { splits: [split({ role: 'cross_domain', domain: '..' })] },
      400,
      'NAME_INVALID',
      /domain "\.\." is not a name/,
    ],
    [
      'a cross-domain split of no domain',
      'bad',
      { splits: [split({ role: 'cross_domain' })] },
      400,
      'SPLIT_DOMAIN_MISSING',
      /train has the role cross_domain and names no domain/,
    ],
    [
      'a column of two roles',
      'bad',
      { label: 'id' },
      400,
      'COLUMN_ROLES_CONFLICT',
      /column "id" is both key and label/,
    ],
    [
      'an unknown type',
      'bad',
      { declaredTypes: { x: 'int128' } },
      400,
      'DECLARED_TYPE_INVALID',
      /column "x" is declared "int128"/,
    ],
    [
      'a type within a type',
      'bad',
      { declaredTypes: { x: { constructor: 1 } } },
      400,
      'REQUEST_INVALID',
      /declaredTypes\.x\.constructor/,
    ],
    [
      'looks beyond all bounds',
      'bad',
      { looks: 2 ** 53 },
      400,
      'REQUEST_INVALID',
      /looks must not be greater than/,
    ],
    [
      'an unknown field',
      'bad',
      { colour: 'red' },
      400,
      'REQUEST_INVALID',
      /property colour should not exist/,
    ],
    [
      'a parent that is a model',
      'bad',
      { parent: 'MODEL' },
      404,
      'DATASET_VERSION_NOT_FOUND',
      /There is no dataset version/,
    ],
    [
      "a model's id where an upload's is meant",
      'bad',
      { splits: [split({ uploadId: 'MODEL' })] },
      404,
      'UPLOAD_NOT_FOUND',
      /./,
    ],
  ])('%s is refused at once, and nothing is stored', async (_, name, change, status, code, message) => {
    const uploadId = await api.upload(GOOD);
    const model = (
      await api.post<{ id: string }>('models/other/versions', {
        artifactUploadId: await api.upload('weights'),
      })
    ).id;
    const request = { splits: [split()], key: 'id', label: 'y', ...change };
    const body = JSON.parse(
      JSON.stringify({
        ...request,
        splits: request.splits.map((one) => (Array.isArray(one) ? one : { uploadId, ...one })),
      }).replaceAll('"MODEL"', JSON.stringify(model)),
    ) as object;
    const before = await storedRows(test.database.admin);
    const answer = await api.send('post', `datasets/${encodeURIComponent(name)}/versions`).send(body);
    const problem = answer.body as { code: string; detail: string };
    expect([answer.status, problem.code]).toEqual([status, code]);
    expect(problem.detail).toMatch(message);
    expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
  });
});
