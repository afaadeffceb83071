import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseSlice,
  SLICE_COMPARISONS,
  sliceProblems,
  type SliceColumn,
  type SliceExpression,
  type SliceLiteral,
  type SliceOperand,
} from '../../../domain/slices/index.js';
import { sliceSql } from './slice-sql.js';

const COLUMNS: SliceColumn[] = [
  { name: 'age', type: 'int64' },
  { name: 'income', type: 'double' },
  { name: 'sex', type: 'text' },
  { name: 'member', type: 'boolean' },
  { name: 'born', type: 'date' },
  { name: 'seen', type: 'timestamp' },
];

/** Rows as a SQL list and as values. */
const ROWS: Record<string, number | bigint | string | boolean | null>[] = [
  { age: 5n, income: 2.5, sex: 'f', member: true, born: '2001-02-28', seen: '2020-01-01T00:00:00Z' },
  { age: -3n, income: -0.5, sex: 'M', member: false, born: '1999-12-31', seen: '2020-06-01T12:00:00Z' },
  { age: null, income: null, sex: null, member: null, born: null, seen: null },
  { age: -(2n ** 63n), income: 1e300, sex: '', member: true, born: '2001-02-28', seen: null },
  { age: 2n ** 63n - 1n, income: 5, sex: "it's", member: null, born: null, seen: '2020-01-01T00:00:00Z' },
  {
    age: 9007199254740993n,
    income: 9007199254740992,
    sex: 'f',
    member: false,
    born: '2030-01-01',
    seen: null,
  },
];

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run(
    `CREATE TABLE p (i INTEGER, age BIGINT, income DOUBLE, sex VARCHAR, member BOOLEAN, born DATE, seen TIMESTAMPTZ)`,
  );
  const sql = (value: unknown) =>
    value === null ? 'NULL' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
  const rows = ROWS.map((row, i) => `(${[i, ...Object.values(row)].map(sql).join(', ')})`);
  await connection.run(`INSERT INTO p VALUES ${rows.join(', ')}`);
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const holding = async (slice: SliceExpression): Promise<number[]> => {
  const reader = await connection.runAndReadAll(
    `SELECT i FROM p WHERE ${sliceSql(slice, COLUMNS, 'p')} ORDER BY i`,
  );
  return reader.getRows().map(([i]) => Number(i));
};
const read = (text: string) => {
  const parsed = parseSlice(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.slice;
};

describe('sliceSql', () => {
  it.each([
    ['age > 0', [0, 4, 5]],
    ['age = 9007199254740993', [5]],
    ['abs(age) = 3', [1]],
    ['age < 5.5', [0, 1, 3]],
    ['age >= income', [0, 4, 5]],
    ["sex IN ('f', 'it''s')", [0, 4, 5]],
    ["lower(sex) = 'm'", [1]],
    ['length(sex) = 0', [3]],
    ['sex IS NULL', [2]],
    ["NOT sex = 'f'", [1, 3, 4]],
    ['member = TRUE', [0, 3]],
    ["born BETWEEN '2000-01-01' AND '2001-12-31'", [0, 3]],
    ["seen < '2020-03-01T01:00:00+01:00'", [0, 4]],
    ["income > 1e20 OR sex = 'M'", [1, 3]],
  ])('%s holds rows %j', async (text, rows) => expect(await holding(read(text))).toEqual(rows));

  it('quotes whatever name or text an expression has: outside of quotes stand only its own forms', () => {
    const own =
      /^(?:[(),=<>. ]|p|AND|OR|NOT|IN|IS|NULL|BETWEEN|CAST|AS|BIGINT|DOUBLE|VARCHAR|BOOLEAN|HUGEINT|true|false|lower|upper|length|abs|[?])*$/;
    fc.assert(
      fc.property(hostileSlice, ({ slice, columns }) => {
        const sql = sliceSql(slice, columns, 'p');
        const bare = sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '?');
        expect([sql, own.test(bare)]).toEqual([sql, true]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds the rows that three-valued logic says, and fails on none', async () => {
    let nontrivial = 0;
    await fc.assert(
      fc.asyncProperty(typedSlice, async (slice) => {
        expect(sliceProblems(slice, COLUMNS)).toEqual([]);
        const expected = ROWS.flatMap((row, i) => (truth(slice, row) === true ? [i] : []));
        if (expected.length > 0 && expected.length < ROWS.length) nontrivial += 1;
        expect(await holding(slice)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
    expect(nontrivial).toBeGreaterThan(200);
  });
});

type Row = (typeof ROWS)[number];
type Truth = boolean | null;

/** What an expression says of a row, by the rules of SQL, written apart from `sliceSql`. */
function truth(slice: SliceExpression, row: Row): Truth {
  switch (slice.kind) {
    case 'not': {
      const inner = truth(slice.part, row);
      return inner === null ? null : !inner;
    }
    case 'and':
      return all(slice.parts.map((part) => truth(part, row)));
    case 'or':
      return any(slice.parts.map((part) => truth(part, row)));
    case 'isNull':
      return valueOf(slice.operand, row) === null;
    case 'in':
      return any(slice.values.map((value) => compare('=', slice.operand, value, row)));
    case 'between':
      return all([
        compare('>=', slice.operand, slice.low, row),
        compare('<=', slice.operand, slice.high, row),
      ]);
    case 'compare':
      return compare(slice.operator, slice.left, slice.right, row);
  }
}
const all = (parts: Truth[]): Truth => (parts.includes(false) ? false : parts.includes(null) ? null : true);
const any = (parts: Truth[]): Truth => (parts.includes(true) ? true : parts.includes(null) ? null : false);

function compare(operator: string, left: SliceOperand, right: SliceOperand, row: Row): Truth {
  const [a, b] = [valueOf(left, row), valueOf(right, row)];
  if (a === null || b === null) return null;
  // JavaScript compares bigint and double exactly.
  const [less, more] = [a < b, a > b];
  return { '=': !less && !more, '<>': less || more, '<': less, '<=': !more, '>': more, '>=': !less }[
    operator
  ]!;
}

function valueOf(operand: SliceOperand, row: Row): Row[string] {
  if (operand.kind === 'column') return row[operand.name]!;
  if (operand.kind === 'number')
    return /^-?[0-9]+$/.test(operand.value) ? BigInt(operand.value) : Number(operand.value);
  if (operand.kind !== 'call') return operand.value;
  const argument = valueOf(operand.argument, row);
  if (argument === null) return null;
  if (operand.function === 'length') return BigInt([...(argument as string)].length);
  if (operand.function === 'abs') return (argument as number) < 0 ? -argument : argument;
  return operand.function === 'lower'
    ? (argument as string).toLowerCase()
    : (argument as string).toUpperCase();
}

const column = (name: string) => fc.constant<SliceOperand>({ kind: 'column', name });
const values = (kind: 'text' | 'number', ...given: string[]) =>
  fc.constantFrom(...given).map((value): SliceLiteral => ({ kind, value }));
const call = (name: 'lower' | 'length' | 'abs', argument: fc.Arbitrary<SliceOperand>) =>
  argument.map((each): SliceOperand => ({ kind: 'call', function: name, argument: each }));

/** Of each kind: operands with a column, and literals. Doubles beside int64 are such as a double holds. */
const KINDS: [fc.Arbitrary<SliceOperand>, fc.Arbitrary<SliceLiteral>][] = [
  [
    fc.oneof(column('age'), call('abs', column('age')), call('length', column('sex'))),
    values('number', '0', '1', '5', '-3', '9007199254740993', '-9223372036854775808', '4'),
  ],
  [
    fc.oneof(column('income'), call('abs', column('income'))),
    values('number', '0', '2.5', '-0.5', '5', '1e+300', '9007199254740992'),
  ],
  [
    fc.oneof(column('sex'), call('lower', column('sex'))),
    values('text', 'f', 'm', 'M', '', "it's", "' OR 1=1 --"),
  ],
  [column('born'), values('text', '2001-02-28', '2000-01-01', '2029-12-31')],
  [column('seen'), values('text', '2020-01-01T00:00:00Z', '2020-03-01T00:00:00Z')],
];

const typedSlice: fc.Arbitrary<SliceExpression> = fc.letrec<{ slice: SliceExpression }>((tie) => ({
  slice: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    ...KINDS.map(([operand, literal]) =>
      fc.oneof(
        fc.record({
          kind: fc.constant('compare' as const),
          operator: fc.constantFrom(...SLICE_COMPARISONS),
          left: operand,
          right: fc.oneof(operand, literal),
        }),
        fc.record({ kind: fc.constant('between' as const), operand, low: literal, high: literal }),
        fc.record({
          kind: fc.constant('in' as const),
          operand,
          values: fc.array(literal, { minLength: 1, maxLength: 3 }),
        }),
        fc.record({ kind: fc.constant('isNull' as const), operand }),
      ),
    ),
    fc.record({ kind: fc.constant('not' as const), part: tie('slice') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('slice'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).slice;

const hostile = fc
  .oneof(
    fc.constantFrom(
      'a',
      '"',
      "'",
      '"; DROP TABLE p; --',
      "'; DROP TABLE p; --",
      '/*',
      '*/',
      '$1',
      '\\',
      '\n',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  )
  .filter((text) => !text.includes('\0'));

/** One column of any name and text, compared in every form with texts of any kind. */
const hostileSlice = fc
  .tuple(hostile, fc.array(hostile, { minLength: 1, maxLength: 3 }), fc.constantFrom(...SLICE_COMPARISONS))
  .chain(([name, texts, operator]) => {
    const values = texts.map((value): SliceLiteral => ({ kind: 'text', value }));
    const operand: SliceOperand = { kind: 'column', name };
    const called: SliceOperand = { kind: 'call', function: 'lower', argument: operand };
    const right = values[0]!;
    const forms: SliceExpression[] = [
      { kind: 'compare', operator, left: called, right },
      { kind: 'compare', operator, left: right, right: operand },
      { kind: 'in', operand, values },
      { kind: 'between', operand: called, low: right, high: values.at(-1)! },
      { kind: 'isNull', operand },
    ];
    return fc.subarray(forms, { minLength: 2 }).map((parts) => ({
      columns: [{ name, type: 'text' as const }],
      slice: { kind: 'not', part: { kind: 'or', parts } } as SliceExpression,
    }));
  });
