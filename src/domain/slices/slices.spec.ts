import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSlice } from './parse-slice.js';
import { printSlice } from './print-slice.js';
import {
  MAX_SLICE_LENGTH,
  SLICE_COMPARISONS,
  SLICE_FUNCTIONS,
  type SliceExpression,
  type SliceLiteral,
  type SliceOperand,
} from './slice-expression.js';
import { sliceColumns, sliceProblems, type SliceColumn } from './slice-types.js';

const read = (text: string) => {
  const parsed = parseSlice(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.slice;
};
const refusal = (text: string) => {
  const parsed = parseSlice(text);
  return parsed.ok ? null : parsed.problem;
};

/** Names that need quotes and names that do not. */
const name = fc.oneof(
  fc.constantFrom(
    'age',
    'sex',
    'Age_2',
    'select',
    'NOT',
    'lower',
    'a b',
    '1st',
    '"',
    'x"); DROP TABLE y; --',
  ),
  fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes('\0')),
);

const literal: fc.Arbitrary<SliceLiteral> = fc.oneof(
  fc
    .oneof(fc.constantFrom("it's", "'; DROP TABLE x; --", '/* */', ''), fc.string({ maxLength: 8 }))
    .filter((text) => !text.includes('\0'))
    .map((value) => ({ kind: 'text' as const, value })),
  fc
    .bigInt({ min: -(2n ** 70n), max: 2n ** 70n })
    .map((value) => ({ kind: 'number' as const, value: String(value) })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ kind: 'number' as const, value: plain(value) })),
  fc.boolean().map((value) => ({ kind: 'boolean' as const, value })),
);

function plain(value: number): string {
  const text = String(value === 0 ? 0 : value);
  return /^-?[0-9]+$/.test(text) ? BigInt(text).toString() : text;
}

const operand: fc.Arbitrary<SliceOperand> = fc.letrec<{ operand: SliceOperand }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    name.map((each) => ({ kind: 'column' as const, name: each })),
    literal,
    fc.record({
      kind: fc.constant('call' as const),
      function: fc.constantFrom(...SLICE_FUNCTIONS),
      argument: tie('operand'),
    }),
  ),
})).operand;

/** Any tree that `parseSlice` can make, of columns that may not be there and values that may not compare. */
const anySlice: fc.Arbitrary<SliceExpression> = fc.letrec<{ slice: SliceExpression }>((tie) => ({
  slice: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom(...SLICE_COMPARISONS),
      left: operand,
      right: operand,
    }),
    fc.record({ kind: fc.constant('isNull' as const), operand }),
    fc.record({ kind: fc.constant('between' as const), operand, low: literal, high: literal }),
    fc.record({
      kind: fc.constant('in' as const),
      operand,
      values: fc.array(literal, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), part: tie('slice') }),
    joined('and', tie('slice')),
    joined('or', tie('slice')),
  ),
})).slice;

/** Parts of the same kind are one list. */
function joined(kind: 'and' | 'or', part: fc.Arbitrary<SliceExpression>): fc.Arbitrary<SliceExpression> {
  return fc
    .array(part, { minLength: 2, maxLength: 3 })
    .map((parts) => ({ kind, parts: parts.flatMap((each) => (each.kind === kind ? each.parts : [each])) }));
}

