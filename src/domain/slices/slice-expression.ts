/** Which rows a slice holds: those of which the expression is true, as SQL means it (an empty cell makes no comparison true). */
export type SliceExpression =
  | { kind: 'and' | 'or'; parts: SliceExpression[] }
  | { kind: 'not'; part: SliceExpression }
  | { kind: 'compare'; operator: SliceComparison; left: SliceOperand; right: SliceOperand }
  | { kind: 'in'; operand: SliceOperand; values: SliceLiteral[] }
  | { kind: 'between'; operand: SliceOperand; low: SliceLiteral; high: SliceLiteral }
  | { kind: 'isNull'; operand: SliceOperand };

export type SliceOperand =
  | { kind: 'column'; name: string }
  | { kind: 'call'; function: SliceFunction; argument: SliceOperand }
  | SliceLiteral;

export type SliceLiteral =
  | { kind: 'text'; value: string }
  /** As JavaScript prints the number, an integer with all its digits. */
  | { kind: 'number'; value: string }
  | { kind: 'boolean'; value: boolean };

export const SLICE_COMPARISONS = ['=', '<>', '<', '<=', '>', '>='] as const;
export type SliceComparison = (typeof SLICE_COMPARISONS)[number];

/** The functions of the language: each takes one value, and cannot fail. */
export const SLICE_FUNCTIONS = ['lower', 'upper', 'length', 'abs'] as const;
export type SliceFunction = (typeof SLICE_FUNCTIONS)[number];

/** Characters of an expression. */
export const MAX_SLICE_LENGTH = 1_000;
/** Parentheses, functions and NOTs within each other. */
export const MAX_SLICE_DEPTH = 20;

/** Words that name no column unless they stand in double quotes. */
export const SLICE_WORDS = ['AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'IS', 'NULL', 'TRUE', 'FALSE'] as const;
/** Words of SQL that begin what is no part of this language. */
export const QUERY_WORDS = [
  'SELECT',
  'WITH',
  'FROM',
  'EXISTS',
  'UNION',
  'VALUES',
  'CASE',
  'CAST',
  'LIKE',
] as const;

/** Whether a name is written bare. */
export function isBareName(name: string): boolean {
  const word = name.toUpperCase();
  const reserved: readonly string[] = [
    ...SLICE_WORDS,
    ...QUERY_WORDS,
    ...SLICE_FUNCTIONS.map((f) => f.toUpperCase()),
  ];
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.includes(word);
}
