import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrongName } from './json-names.js';

describe('wrongName', () => {
  it.each([
    ['{"a":1,"a":2}', { name: 'a', why: 'repeated' }],
    ['{"a":1,"\\u0061":2}', { name: 'a', why: 'repeated' }],
    ['[{"x":{"b":[{"c":1}],"b":{}}}]', { name: 'b', why: 'repeated' }],
    ['{"":1,"":2}', { name: '', why: 'repeated' }],
    ['{"a\\"":1,"a\\"":2}', { name: 'a"', why: 'repeated' }],
    ['{"a":{"__proto__":1}}', { name: '__proto__', why: 'reserved' }],
    ['{"\\u005f_proto__":1}', { name: '__proto__', why: 'reserved' }],
  ])('finds it in %s', (json, expected) => {
    expect(() => JSON.parse(json) as unknown).not.toThrow();
    expect(wrongName(json)).toEqual(expected);
  });

  it.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '["a","a"]',
    '{"a":"a","b":"a,\\"a\\":1"}',
    '"__proto__"',
    '{"a":"__proto__"}',
    '5',
  ])('takes %s', (json) => {
    expect(wrongName(json)).toBeUndefined();
  });

  it('takes whatever a writer of JSON writes', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), fc.constantFrom(undefined, 1), (json, indent) => {
        const written = JSON.stringify(JSON.parse(json), null, indent);
        expect(written.includes('"__proto__"') || wrongName(written) === undefined).toBe(true);
      }),
    );
  });
});
