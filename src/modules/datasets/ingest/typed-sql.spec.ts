import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAs, type ColumnType } from '../../../domain/canonical/index.js';
import { comparable, printedParts, typed } from './typed-sql.js';

let instance: DuckDBInstance;
let db: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  db = await instance.connect();
  await db.run(`SET TimeZone = 'UTC'`);
});
afterAll(() => instance.closeSync());

/** What DuckDB makes of a text, in the form that the canonical encoding compares. */
const FORM: Record<ColumnType, (sql: string) => string> = {
  int64: (sql) => `${sql}::VARCHAR`,
  double: (sql) => sql,
  boolean: (sql) => sql,
  date: (sql) => `${sql}::VARCHAR`,
  timestamp: (sql) => `strftime(${sql} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f')`,
  timestamp_naive: (sql) => `strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%f')`,
  text: (sql) => sql,
};

async function bySql(type: ColumnType, texts: string[]): Promise<unknown[]> {
  const values = texts.map((text) => `(${`'${text.replaceAll("'", "''")}'`})`).join(', ');
  const reader = await db.runAndReadAll(
    `SELECT ${FORM[type](typed(type, 'c'))} FROM (VALUES ${values}) AS t(c)`,
  );
  return reader.getRowsJS().map(([value]) => value);
}

function byDomain(type: ColumnType, text: string): unknown {
  const value = parseAs(type, text);
  if (type === 'int64') return String(value);
  if (type !== 'timestamp' && type !== 'timestamp_naive') return value;
  const [whole, fraction = ''] = String(value).replace('Z', '').split('.');
  return `${whole}.${fraction.padEnd(6, '0')}`;
}

const twoDigits = (min: number, max: number) =>
  fc.integer({ min, max }).map((n) => String(n).padStart(2, '0'));
const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), twoDigits(1, 12), twoDigits(1, 28))
  .map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
const time = fc
  .tuple(
    twoDigits(0, 23),
    twoDigits(0, 59),
    twoDigits(0, 59),
    fc.option(fc.integer({ min: 0, max: 999_999 })),
    fc.constantFrom('', '000'),
  )
  .map(
    ([h, m, s, f, zeros]) => `${h}:${m}:${s}${f === null ? '' : `.${String(f).padStart(6, '0')}${zeros}`}`,
  );
const naive = fc.tuple(date, fc.constantFrom('T', 't', ' '), time).map((parts) => parts.join(''));
const zone = fc.oneof(
  fc.constantFrom('Z', 'z'),
  fc.tuple(fc.constantFrom('+', '-'), twoDigits(0, 23), twoDigits(0, 59)).map(([s, h, m]) => `${s}${h}:${m}`),
);
const fitting = (type: ColumnType) => (text: string) => {
  try {
    parseAs(type, text);
    return true;
  } catch {
    return false;
  }
};

const TEXTS: Record<Exclude<ColumnType, 'text'>, fc.Arbitrary<string>> = {
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  double: fc.oneof(
    fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
    fc
      .tuple(fc.integer(), fc.stringMatching(/^[0-9]{1,30}$/), fc.integer({ min: -330, max: 290 }))
      .map(([a, b, e]) => `${a}.${b}e${e}`),
    fc.constantFrom(
      '-0',
      '-0.0',
      '1.',
      '.5',
      '-.5E+3',
      'NaN',
      'nan',
      'inf',
      '-inf',
      'Infinity',
      '-Infinity',
      '1e-400',
      '4.9e-324',
      '2.2250738585072011e-308',
      '9007199254740993.0',
      '1.7976931348623157e308',
    ),
  ),
  boolean: fc.constantFrom('true', 'false'),
  date,
  timestamp: fc.tuple(naive, zone).map((parts) => parts.join('')),
  timestamp_naive: naive,
};

describe('typed', () => {
  it.each(Object.entries(TEXTS))('reads %s as the domain does', async (name, texts) => {
    const type = name as ColumnType;
    await fc.assert(
      fc.asyncProperty(
        fc.array(texts.filter(fitting(type)), { minLength: 1, maxLength: 200 }),
        async (sample) => {
          expect(await bySql(type, sample)).toEqual(sample.map((text) => byDomain(type, text)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('compares by value', async () => {
    const equal = async (type: ColumnType, a: string, b: string) => {
      const reader = await db.runAndReadAll(
        `SELECT ${comparable(type, 'a')} = ${comparable(type, 'b')} FROM (VALUES ('${a}', '${b}')) AS t(a, b)`,
      );
      return reader.getRows()[0]![0];
    };
    expect(await equal('double', '1.50', '1.5')).toBe(true);
    expect(await equal('double', '-0', '0.0')).toBe(true);
    expect(await equal('double', '0.1', '0.10000000000000001')).toBe(true);
    expect(await equal('double', '0.1', '0.10000000000000002')).toBe(false);
    expect(await equal('timestamp', '2024-01-01T00:00:00Z', '2024-01-01 01:00:00+01:00')).toBe(true);
    expect(await equal('text', '1.50', '1.5')).toBe(false);
  });

  it('prints a long double as JavaScript does, in parts of 12 bytes, or with an exponent', async () => {
    const long = fc
      .oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.tuple(fc.integer(), fc.integer({ min: 1 })).map(([a, b]) => a / b),
      )
      .map((value) => (value === 0 ? 0.1 + 0.2 : value))
      .map((value) => value.toPrecision(17))
      .filter((text) => text.length > 12);
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(long, { minLength: 500, maxLength: 500 }), async (texts) => {
        const values = texts.map((text) => `('${text}')`).join(', ');
        const [head, tail] = printedParts('c');
        const reader = await db.runAndReadAll(`SELECT ${head}, ${tail} FROM (VALUES ${values}) AS t(c)`);
        for (const [i, row] of (reader.getRowsJS() as [string, string][]).entries()) {
          expect(Math.max(...row.map(({ length }) => length))).toBeLessThanOrEqual(12);
          const printed = row.join('');
          expect(Number(printed)).toBe(Number(texts[i]));
          if (printed.includes('e')) continue;
          plain += 1;
          expect(printed.replace(/\.0$/, '')).toBe(plainText(Number(texts[i])));
        }
      }),
      { numRuns: 20 },
    );
    expect(plain).toBeGreaterThan(3_000);
  });
});

/** As String, but without an exponent where the double is an integer. */
const plainText = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e15 ? String(BigInt(value)) : String(value);
