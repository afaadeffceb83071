import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAs } from '../../../../domain/canonical/index.js';
import { planPush } from '../../push-plan.js';
import { openSplit } from '../open-split.js';
import {
  type Content,
  db,
  type Declared,
  parquet,
  read,
  refusal,
  texts,
  vector,
  openDatabase,
} from '../formats-fixture.js';

// Vitest takes what it answers for the end.
beforeAll(openDatabase);

describe('Parquet', () => {
  const TYPES: Declared = {
    id: 'int64',
    int8: 'int64',
    uint64: 'int64',
    float: 'double',
    double: 'double',
    whole: 'double',
    bool: 'boolean',
    date32: 'date',
    date64: 'date',
    seconds: 'timestamp_naive',
    millis: 'timestamp_naive',
    micros: 'timestamp_naive',
    nanos: 'timestamp_naive',
    instant: 'timestamp',
    text: 'text',
    large: 'text',
    category: 'text',
    nothing: 'text',
    integers: 'int64',
    clock: 'text',
  };

  it('gives the types that PyArrow wrote, and their values as CSV has them', async () => {
    const found = await read([vector('types.parquet')]);
    expect(found.types).toEqual(TYPES);
    const ours = await texts(found);
    const theirs = await texts(await read([vector('types.csv')], TYPES));
    // Forms of one value that differ as texts and not as values.
    const differ = Object.keys(TYPES).filter(
      (name) => JSON.stringify(ours[name]) !== JSON.stringify(theirs[name]),
    );
    expect(differ).toEqual(['float', 'double', 'whole', 'seconds', 'millis', 'micros', 'nanos', 'instant']);
    for (const [name, type] of Object.entries(TYPES)) {
      const values = (column: unknown[]) => column.map((text) => parseAs(type, text as string | null));
      expect(values(ours[name]!), name).toEqual(values(theirs[name]!));
    }
    expect(ours).toMatchObject({
      id: ['9007199254740993', '-1', '0'],
      float: ['0.1', '16777216', null],
      double: ['0.1', '0', 'nan'],
      whole: ['5', '9007199254740992', '1e+300'],
      instant: ['2020-01-01 01:02:03.000004Z', null, null],
      text: ['007', '', null],
    });
  });

  it('takes integral doubles for integers, and decimals as their digits, where that is declared', async () => {
    const file = await parquet('SELECT 5.0::DOUBLE AS a, 1.50::DECIMAL(10,2) AS m');
    expect(await texts(await read([file], { a: 'int64', m: 'text' }))).toEqual({ a: ['5'], m: ['1.50'] });
    expect((await read([file], { m: 'double' })).types).toEqual({ a: 'double', m: 'double' });
  });

  it.each<[string, string, RegExp, () => Content | Promise<Content>, Declared?]>([
    [
      'a file that was cut off',
      'PARQUET_UNREADABLE',
      /its end is missing/,
      () => vector('types.parquet').subarray(0, -20),
    ],
    ['four bytes', 'PARQUET_UNREADABLE', /its end is missing/, () => 'PAR1'],
    ['a footer of nothing', 'PARQUET_UNREADABLE', /footer or its pages/, () => 'PAR1 and so on PAR1'],
    [
      'a footer that is damaged',
      'PARQUET_UNREADABLE',
      /footer or its pages/,
      () =>
        Buffer.from(
          vector('types.parquet').map((byte, i, all) =>
            i > all.length - 60 && i < all.length - 8 ? 255 : byte,
          ),
        ),
    ],
    [
      'pages that are damaged',
      'PARQUET_UNREADABLE',
      /footer or its pages/,
      () => Buffer.from(vector('types.parquet').map((byte, i) => (i > 4 && i < 300 ? 255 : byte))),
    ],
    [
      'an encrypted footer',
      'PARQUET_ENCRYPTED',
      /encrypted/,
      () => Buffer.concat([vector('types.parquet').subarray(0, -4), Buffer.from('PARE')]),
    ],
    ['encryption throughout', 'PARQUET_ENCRYPTED', /encrypted/, () => 'PARE\0\x01 and so on PARE'],
    ['lists', 'PARQUET_NESTED', /column "l" holds lists/, () => parquet('SELECT 1 AS id, [1] AS l')],
    ['structs', 'PARQUET_NESTED', /column "st"/, () => parquet("SELECT 1 AS id, {'a': 1} AS st")],
    ['maps', 'PARQUET_NESTED', /column "mp"/, () => parquet("SELECT 1 AS id, MAP {'a': 1} AS mp")],
    [
      'bytes',
      'PARQUET_TYPE_UNSUPPORTED',
      /column "b" is of Parquet's type BLOB/,
      () => parquet("SELECT 'a'::BLOB AS b"),
    ],
    ['intervals', 'PARQUET_TYPE_UNSUPPORTED', /INTERVAL/, () => parquet('SELECT INTERVAL 1 DAY AS i')],
    [
      'decimals',
      'PARQUET_DECIMAL',
      /column "m" is of Parquet's type DECIMAL\(10,2\)/,
      () => parquet('SELECT 1.5::DECIMAL(10,2) AS m'),
    ],
    [
      'decimals of 50 digits',
      'PARQUET_TYPE_UNSUPPORTED',
      /50 digits/,
      () => vector('decimal256.parquet'),
      { x: 'text' },
    ],
    ['timestamps of before', 'PARQUET_TYPE_UNSUPPORTED', /INT96/, () => vector('int96.parquet')],
    [
      'instants of nanoseconds',
      'PARQUET_TYPE_UNSUPPORTED',
      /TIMESTAMP_NS WITH/,
      () => vector('instant-nanos.parquet'),
    ],
    [
      'a column twice',
      'COLUMN_NAME_DUPLICATED',
      /two columns are named "a"/,
      () => vector('same-names.parquet'),
    ],
    [
      'columns that differ in case',
      'COLUMN_NAME_DUPLICATED',
      /"a" and "A"/,
      () => vector('names-of-case.parquet'),
    ],
    ['no rows', 'SPLIT_EMPTY', /no rows/, () => parquet('SELECT 1 AS id WHERE false')],
    [
      '10,000 columns',
      'TOO_MANY_COLUMNS',
      /10000 columns/,
      () => parquet(`SELECT ${Array.from({ length: 10_000 }, (_, i) => `1 AS c${i}`).join(', ')}`),
    ],
    [
      'an unsigned integer beyond 2^63',
      'DATASET_TYPE_MISMATCH',
      /row 2, column "u": found "9223372036854775808"/,
      () => parquet('SELECT unnest([1, 9223372036854775808])::UBIGINT AS u'),
    ],
    [
      'a day of the year 10000',
      'DATASET_TYPE_MISMATCH',
      /row 1, column "d": found "10000-01-01"/,
      () => parquet("SELECT DATE '10000-01-01' AS d"),
    ],
    [
      'an endless day',
      'DATASET_TYPE_MISMATCH',
      /found "infinity"/,
      () => parquet("SELECT 'infinity'::DATE AS d"),
    ],
    [
      'an endless instant',
      'DATASET_TYPE_MISMATCH',
      /found "infinity"/,
      () => parquet("SELECT 'infinity'::TIMESTAMPTZ AS t"),
    ],
    [
      'one nanosecond',
      'DATASET_TYPE_MISMATCH',
      /row 1, column "t": found "2020-01-01 00:00:00\.000000001"/,
      () => parquet("SELECT TIMESTAMP_NS '2020-01-01 00:00:00.000000001' AS t"),
    ],
    [
      'a NUL',
      'NUL_CHARACTER',
      /row 2: a text holds a NUL/,
      () => parquet("SELECT unnest(['a', 'b' || chr(0)]) AS t"),
    ],
    [
      'a row of 3 MB',
      'PARQUET_ROW_TOO_LONG',
      /row 2/,
      () => parquet("SELECT unnest(['a', repeat('b', 3000000)]) AS t"),
    ],
    [
      'what a declared type does not fit',
      'DATASET_TYPE_MISMATCH',
      /row 2, column "t": found "b"; expected an integer/,
      () => parquet("SELECT unnest(['1', 'b']) AS t"),
      { t: 'int64' },
    ],
    [
      'a fraction that is declared int64',
      'DATASET_TYPE_MISMATCH',
      /row 2, column "x": found "1\.5"/,
      () => parquet('SELECT unnest([1, 1.5]::DOUBLE[]) AS x'),
      { x: 'int64' },
    ],
  ])('refuses %s', async (_, code, message, content, declared) => {
    const error = await refusal([await content()], declared);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  it('has the columns that stand in it, whatever its path says', async () => {
    const folder = join(db.scratch, 'a=9');
    await mkdir(folder);
    const path = join(folder, 'x.parquet');
    await writeFile(path, await parquet('SELECT 1 AS a'));
    const { splits } = planPush('test', { splits: [{ name: 's', role: 'train', uploadId: '' }] });
    const opened = await openSplit(db, path, splits[0]!, {}, 1e8);
    expect(opened.names).toEqual(['a']);
    expect(await db.rows(`SELECT * FROM ${(await opened.read(['a'])).from}`)).toEqual([{ row: 1n, c0: '1' }]);
  });

  it('refuses what as CSV would be larger than any file that is taken', async () => {
    const rows = await parquet("SELECT 1 AS a, 'x' AS t FROM range(5000)");
    expect(rows.length).toBeLessThan(2_000);
    expect(await refusal([rows], {}, { maxBytes: 9_000 })).toMatchObject({
      code: 'DECOMPRESSED_TOO_LARGE',
      kind: 'tooLarge',
    });
    const texts = await parquet("SELECT repeat('x', 1000) AS t FROM range(5000)");
    expect(texts.length).toBeLessThan(20_000);
    expect(await refusal([texts], {}, { maxBytes: 1e6 })).toMatchObject({ code: 'DECOMPRESSED_TOO_LARGE' });
  });
});
