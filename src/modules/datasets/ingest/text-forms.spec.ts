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

/** A table of columns of one length, for a FROM clause. */
function tableOf(columns: (string | null)[][]): string {
  const sql = (value: string | null | undefined) =>
    value === null || value === undefined ? 'NULL::VARCHAR' : literal(value);
  const rows = columns[0]!.map((_, i) => `(${columns.map((column) => sql(column[i])).join(', ')})`);
  return `(VALUES ${rows.join(', ')}) t(${columns.map((_, i) => `c${i}`).join(', ')})`;
}

const formsIn = (from: string, rows: number, columns: number): Promise<TextForms[]> =>
  duck.with((db) =>
    textForms(
      db,
      { from, rows },
      Array.from({ length: columns }, (_, i) => i),
    ),
  );

/** The forms of several columns of one length, at once. */
const formsOf = (columns: (string | null)[][]): Promise<TextForms[]> =>
  formsIn(tableOf(columns), columns[0]!.length, columns.length);

const fits = (type: ColumnType, text: string) => {
  try {
    parseAs(type, text);
    return true;
  } catch {
    return false;
  }
};

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
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true }).map(String),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
);
const exponent = fc
  .tuple(fc.integer(), fc.constantFrom('e', 'E', '.e', '.5e', 'e+', 'e-'), fc.integer({ min: 0, max: 400 }))
  .map((parts) => parts.join(''));
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
    exponent,
  )
  .chain((value) => fc.array(fc.option(value, { freq: 6 }), { minLength: 6, maxLength: 6 }));

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
    [['-2.5E-07', '1.e+99'], 'double'],
    [['1e100', '1'], undefined],
    [['1e400', '1'], undefined],
    [['NaN', '1'], undefined],
    [['true', 'false'], 'boolean'],
    [['true', '1'], undefined],
    [['2024-01-01', '2024-02-29'], 'date'],
    [['2024-01-01', '2023-02-29'], undefined],
    [['2024-01-01', '24-01-01'], undefined],
    [['0000-01-01', '2024-01-01'], undefined],
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
        const [a, b] = [columns[0]!, columns[1]!];
        const together = surelyType(addForms(forms[0]!, forms[1]!));
        if (together !== undefined) expect(together ?? 'text').toBe(inferType([...a, ...b]));
      }),
      { numRuns: 8 },
    );
  });

  it('is the same whether all is asked of every text, or what the first texts suggest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(column, { minLength: 60, maxLength: 60 }),
        fc.array(fc.tuple(fc.boolean(), column), { minLength: 60, maxLength: 60 }),
        async (firsts, others) => {
          // Some end as they began, some with other texts.
          const lasts = firsts.map((first, i) => (others[i]![0] ? first : others[i]![1]));
          const from = `(SELECT t.* FROM ${tableOf(firsts)}, range(500) UNION ALL SELECT * FROM ${tableOf(lasts)})`;
          const [asked, guessed] = [
            await formsIn(from, 0, firsts.length),
            await formsIn(from, 3006, firsts.length),
          ];
          asked.forEach((forms, i) => {
            const told = (all: TextForms) => [
              surelyType(all),
              ...COLUMN_TYPES.map((type) => surelyFits(type, all)),
            ];
            expect(told(guessed[i]!), JSON.stringify([firsts[i], lasts[i]])).toEqual(told(forms));
          });
        },
      ),
      { numRuns: 6 },
    );
  });
});
