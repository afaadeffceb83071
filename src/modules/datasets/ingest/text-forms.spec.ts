import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLUMN_TYPES, inferType, parseAs, type ColumnType } from '../../../domain/canonical/index.js';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck, literal } from '../../../platform/duckdb/index.js';
import { addForms, surelyFits, surelyType, textForms, type TextForms } from './text-forms.js';

let home: string;
let duck: Duck;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-forms-'));
  duck = new Duck(AssayConfig.fromEnvironment({ ASSAY_HOME: home }));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The forms of several columns of one length, at once; `types` are what they are known to be, by turns. */
function formsOf(columns: (string | null)[][], types: readonly ColumnType[] = []): Promise<TextForms[]> {
  const sql = (value: string | null | undefined) =>
    value === null || value === undefined ? 'NULL::VARCHAR' : literal(value);
  const rows = columns[0]!.map((_, i) => `(${columns.map((column) => sql(column[i])).join(', ')})`);
  const names = columns.map((_, i) => `c${i}`).join(', ');
  return duck.with((db) =>
    textForms(
      db,
      { from: `(VALUES ${rows.join(', ')}) t(${names})` },
      columns.map((_, index) => ({ index, type: types[index % types.length] })),
    ),
  );
}

const fits = (type: ColumnType, text: string) => {
  try {
    parseAs(type, text);
    return true;
  } catch {
    return false;
  }
};

describe('what a column is for certain', () => {
  it.each<[(string | null)[], ColumnType | null | undefined]>([
    [[null, null], null],
    [['1', '-0'], 'int64'],
    [['999999999999999999', null], 'int64'],
    [['9223372036854775807', '1'], undefined],
    [['1', '1.'], 'double'],
    [['-0.5', '999999999999999'], 'double'],
    [['0.5', '9999999999999999'], undefined],
    [['1e5', '1'], 'double'],
    [['-2.5E-07', '1e99'], 'double'],
    [['1e100', '1'], undefined],
    [['NaN', '1'], undefined],
    [['true', 'false'], 'boolean'],
    [['true', '1'], undefined],
    [['2024-02-29', '0001-12-31'], 'date'],
    [['2000-02-29', '9999-04-30'], 'date'],
    [['2023-02-29', '2023-01-01'], undefined],
    [['1900-02-29', '2023-01-01'], undefined],
    [['2023-04-31', '2023-01-01'], undefined],
    [['0000-01-01', '2023-01-01'], undefined],
    [['2024-01-01T23:59:59Z', '2024-01-01 00:00:00.5z'], 'timestamp'],
    [['2024-01-01T23:59:59+01:00', '2024-01-01 00:00:00.5z'], undefined],
    [['2024-01-01T23:59:60Z', '2024-01-01 00:00:00Z'], undefined],
    [['2024-01-01t23:59:59.123456', '2024-01-01 00:00:00'], 'timestamp_naive'],
    [['2024-01-01', '2024-01-01 00:00:00'], undefined],
    [['1', ''], 'text'],
    [['1', ' 1'], 'text'],
    [['1', '+1'], 'text'],
    [['1', 'zürich'], 'text'],
    [['007', '1'], undefined],
  ])('%j is %s', async (column, expected) => {
    const [forms] = await formsOf([column]);
    expect(surelyType(forms!)).toBe(expected);
    if (expected) expect(inferType(column)).toBe(expected);
  });

  it('is what inference from every text finds, or is left open; and so it is with declared types', async () => {
    const odd = fc.constantFrom(
      '',
      '-',
      '.',
      '-0',
      '00',
      '1.',
      '.5',
      '1e5',
      '1e400',
      'nan',
      'inf',
      '-inf',
      'true',
      'True',
      'f',
      't',
    );
    const dates = fc.constantFrom(
      '2024-01-01',
      '2024-01-01T00:00:00Z',
      '2024-01-01 00:00:00',
      '9'.repeat(18),
      '9'.repeat(19),
      '9007199254740993',
    );
    const pad = (n: number, width: number) => String(n).padStart(width, '0');
    const moment = fc
      .tuple(
        fc.constantFrom(0, 1, 1900, 2000, 2023, 2024, 9999),
        fc.oneof({ weight: 2, arbitrary: fc.constant(2) }, fc.integer({ min: 0, max: 13 })),
        fc.oneof(fc.constantFrom(28, 29, 30, 31), fc.integer({ min: 0, max: 32 })),
        fc.constantFrom(
          '',
          'T23:59:59Z',
          't00:00:00.5z',
          ' 24:00:00Z',
          ' 12:00:60',
          'T12:00:00.1234567',
          'T12:00:00',
        ),
      )
      .map(([year, month, day, time]) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}${time}`);
    const exponent = fc
      .tuple(
        fc.integer(),
        fc.constantFrom('e', 'E', '.e', '.5e', 'e+', 'e-'),
        fc.integer({ min: 0, max: 400 }),
      )
      .map((parts) => parts.join(''));
    const number = fc.oneof(
      fc.integer().map(String),
      fc.double({ noNaN: true }).map(String),
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
    );
    const text = fc.string({ maxLength: 4 }).filter((each) => !each.includes('\0'));
    const column = fc
      .constantFrom(
        odd,
        dates,
        number,
        text,
        fc.oneof(odd, number),
        fc.integer().map(String),
        fc.boolean().map(String),
        moment,
        moment.map((each) => each.slice(0, 10)),
        moment.filter((each) => each.length > 10 && each.endsWith('Z')),
        exponent,
      )
      .chain((value) => fc.array(fc.option(value, { freq: 6 }), { minLength: 6, maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 60, maxLength: 60 }), async (columns) => {
        const forms = await formsOf(columns);
        columns.forEach((each, i) => {
          const found = surelyType(forms[i]!);
          if (found !== undefined) expect(found ?? 'text', JSON.stringify(each)).toBe(inferType(each));
          for (const type of COLUMN_TYPES) {
            if (surelyFits(type, forms[i]!))
              expect(each.every((one) => one === null || fits(type, one))).toBe(true);
          }
        });
        const some = columns.slice(0, 12);
        const known = await formsOf(
          some.flatMap((each) => COLUMN_TYPES.map(() => each)),
          COLUMN_TYPES,
        );
        known.forEach((each, i) => {
          const type = COLUMN_TYPES[i % COLUMN_TYPES.length]!;
          const all = forms[Math.floor(i / COLUMN_TYPES.length)]!;
          expect(surelyFits(type, each)).toBe(surelyFits(type, all));
        });
        const [a, b] = [columns[0]!, columns[1]!];
        const together = surelyType(addForms(forms[0]!, forms[1]!));
        if (together !== undefined) expect(together ?? 'text').toBe(inferType([...a, ...b]));
      }),
      { numRuns: 8 },
    );
  });
});
