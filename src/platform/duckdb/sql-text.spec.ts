import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifier, literal } from './sql-text.js';

describe('identifier and literal', () => {
  it.each([
    ['age', '"age"'],
    ['a"b', '"a""b"'],
    ['"; DROP TABLE x; --', '"""; DROP TABLE x; --"'],
    ["it's", '"it\'s"'],
  ])('quotes the name %j as %s', (name, quoted) => {
    expect(identifier(name)).toBe(quoted);
  });

  it.each([
    ['', "''"],
    ["it's", "'it''s'"],
    ["'; DROP TABLE x; --", "'''; DROP TABLE x; --'"],
    ['back\\slash', "'back\\slash'"],
  ])('quotes the text %j as %s', (text, quoted) => {
    expect(literal(text)).toBe(quoted);
  });

  it('refuses what cannot be quoted', () => {
    expect(() => identifier('')).toThrow(/empty/);
    expect(() => identifier('a\0b')).toThrow(/NUL/);
    expect(() => literal('a\0b')).toThrow(/NUL/);
  });
});

describe('DuckDB reads back', () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
  });
  afterAll(() => instance.closeSync());

  it('any text and any name, unchanged', async () => {
    const connection = await instance.connect();
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((s) => !s.includes('\0'));
    await fc.assert(
      fc.asyncProperty(text, text, async (value, name) => {
        const column = `c${name}`;
        const reader = await connection.runAndReadAll(`SELECT ${literal(value)} AS ${identifier(column)}`);
        expect(reader.columnNames()).toEqual([column]);
        expect(reader.getRows()).toEqual([[value]]);
      }),
      { numRuns: 200 },
    );
  });
});
