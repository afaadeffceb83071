import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { literal } from '../../../platform/duckdb/index.js';
import { planPush, type SplitPlan } from '../push-plan.js';
import { type Content, db, parquet, read, refusal, vector, openDatabase } from './formats-fixture.js';
import { columnAt } from './rows-file.js';

// Vitest takes what it answers for the end.
beforeAll(openDatabase);

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
      // Longer than two of DuckDB's buffers, it takes its parts for fields.
      'a cell of 100 MB',
      'CSV_LINE_TOO_LONG',
      /s1, line 2: a line is longer than 2 MB/,
      () => Buffer.concat([Buffer.from('id,x\n1,'), Buffer.alloc(100_000_000, 'x'), Buffer.from('\n')]),
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

  it.each(['PARENT', 'ORCHARD', 'BZh', '7z', 'Object', 'ARROW1'])(
    'are CSV where the first name is %s',
    async (name) => {
      expect((await read([`${name},x\n1,2\n`])).types).toEqual({ [name]: 'int64', x: 'int64' });
    },
  );

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

const ADULT = join(import.meta.dirname, '../../../../../shared/data/adult');
const hasAdult = existsSync(ADULT);
if (!hasAdult) console.error(`SKIPPED: Adult in every format needs ${ADULT}`);

describe.skipIf(!hasAdult)('Adult (UCI), 48,842 rows', () => {
  const names =
    'id,age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,capital_gain,capital_loss,hours_per_week,native_country,income'.split(
      ',',
    );
  const rows = () =>
    ['adult-train.csv', 'adult-test.csv']
      .flatMap((name) => readFileSync(join(ADULT, name), 'utf8').trim().split('\n'))
      .map((line, i) => [
        String(i),
        ...line
          .replace(/, /g, ',')
          .replace(/\.\r?$/, '')
          .split(','),
      ]);
  const numbers = new Set('id,age,fnlwgt,education_num,capital_gain,capital_loss,hours_per_week'.split(','));

  /** Types and rows, whatever their order and that of columns: where both are the same, so is the content id. */
  async function content(file: Content) {
    const { types, files } = await read([file]);
    const columns = Object.keys(types);
    const list = [...columns].sort().map((name) => `coalesce(${columnAt(columns.indexOf(name))}, '\u0001')`);
    const [sum] = await db.rows<{ sum: string }>(
      `SELECT CAST(sum(hash(concat_ws(chr(2), ${list.join(', ')}))::HUGEINT) AS VARCHAR) AS sum FROM ${files[0]!.from}`,
    );
    return { types: Object.fromEntries(Object.entries(types).sort()), rows: files[0]!.rows, sum: sum!.sum };
  }

  it('are the same rows as CSV, as Parquet and as packed JSON lines, shuffled and with columns in another order', async () => {
    const all = rows();
    const csv = `${names.join(',')}\n${all.map((row) => row.join(',')).join('\n')}\n`;
    const other = [...names].reverse();
    const places = other.map((name) => names.indexOf(name));
    const lines = (of: string[][]) =>
      of
        .map((row) => {
          const members = other.map((name, i) => {
            const text = row[places[i]!]!;
            return `"${name}": ${numbers.has(name) ? text : JSON.stringify(text)}`;
          });
          return `{${members.join(', ')}}`;
        })
        .join('\n');
    const shuffled = all.map((_, i) => all[(i * 7919) % all.length]!);
    const expected = await content(csv);
    expect(expected.rows).toBe(48_842);
    expect(await content(gzipSync(lines(shuffled), { level: 1 }))).toEqual(expected);
    const path = join(db.scratch, 'adult.csv');
    await writeFile(path, csv);
    const source = `read_csv(${literal(path)}, header = true, delim = ',')`;
    expect(
      await content(await parquet(`SELECT ${other.join(', ')} FROM ${source} ORDER BY hash(id)`)),
    ).toEqual(expected);
    const changed = all.map((row, i) => (i === 31_337 ? row.with(1, '99') : row));
    expect((await content(lines(changed))).sum).not.toBe(expected.sum);
  });
});
