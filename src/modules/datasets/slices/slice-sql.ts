import { parseAs } from '../../../domain/canonical/index.js';
import {
  kindOf,
  type SliceColumn,
  type SliceExpression,
  type SliceKind,
  type SliceOperand,
} from '../../../domain/slices/index.js';
import { identifier, literal } from '../../../platform/duckdb/index.js';

/** The type in which a side of a comparison is written. */
type SqlType = 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'BOOLEAN' | 'DATE' | 'TIMESTAMPTZ' | 'TIMESTAMP';

const SQL_TYPES: Record<Exclude<SliceKind, 'number'>, SqlType> = {
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMPTZ',
  timestamp_naive: 'TIMESTAMP',
};

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/**
 * DuckDB's condition for an expression that `sliceProblems` found nothing in, over the columns of `table`. Written from the tree: no
 * character of a client's text stands in it but in a quoted name or a quoted literal. It cannot fail on any row.
 */
export function sliceSql(slice: SliceExpression, columns: readonly SliceColumn[], table: string): string {
  const inner = (part: SliceExpression) => sliceSql(part, columns, table);
  const value = (operand: SliceOperand, type: SqlType) => operandSql(operand, type, columns, table);
  switch (slice.kind) {
    case 'and':
    case 'or':
      return `(${slice.parts.map(inner).join(slice.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `(NOT ${inner(slice.part)})`;
    case 'isNull':
      return `(${value(slice.operand, typeOf([slice.operand], columns))} IS NULL)`;
    case 'compare': {
      const type = typeOf([slice.left, slice.right], columns);
      return `(${value(slice.left, type)} ${slice.operator} ${value(slice.right, type)})`;
    }
    case 'in': {
      const type = typeOf([slice.operand, ...slice.values], columns);
      return `(${value(slice.operand, type)} IN (${slice.values.map((one) => value(one, type)).join(', ')}))`;
    }
    case 'between': {
      const type = typeOf([slice.operand, slice.low, slice.high], columns);
      return `(${value(slice.operand, type)} BETWEEN ${value(slice.low, type)} AND ${value(slice.high, type)})`;
    }
  }
}

/** Integers compare as integers where all are; a text beside a date is one. */
function typeOf(operands: readonly SliceOperand[], columns: readonly SliceColumn[]): SqlType {
  const kinds = operands.map((operand) => kindOf(operand, columns)!);
  const kind = kinds.find((one) => one !== 'text') ?? 'text';
  if (kind !== 'number') return SQL_TYPES[kind];
  return operands.every((operand) => isInteger(operand, columns)) ? 'BIGINT' : 'DOUBLE';
}

function isInteger(operand: SliceOperand, columns: readonly SliceColumn[]): boolean {
  switch (operand.kind) {
    case 'column':
      return columns.find(({ name }) => name === operand.name)?.type === 'int64';
    case 'call':
      return operand.function === 'length' || isInteger(operand.argument, columns);
    case 'number': {
      if (!/^-?[0-9]+$/.test(operand.value)) return false;
      const value = BigInt(operand.value);
      return value >= INT64.least && value <= INT64.most;
    }
    default:
      return false;
  }
}

function operandSql(
  operand: SliceOperand,
  type: SqlType,
  columns: readonly SliceColumn[],
  table: string,
): string {
  switch (operand.kind) {
    case 'column': {
      const column = `${table}.${identifier(operand.name)}`;
      return type === 'DOUBLE' ? `CAST(${column} AS DOUBLE)` : column;
    }
    case 'call': {
      const argumentType = operand.function === 'abs' ? type : 'VARCHAR';
      const argument = operandSql(operand.argument, argumentType, columns, table);
      // The least int64 has no opposite of its own type.
      if (operand.function === 'abs')
        return type === 'BIGINT' ? `abs(CAST(${argument} AS HUGEINT))` : `abs(${argument})`;
      return `${operand.function}(${argument})`;
    }
    case 'number':
      return `CAST(${literal(operand.value)} AS ${type})`;
    case 'boolean':
      return operand.value ? 'true' : 'false';
    case 'text':
      return type === 'VARCHAR'
        ? literal(operand.value)
        : `CAST(${literal(canonicalText(operand.value, type))} AS ${type})`;
  }
}

function canonicalText(text: string, type: SqlType): string {
  const kind = (['date', 'timestamp', 'timestamp_naive'] as const).find((one) => SQL_TYPES[one] === type);
  return kind === undefined ? text : String(parseAs(kind, text));
}