describe('parseSlice', () => {
  it('binds NOT before AND before OR, as SQL does', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => read(`${name} = 1`));
    expect(read('a=1 or b=1 and not c=1')).toEqual({
      kind: 'or',
      parts: [a, { kind: 'and', parts: [b, { kind: 'not', part: c }] }],
    });
    expect(read('(a = 1 OR b = 1) AND c = 1')).toEqual({
      kind: 'and',
      parts: [{ kind: 'or', parts: [a, b] }, c],
    });
  });

  it.each([
    ["sex='f'and age<25", "sex = 'f' AND age < 25"],
    ['age != 007', 'age <> 7'],
    ['x > 1.50e1', 'x > 15'],
    ['x > -0.5', 'x > -0.5'],
    ['id = 9007199254740993', 'id = 9007199254740993'],
    ['"a ""b""" is not null', 'NOT "a ""b""" IS NULL'],
    ["city not in ('Ulm', 'it''s')", "NOT city IN ('Ulm', 'it''s')"],
    ['age between 18 and 25 and ok = true', 'age BETWEEN 18 AND 25 AND ok = TRUE'],
    ['LOWER(city) = \'ulm\' OR Length("from") >= 3', 'lower(city) = \'ulm\' OR length("from") >= 3'],
    ['((a = 1) AND ((b = 2 AND c = 3)))', 'a = 1 AND b = 2 AND c = 3'],
  ])('%s is %s', (text, printed) => expect(printSlice(read(text))).toBe(printed));

  it.each([
    ['age < 25; DROP TABLE x', /a semicolon at character 9/],
    ['age < 25 -- young', /a comment at character 10/],
    ['age < 25 /* young */', /a comment/],
    ['age < (SELECT 1)', /found "\("/],
    ['id IN (SELECT id FROM other)', /found the name "SELECT" at character 8/],
    ['EXISTS (SELECT 1)', /EXISTS: a query or a form of SQL/],
    ['select = 1', /select|SELECT/],
    [
      "read_csv('/etc/passwd') = 'x'",
      /the function read_csv at character 1; expected one of lower, upper, length, abs/,
    ],
    ["age::text = '1'", /the character ":"/],
    ['age + 1 > 2', /the character "\+"/],
    ["name LIKE 'a%'", /found the name "LIKE"/],
    ['$1 = 1', /the character "\$"/],
    ["name = 'a", /a text without its closing quote/],
    ['"name = 1', /a name without its closing quote/],
    ['1x = 2', /a number that is none/],
    ['x > 1e999', /beyond all doubles/],
    ['', /found the end at character 1/],
    ['age', /found the end.*; expected a comparison/],
    ['age <', /expected a column or a value/],
    ['age < 25 sex = 1', /expected AND, OR or the end/],
    ['(age < 25', /expected "\)"/],
    ['age IN ()', /expected a column or a value/],
    ['a = 1\0', /null character/],
    ["a = '\ud800'", /half a character/],
    [`${'('.repeat(21)}a = 1${')'.repeat(21)}`, /more than 20 levels/],
    [`a = ${'1'.repeat(MAX_SLICE_LENGTH)}`, /expected at most 1000/],
  ])('refuses %j', (text, problem) => expect(refusal(text)).toMatch(problem));

  it('makes the same tree of what it prints, for any tree', () => {
    let kept = 0;
    fc.assert(
      fc.property(anySlice, (slice) => {
        const text = printSlice(slice);
        if (text.length > MAX_SLICE_LENGTH) return;
        kept += 1;
        expect(read(text)).toEqual(slice);
      }),
      { numRuns: 2_000 },
    );
    expect(kept).toBeGreaterThan(1_000);
  });

  it('prints what any text is, or says why it is none', () => {
    const token = fc.constantFrom(
      ...[
        '(',
        ')',
        ',',
        '=',
        '<',
        '<>',
        'AND',
        'or',
        'NOT',
        'in',
        'BETWEEN',
        'IS',
        'NULL',
        'TRUE',
        'a',
        '"b c"',
      ],
      ...["'t'", '1', '-', '2.5', 'lower', 'abs', ';', '--', "'", 'SELECT', '\n'],
    );
    const text = fc.oneof(
      fc.array(token, { maxLength: 25 }).map((parts) => parts.join(' ')),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const parsed = parseSlice(given);
        if (!parsed.ok) expect(parsed.problem).toMatch(/^found .+; expected .+/s);
        else expect(read(printSlice(parsed.slice))).toEqual(parsed.slice);
      }),
      { numRuns: 3_000 },
    );
  });
});

const COLUMNS: SliceColumn[] = [
  { name: 'age', type: 'int64' },
  { name: 'income', type: 'double' },
  { name: 'sex', type: 'text' },
  { name: 'member', type: 'boolean' },
  { name: 'born', type: 'date' },
  { name: 'seen', type: 'timestamp' },
];

describe('sliceProblems', () => {
  it.each([
    "age < 25 AND sex = 'f'",
    'age <> income',
    "born >= '2001-02-28' AND seen < '2020-01-01T00:00:00Z'",
    "born IN ('2001-02-28')",
    'member = TRUE',
    'length(lower(sex)) BETWEEN 1 AND 2.5 OR abs(age) > 3',
    'sex IS NULL',
    "'a' < sex",
  ])('finds nothing in %s', (text) => expect(sliceProblems(read(text), COLUMNS)).toEqual([]));

  it.each([
    ['agee < 25', /the column "agee"; expected a column such as "age"/],
    ["age = 'old'", /a number compared with a text "old"/],
    ['sex = 1', /a text compared with a number/],
    ['member < TRUE', /compared by order/],
    ["born = '2001-02-30'", /a day compared with a text "2001-02-30"/],
    ['born = seen', /a day compared with an instant/],
    ['lower(age) = 1', /lower of a number; expected a text/],
    ['abs(sex) = 1', /abs of a text; expected a number/],
    ['1 = 1', /without a column/],
    ["sex IN ('f', 2)", /a text compared with a number/],
    ["age BETWEEN 1 AND 'x'", /a number compared with a text/],
  ])('in %s finds it', (text, problem) => expect(sliceProblems(read(text), COLUMNS).join()).toMatch(problem));

  it('knows which columns are named', () => {
    expect(sliceColumns(read('age < 25 AND (NOT lower(sex) IS NULL OR age > income)')).sort()).toEqual([
      'age',
      'income',
      'sex',
    ]);
  });
});
