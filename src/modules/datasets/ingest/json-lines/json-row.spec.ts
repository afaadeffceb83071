import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonProblem } from './json-problem.js';
import { JsonRowReader, KIND } from './json-row.js';

function read(...lines: string[]): (string | null)[][] {
  const reader = new JsonRowReader();
  return lines.map((line) => {
    reader.read(`#${line}#`, 1, line.length + 1);
    return [...reader.fields];
  });
}

describe('JsonRowReader', () => {
  it('keeps every digit, tells null from an empty text, and takes a missing key for null', () => {
    expect(
      read(
        '{"a":9007199254740993,"b":-0,"c":1.50,"d":1E+5,"e":123456789012345678901234567890}',
        ' { "b" : null , "a" : "" } ',
        '{"c":true,"d":false,"e":"x,\\"y\\"\\n\\u00e9"}',
        '{}',
      ),
    ).toEqual([
      ['9007199254740993', '-0', '1.50', '1E+5', '123456789012345678901234567890'],
      ['""', null, null, null, null],
      [null, null, 'true', 'false', '"x,""y""\n\u00e9"'],
      [null, null, null, null, null],
    ]);
  });

  it('finds keys in any order, with escapes, beside others that begin alike', () => {
    const reader = new JsonRowReader();
    for (const line of ['{"a":1,"ab":2}', '{"ab":3,"a":4}', '{"\\u0061":5,"a b":6}'])
      reader.read(line, 0, line.length);
    expect(reader.columns.map(({ name }) => name)).toEqual(['a', 'ab', 'a b']);
    expect(reader.fields).toEqual(['5', null, '6']);
    expect(reader.columns.map(({ kinds }) => kinds)).toEqual([KIND.number, KIND.number, KIND.number]);
  });

  it.each([
    ['{"a":[1]}', 'JSONL_NESTED', 'a'],
    ['{"a":1,"b":{"c":1}}', 'JSONL_NESTED', 'b'],
    ['{"a":1,"a":1}', 'JSONL_KEY_DUPLICATED', 'a'],
    ['{"a":1,"\\u0061":1}', 'JSONL_KEY_DUPLICATED', 'a'],
    ['{"a":"\\u0000"}', 'NUL_CHARACTER', 'a'],
    ['{"a":"\\ud800"}', 'JSONL_ENCODING', 'a'],
    ['{"a":"\\x41"}', 'JSONL_MALFORMED', 'a'],
    ['{"a":"\t"}', 'JSONL_MALFORMED', 'a'],
    ['{"a":"x}', 'JSONL_MALFORMED', 'a'],
    ...[
      'NaN',
      'Infinity',
      '-',
      '01',
      '1.',
      '.5',
      '+1',
      '1e',
      '0x10',
      '1_0',
      'True',
      'nul',
      'undefined',
      "'x'",
    ].map((value) => [`{"a":${value}}`, 'JSONL_MALFORMED', 'a'] as const),
    ...[
      '',
      'null',
      '[1,2]',
      '5',
      '"x"',
      '{',
      '{"a"',
      '{"a":1',
      '{"a":1,}',
      '{"a":1 "b":2}',
      '{a:1}',
      '{"a":1}}',
      '{"a":1}{"a":2}',
      '{"a":1},',
    ].map((line) => [line, 'JSONL_MALFORMED', undefined] as const),
  ] as const)('refuses %s with %s', (line, code, column) => {
    let found: unknown;
    try {
      read(line);
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(JsonProblem);
    expect(found).toMatchObject({ code });
    if (column !== undefined) expect(found).toMatchObject({ column });
  });

  it('agrees with JSON.parse on every object of plain values that JSON.stringify writes', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((each) => !each.includes('\0'));
    const value = fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const row = fc.dictionary(text, value, { maxKeys: 6 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const reader = new JsonRowReader();
        for (const each of rows) {
          const line = JSON.stringify(each);
          reader.read(line, 0, line.length);
          const found = reader.columns.map(({ name }, i) => [name, reader.fields[i]] as const);
          const said = JSON.parse(line) as Record<string, unknown>;
          for (const [name, field] of found)
            expect(field, name).toBe(asField(Object.hasOwn(said, name) ? said[name] : null));
        }
      }),
      { numRuns: 300 },
    );
  });
});

function asField(value: unknown): string | null {
  if (value === null) return null;
  return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : JSON.stringify(value);
}
