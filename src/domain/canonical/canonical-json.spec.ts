import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from './canonical-json.js';

describe('canonicalJson', () => {
  it('prints the examples of RFC 8785', () => {
    // Section 3.2.2 and 3.2.3.
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect([...canonicalJson(order).matchAll(/:(\d)/g)].map((match) => match[1])).toEqual([...'2467153']);
  });

  it('does not depend on the order of members', () => {
    expect(digestOf({ a: 1, b: { c: [1], d: null } })).toBe(digestOf({ b: { d: null, c: [1] }, a: 1 }));
    expect(digestOf({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });

  it('turns -0 into 0', () => expect(canonicalJson([-0])).toBe('[0]'));

  it.each([
    ['NaN', { a: NaN }, '$.a'],
    ['infinity', [Infinity], '$[0]'],
    ['undefined', { a: { b: undefined } }, '$.a.b'],
    ['a hole', [1, , 2], '$[1]'],
    ['a bigint', 1n, '$'],
    ['a date', { at: new Date(0) }, '$.at'],
    ['a map', new Map(), '$'],
    ['a function', { f: () => 1 }, '$.f'],
    ['a symbol key', { [Symbol('a')]: 1 }, '$'],
    ['a lone surrogate', ['\ud800'], '$[0]'],
    ['a lone surrogate as a key', { '\udc00': 1 }, '$'],
  ])('refuses %s', (_, value, path) => {
    expect(() => canonicalJson(value)).toThrow(`${path}`);
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'NOT_CANONICAL_JSON' }));
  });

  it('refuses a cycle but not the same object twice', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => canonicalJson(cycle)).toThrow('$.self is a cycle');
    const twice = { a: 1 };
    expect(canonicalJson([twice, twice])).toBe('[{"a":1},{"a":1}]');
  });

  it('reads back as the same value, and is stable', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
