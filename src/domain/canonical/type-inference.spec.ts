import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TYPE_PATTERNS, type ColumnType } from './column-type.js';
import { parseAs } from './parse-value.js';
import { TypeInference, inferType } from './type-inference.js';

/** Written by test/vectors/encoding.py, which knows docs/encoding.md only. */
const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/encoding.json', import.meta.url), 'utf8'),
) as {
  inferred: { fields: (string | null)[]; type: ColumnType }[];
  refused: { type: ColumnType; csv: string }[];
};

describe('inferType', () => {
  it.each(vectors.inferred)('$fields is $type', ({ fields, type }) => expect(inferType(fields)).toBe(type));

  it('sees a fraction in row 29,991 of an integer column', () => {
    const inference = new TypeInference();
    for (let i = 0; i < 29_990; i++) inference.add(String(i));
    inference.add('1.5');
    inference.add(null);
    expect(inference.finish()).toEqual({ type: 'double', rows: 29_992, nulls: 1 });
  });

  it('does not depend on the order of rows', () => {
    const field = fc.constantFrom(
      '1',
      '9007199254740993',
      '1.5',
      'NaN',
      'true',
      '2024-01-01',
      '',
      null,
      '-0',
    );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 5 }), (fields) => {
        expect(inferType([...fields].reverse())).toBe(inferType(fields));
      }),
    );
  });

  it('finds a type that every field parses as', () => {
    const field = fc.oneof(
      fc.integer().map(String),
      fc.double().map(String),
      fc.constantFrom('true', 'false', '2024-01-01', '2024-01-01T00:00:00Z', 'x'),
    );
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 4 }), (fields) => {
        const type = inferType(fields);
        for (const text of fields) expect(() => parseAs(type, text)).not.toThrow();
      }),
    );
  });
});

describe('parseAs', () => {
  it.each(vectors.refused)('refuses $csv as $type', ({ type, csv }) => {
    expect(() => parseAs(type, csv)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH', found: csv }));
  });

  it('does not repeat the value in the message, as it may be sealed', () => {
    expect(() => parseAs('boolean', 'secret')).toThrow(/^expected true or false$/);
  });

  it('keeps null', () => expect(parseAs('int64', null)).toBeNull());

  it('accepts nothing that the published pattern does not', () => {
    for (const { type, csv } of vectors.refused) {
      if (type === 'text' || !new RegExp(`^(?:${TYPE_PATTERNS[type]})$`).test(csv)) continue;
      // What the pattern lets through and the parser does not is a matter of range or calendar.
      expect(csv).toMatch(/^-?\d+$|e\+?400$|^\d{4}-\d\d-\d\d/);
    }
  });
});
