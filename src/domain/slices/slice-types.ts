import { parseAs, type ColumnType } from '../canonical/index.js';
import type { SliceExpression, SliceLiteral, SliceOperand } from './slice-expression.js';

/** What an expression may name. */
export interface SliceColumn {
  name: string;
  type: ColumnType;
}

/** Values of one kind compare with each other. */
export type SliceKind = 'number' | 'text' | 'boolean' | 'date' | 'timestamp' | 'timestamp_naive';

const KIND_NAMES: Record<SliceKind, string> = {
  number: 'a number',
  text: 'a text',
  boolean: 'true or false',
  date: 'a day',
  timestamp: 'an instant',
  timestamp_naive: 'a date and time without zone',
};

/**
 * Why an expression says nothing about rows with these columns: a column that they lack (with those of a similar name), or values that
 * do not compare. Empty: it does.
 */
export function sliceProblems(slice: SliceExpression, columns: readonly SliceColumn[]): string[] {
  switch (slice.kind) {
    case 'and':
    case 'or':
      return [...new Set(slice.parts.flatMap((part) => sliceProblems(part, columns)))];
    case 'not':
      return sliceProblems(slice.part, columns);
    case 'isNull':
      return checked([slice.operand], columns, () => []);
    case 'in':
      return checked([slice.operand], columns, () =>
        slice.values.flatMap((value) => comparison(slice.operand, value, columns, false)),
      );
    case 'between':
      return checked([slice.operand], columns, () =>
        [slice.low, slice.high].flatMap((value) => comparison(slice.operand, value, columns, true)),
      );
    case 'compare':
      return checked([slice.left, slice.right], columns, () =>
        comparison(slice.left, slice.right, columns, !['=', '<>'].includes(slice.operator)),
      );
  }
}

/** The columns that an expression names, each once. */
export function sliceColumns(slice: SliceExpression): string[] {
  switch (slice.kind) {
    case 'and':
    case 'or':
      return [...new Set(slice.parts.flatMap(sliceColumns))];
    case 'not':
      return sliceColumns(slice.part);
    case 'compare':
      return [...new Set([slice.left, slice.right].flatMap(columnOf))];
    default:
      return columnOf(slice.operand);
  }
}

/** The kind of an operand. Of a column that is not there: undefined. */
export function kindOf(operand: SliceOperand, columns: readonly SliceColumn[]): SliceKind | undefined {
  switch (operand.kind) {
    case 'column': {
      const type = columns.find(({ name }) => name === operand.name)?.type;
      return type === 'int64' || type === 'double' ? 'number' : type;
    }
    case 'call':
      return operand.function === 'length' || operand.function === 'abs' ? 'number' : 'text';
    default:
      return operand.kind;
  }
}

/** Whether a text stands for a value of a kind that has no literals of its own. */
export function isLiteralOf(value: SliceLiteral, kind: SliceKind): boolean {
  if (value.kind === kind) return true;
  if (value.kind !== 'text' || kind === 'number' || kind === 'boolean') return false;
  try {
    parseAs(kind, value.value);
    return true;
  } catch {
    return false;
  }
}

function columnOf(operand: SliceOperand): string[] {
  if (operand.kind === 'column') return [operand.name];
  return operand.kind === 'call' ? columnOf(operand.argument) : [];
}

/** What is wrong with the operands themselves, or else what `then` finds. */
function checked(
  operands: readonly SliceOperand[],
  columns: readonly SliceColumn[],
  then: () => string[],
): string[] {
  const found = operands.flatMap((operand) => operandProblems(operand, columns));
  if (found.length > 0) return found;
  if (operands.flatMap(columnOf).length === 0)
    return ['found a comparison without a column; expected one of the columns'];
  return then();
}

function operandProblems(operand: SliceOperand, columns: readonly SliceColumn[]): string[] {
  if (operand.kind === 'column') {
    if (columns.some(({ name }) => name === operand.name)) return [];
    return [
      `found the column ${JSON.stringify(operand.name.slice(0, 60))}; expected ${nearNames(operand.name, columns)}`,
    ];
  }
  if (operand.kind !== 'call') return [];
  const inner = operandProblems(operand.argument, columns);
  if (inner.length > 0) return inner;
  const wanted = operand.function === 'abs' ? 'number' : 'text';
  const kind = kindOf(operand.argument, columns)!;
  return kind === wanted
    ? []
    : [`found ${operand.function} of ${KIND_NAMES[kind]}; expected ${KIND_NAMES[wanted]}`];
}

function comparison(
  left: SliceOperand,
  right: SliceOperand,
  columns: readonly SliceColumn[],
  ordered: boolean,
): string[] {
  const [one, other] = [kindOf(left, columns)!, kindOf(right, columns)!];
  const alike =
    one === other ||
    (right.kind === 'text' && isLiteralOf(right, one)) ||
    (left.kind === 'text' && isLiteralOf(left, other));
  if (!alike) {
    const given = [left, right].find((each) => each.kind === 'text');
    const shown = given?.kind === 'text' ? ` ${JSON.stringify(given.value.slice(0, 40))}` : '';
    return [`found ${KIND_NAMES[one]} compared with ${KIND_NAMES[other]}${shown}; expected two of a kind`];
  }
  return ordered && one === 'boolean' ? ['found true or false compared by order; expected = or <>'] : [];
}

const SHOWN = 5;

/** The columns of the most similar names, in words. */
function nearNames(name: string, columns: readonly SliceColumn[]): string {
  const near = columns
    .map((column) => ({
      name: column.name,
      distance: editDistance(name.toLowerCase(), column.name.toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SHOWN)
    .map((column) => JSON.stringify(column.name.slice(0, 60)));
  return near.length === 0 ? 'a column, and there is none' : `a column such as ${near.join(', ')}`;
}

/** Levenshtein's distance of the first 60 characters. */
function editDistance(one: string, other: string): number {
  const [a, b] = [one.slice(0, 60), other.slice(0, 60)];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
