import { beforeAll, describe, expect, it } from 'vitest';
import { type Content, type Declared, read, refusal, texts, openDatabase } from '../formats-fixture.js';

// Vitest takes what it answers for the end.
beforeAll(openDatabase);

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
