import { isBareName, type SliceExpression, type SliceOperand } from './slice-expression.js';

/** The one text of an expression. `parseSlice` makes the same tree of it. */
export function printSlice(slice: SliceExpression): string {
  switch (slice.kind) {
    case 'and':
    case 'or':
      return slice.parts
        .map((part) => (isJoined(part) ? `(${printSlice(part)})` : printSlice(part)))
        .join(slice.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${isJoined(slice.part) ? `(${printSlice(slice.part)})` : printSlice(slice.part)}`;
    case 'compare':
      return `${operand(slice.left)} ${slice.operator} ${operand(slice.right)}`;
    case 'in':
      return `${operand(slice.operand)} IN (${slice.values.map(operand).join(', ')})`;
    case 'between':
      return `${operand(slice.operand)} BETWEEN ${operand(slice.low)} AND ${operand(slice.high)}`;
    case 'isNull':
      return `${operand(slice.operand)} IS NULL`;
  }
}

function isJoined({ kind }: SliceExpression): boolean {
  return kind === 'and' || kind === 'or';
}

function operand(value: SliceOperand): string {
  switch (value.kind) {
    case 'column':
      return isBareName(value.name) ? value.name : `"${value.name.replaceAll('"', '""')}"`;
    case 'call':
      return `${value.function}(${operand(value.argument)})`;
    case 'text':
      return `'${value.value.replaceAll("'", "''")}'`;
    case 'number':
      return value.value;
    case 'boolean':
      return value.value ? 'TRUE' : 'FALSE';
  }
}
