import fc from 'fast-check';

/** Texts that have broken servers: paths, controls, surrogates, numbers that are none, names that JavaScript gives a meaning. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '..',
  '../../etc/passwd',
  '..\\..\\boot.ini',
  '/',
  '%00',
  '%2e%2e%2f',
  "' OR '1'='1",
  '"); DROP TABLE project; --',
  '$1',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\u202egnp.exe',
  '\u0007\u001b[31m',
  'line\r\nbreak: 1',
  '\ud800',
  'x\udc00',
  '\uffff',
  '\ufeffname',
  'e\u0301',
  '😀'.repeat(60),
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'NaN',
  'Infinity',
  '-0',
  '1e400',
  '0x1f',
  '0_5',
  '9007199254740993',
  '9223372036854775808',
  '-1',
  '1.5',
  'null',
  'undefined',
  'true',
  '@',
  'people@',
  '@1',
  'people@0',
  'people@-1',
  'people@1@2',
  'people@99999999999999999999',
  'credit@2147483648',
  'model:',
  ':',
  'nothing:credit@1',
  'model:credit@1:x',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '019a0000-0000-7000-8000-00000000000g',
  'x'.repeat(101),
  'x'.repeat(251),
  'x'.repeat(1_001),
  'x'.repeat(9_000),
  '2026-02-30T25:61:61Z',
  '-99999-01-01',
  '0d',
  '99999999999999d',
];

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

/** `__proto__` as a key of its own, which an object literal cannot say. */
const polluting = (key: string): unknown => Object.fromEntries([[key, { polluted: true }]]);

export const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  [],
  {},
  [[]],
  [null],
  [{}],
  { a: { b: { c: [] } } },
  nested(30),
  nested(99),
  nested(150),
  polluting('__proto__'),
  polluting('constructor'),
  polluting('toString'),
  { length: 5 },
  { then: 1 },
  { toJSON: 1 },
  Array.from({ length: 3_000 }, () => 'x'),
  Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`k${i}`, i])),
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
  { weight: 3, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** Cursors that no list gave: well formed, and of every sort of content. */
export const forgedCursor: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(hostileText, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.uuid(), fc.integer()),
    {
      minLength: 0,
      maxLength: 4,
    },
  )
  .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'));
