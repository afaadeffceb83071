import fc from 'fast-check';
import {
  SLICE_COMPARISONS,
  SLICE_FUNCTIONS,
  type SliceExpression,
  type SliceLiteral,
  type SliceOperand,
} from '../../src/domain/slices/index.js';

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
export const anySlice: fc.Arbitrary<SliceExpression> = fc.letrec<{ slice: SliceExpression }>((tie) => ({
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
