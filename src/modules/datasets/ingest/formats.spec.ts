import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAs, type ColumnType } from '../../../domain/canonical/index.js';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck, type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { planPush, type SplitPlan } from '../push-plan.js';
import { inferColumns } from './infer-columns.js';
import { openSplit } from './open-split.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { sharedColumns } from './schema-of.js';

const VECTORS = join(import.meta.dirname, '../../../../test/vectors/formats');
const vector = (name: string) => readFileSync(join(VECTORS, name));

type Content = string | Buffer;
type Declared = Record<string, ColumnType>;

let home: string;
let db: DuckSession;
let end: () => void;
let over: Promise<void>;
let uploads = 0;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-formats-'));
  const duck = new Duck(AssayConfig.fromEnvironment({ ASSAY_HOME: home }));
  await new Promise<void>((opened) => {
    over = duck.with(async (session) => {
      db = session;
      opened();
      await new Promise<void>((resolve) => (end = resolve));
    });
  });
});
afterAll(async () => {
  end();
  await over;
  await rm(home, { recursive: true, force: true });
});

interface Read {
  types: Record<string, ColumnType>;
  files: RowsFile[];
}

/** One split per file, each named after its place. */
async function read(
  contents: Content[],
  declared: Declared = {},
  { maxBytes = 1e8, format, label }: { maxBytes?: number; format?: string; label?: string } = {},
): Promise<Read> {
  const splits = contents.map((_, i) => ({
    name: `s${i + 1}`,
    role: 'train',
    uploadId: '',
    format,
    sealed: label !== undefined,
  }));
  const plan = planPush('test', { splits, declaredTypes: declared, ...(label && { label, key: 'id' }) });
  const opened = [];
  for (const [i, split] of plan.splits.entries()) {
    // DuckDB keeps what it read of a path.
    const path = join(db.scratch, `upload-${(uploads += 1)}`);
    await writeFile(path, contents[i]!);
    await rm(join(db.scratch, `unpacked-${split.name}`), { force: true });
    opened.push(await openSplit(db, path, split, declared, maxBytes));
  }
  const names = sharedColumns(opened.map((each, i) => ({ split: plan.splits[i]!.name, names: each.names })));
  const files: RowsFile[] = [];
  for (const each of opened) files.push(await each.read(names));
  const found = await inferColumns(db, files, names, declared, label ?? null);
  return { types: Object.fromEntries(names.map((name, i) => [name, found[i]!])), files };
}

async function texts({ types, files }: Read): Promise<Record<string, unknown[]>> {
  const rows = await Promise.all(files.map(({ from }) => db.rows(`SELECT * FROM ${from} ORDER BY row`)));
  return Object.fromEntries(
    Object.keys(types).map((name, i) => [name, rows.flat().map((row) => row[columnAt(i)])]),
  );
}

async function refusal(...args: Parameters<typeof read>) {
  const error: unknown = await read(...args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error as { code: string; message: string };
}

async function parquet(select: string): Promise<Buffer> {
  const path = join(db.scratch, 'made.parquet');
  await db.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`);
  return readFile(path);
}

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
    ['encryption throughout', 'PARQUET_ENCRYPTED', /encrypted/, () => 'PARE and so on PARE'],
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

describe('JSON lines', () => {
  const typesOf = async (...contents: Content[]) => (await read(contents)).types;

  it('types numbers by their digits, texts as days and times, and no text as a number', async () => {
    expect(
      await typesOf(
        '\ufeff{"i":1,"big":9007199254740993,"huge":99999999999999999999,"d":1.0,"b":true,"t":"007","n":"12","day":"2024-01-31","at":"2024-01-31T10:00:00Z","nan":"NaN","z":null}\r\n\n' +
          '{"i":-2,"big":1,"huge":1,"d":2,"b":false,"t":"8","n":"13","day":null,"at":"2024-01-31t10:00:00+01:00","nan":"1","late":"x"}',
      ),
    ).toEqual({
      i: 'int64',
      big: 'int64',
      huge: 'text',
      d: 'double',
      b: 'boolean',
      t: 'text',
      n: 'text',
      day: 'date',
      at: 'timestamp',
      nan: 'text',
      z: 'text',
      late: 'text',
    });
  });

  it('has the union of all keys; what a row leaves out is null', async () => {
    const found = await texts(await read(['{"a":1}\n{"b":"x"}\n{}\n{"b":"","a":2}\n']));
    expect(found).toEqual({ a: ['1', null, null, '2'], b: [null, 'x', null, ''] });
    expect(await texts(await read(['{"a":null}\n{"a":1}\n{}']))).toEqual({ a: [null, '1', null] });
  });

  it('reads each value as its text where the type is declared', async () => {
    const mixed = '{"x":1}\n{"x":"2"}\n{"x":true}\n{"x":"NaN"}\n';
    expect(await texts(await read([mixed], { x: 'text' }))).toEqual({ x: ['1', '2', 'true', 'NaN'] });
    expect((await read(['{"x":1.5}\n{"x":"NaN"}\n'], { x: 'double' })).types).toEqual({ x: 'double' });
  });

  it.each<[string, string, RegExp, Content, Declared?]>([
    [
      'numbers and texts',
      'JSONL_MIXED_TYPES',
      /row 3, column "x": found a text; row 1 has a number/,
      '{"x":1}\n{"x":null}\n{"x":"1"}',
    ],
    [
      'numbers and booleans',
      'JSONL_MIXED_TYPES',
      /row 2, column "x": found a number; row 1 has true or false/,
      '{"x":true}\n{"x":1}',
    ],
    ['a nested value', 'JSONL_NESTED', /row 2, column "x": found a list/, '{"x":1}\n{"x":[1]}'],
    ['a key twice', 'JSONL_KEY_DUPLICATED', /row 1, column "x"/, '{"x":1,"x":2}'],
    ['keys that differ in case', 'COLUMN_NAME_DUPLICATED', /"x" and "X"/, '{"x":1}\n{"X":1}'],
    ['an empty key', 'COLUMN_NAME_INVALID', /column 1 is empty/, '{"":1}'],
    ['no keys', 'SPLIT_EMPTY', /no key in any row/, '{}\n{}\n'],
    [
      'NaN as it is',
      'JSONL_MALFORMED',
      /row 2, column "x": found what is no JSON value/,
      '{"x":1}\n{"x":NaN}',
    ],
    ['a row that is a list', 'JSONL_MALFORMED', /row 2: the line is no JSON object/, '{"x":1}\n[1]'],
    ['a row that ends early', 'JSONL_MALFORMED', /row 2/, '{"x":1}\n{"x":1'],
    ['an object over two lines', 'JSONL_MALFORMED', /row 1: the line ends inside its object/, '{\n"x":1}'],
    ['two objects on a line', 'JSONL_MALFORMED', /row 1: the line holds a second object/, '{"x":1} {"x":2}'],
    ['a list of objects', 'FORMAT_UNSUPPORTED', /a JSON array/, '[{"x":1},\n{"x":2}]'],
    [
      'bytes that are not UTF-8',
      'JSONL_ENCODING',
      /row 2: found bytes that are not UTF-8/,
      Buffer.from('{"x":"a"}\n{"x":"\xe9"}', 'latin1'),
    ],
    ['a NUL', 'NUL_CHARACTER', /row 1, column "x"/, '{"x":"a\\u0000"}'],
    ['a line of 3 MB', 'JSONL_LINE_TOO_LONG', /row 2/, `{"x":"a"}\n{"x":"${'a'.repeat(3_000_000)}"}`],
    ['a file of one endless line', 'JSONL_LINE_TOO_LONG', /row 1/, `{"x":"${'a'.repeat(5_000_000)}`],
    [
      '10,000 keys',
      'TOO_MANY_COLUMNS',
      /columns; at most 2000/,
      Array.from({ length: 10_000 }, (_, i) => `{"c${i}":1}`).join('\n'),
    ],
    [
      'what is declared int64 and is none',
      'DATASET_TYPE_MISMATCH',
      /row 2, column "x": found "1\.5"; expected an integer/,
      '{"x":1}\n{"x":1.5}',
      { x: 'int64' },
    ],
    [
      'a text that is declared a date',
      'DATASET_TYPE_MISMATCH',
      /row 2, column "x": found "31\.01\.2024"; expected a day/,
      '{"x":"2024-01-31"}\n{"x":"31.01.2024"}',
      { x: 'date' },
    ],
  ])('refuses %s', async (_, code, message, content, declared) => {
    const error = await refusal([content], declared);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  it('says nothing of values, which may be labels that are about to be sealed', async () => {
    const rows = (value: string) => `{"id":1,"y":"a"}\n{"id":2,"y":${value}}\n`;
    for (const value of [
      '["SECRET"]',
      '{"SECRET":1}',
      '"SECRET',
      'SECRET',
      '"SECRET\\x"',
      '"SECRET" 1',
      '1e5SECRET',
    ]) {
      const error = await refusal([rows(value)], {}, { label: 'y' });
      expect(error.code).toMatch(/^JSONL_/);
      expect(JSON.stringify([error.message, error])).not.toContain('SECRET');
    }
  });
});

describe('formats', () => {
  const csv = 'id,x\n1,2\n';
  it('are told by content, in files that are packed too', async () => {
    const forms = [csv, '{"id":1,"x":2}', await parquet('SELECT 1 AS id, 2 AS x')];
    for (const form of [...forms, ...forms.map((each) => gzipSync(each))]) {
      expect((await read([form])).types).toEqual({ id: 'int64', x: 'int64' });
    }
    expect((await read([vector('rows.csv.zst')])).files[0]!.rows).toBe(400);
  });

  it('of several splits have one type for each column, or none', async () => {
    const two = async (...contents: Content[]) => (await read(contents)).types;
    const big = '{"id":9007199254740993}';
    expect(await two('{"id":1}', await parquet('SELECT 1.5::DOUBLE AS id'), 'id\n7\n')).toEqual({
      id: 'double',
    });
    expect(await two(await parquet("SELECT '1' AS id"), 'id\n7\n')).toEqual({ id: 'text' });
    expect(await refusal([big, await parquet('SELECT 1.5::DOUBLE AS id')])).toMatchObject({
      code: 'DATASET_TYPE_MISMATCH',
    });
    expect(await refusal([await parquet('SELECT 9007199254740993 AS id'), 'id\n1.5\n'])).toMatchObject({
      code: 'DATASET_TYPE_MISMATCH',
      message: expect.stringContaining('split s1, row 1, column "id": found "9007199254740993"') as string,
    });
    expect(await refusal(['{"id":"x"}', '{"id":1}'])).toMatchObject({
      code: 'DATASET_TYPES_DIFFER',
      message: 'column "id" has no one type: texts in s1, numbers in s2',
    });
  });

  it.each<[string, string, RegExp, () => Content, string?]>([
    [
      'a ZIP file',
      'FORMAT_UNSUPPORTED',
      /a ZIP or Excel file/,
      () => Buffer.from('PK\x03\x04\x14\0', 'latin1'),
    ],
    ['a file that is packed twice', 'FORMAT_UNSUPPORTED', /packed twice/, () => gzipSync(gzipSync(csv))],
    [
      'a ZIP file in gzip',
      'FORMAT_UNSUPPORTED',
      /a ZIP or Excel file/,
      () => gzipSync(Buffer.from('PK\x03\x04\x14\0', 'latin1')),
    ],
    [
      'CSV that is declared Parquet',
      'FORMAT_MISMATCH',
      /declared parquet, but its file begins as CSV/,
      () => csv,
      'parquet',
    ],
    [
      'Parquet that is declared CSV',
      'FORMAT_MISMATCH',
      /declared csv, but its file is Parquet/,
      () => vector('types.parquet'),
      'csv',
    ],
    ['CSV that is declared JSON lines', 'FORMAT_MISMATCH', /declared jsonl/, () => csv, 'jsonl'],
    ['UTF-16', 'CSV_ENCODING', /UTF-16/, () => Buffer.from(`\ufeff${csv}`, 'utf16le')],
    [
      'gzip that was cut off',
      'COMPRESSED_FILE_DAMAGED',
      /s1: the gzip file cannot be read: it ends before/,
      () => gzipSync(csv).subarray(0, -3),
    ],
    ['gzip of nothing', 'CSV_EMPTY', /empty/, () => gzipSync('')],
  ])('refuse %s', async (_, code, message, content, format) => {
    const error = await refusal([content()], {}, { format });
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  it('are CSV where that is declared, whatever the first name', async () => {
    expect((await read(['{a,BZh\n1,2\n'], {}, { format: 'csv' })).types).toEqual({
      '{a': 'int64',
      BZh: 'int64',
    });
  });

  it('stop a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(2_000_000, 0x61));
    expect(await refusal([bomb], {}, { maxBytes: 1e6 })).toMatchObject({
      code: 'DECOMPRESSED_TOO_LARGE',
      kind: 'tooLarge',
    });
  });

  it('are one of those that there are', () => {
    const split = { name: 'a', role: 'train', uploadId: '', format: 'xml' };
    expect(() => planPush('d', { splits: [split] })).toThrow(
      'split a has the format "xml"; expected csv, jsonl, parquet',
    );
    const planned: SplitPlan = planPush('d', { splits: [{ ...split, format: 'jsonl' }] }).splits[0]!;
    expect(planned.format).toBe('jsonl');
  });
});
