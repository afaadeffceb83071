import { type GivenType, NOT_GIVEN } from '../given-type.js';

/** How a column of Parquet becomes texts, and what it says of their type. */
export interface ParquetText {
  /** SQL of the text, as CSV would have it. */
  sql: string;
  given: GivenType;
}

const INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'];
/** Every integer up to here is a double. */
const EXACT = '9007199254740992';

/**
 * A column that DuckDB reads as `type`; `column` is SQL. Null for what is no plain value, and for decimals with a fraction as long as
 * nobody declares what they are.
 */
export function parquetText(type: string, column: string, isDeclared: boolean): ParquetText | null {
  const text = `CAST(${column} AS VARCHAR)`;
  if (INTEGERS.includes(type)) return { sql: text, given: { kind: 'typed', type: 'int64' } };
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined)
    return scale === '0' || isDeclared ? { sql: text, given: { kind: 'digits' } } : null;
  switch (type) {
    case 'NULL':
      return { sql: text, given: NOT_GIVEN };
    case 'UBIGINT':
      return { sql: text, given: { kind: 'typed', type: 'int64', mayMisfit: true } };
    case 'DOUBLE':
      return { sql: doubleText(column), given: { kind: 'typed', type: 'double' } };
    case 'FLOAT':
      // Of its shortest text: 0.1 stays 0.1, as CSV has it, where its bits as a double are another number.
      return { sql: doubleText(`CAST(${text} AS DOUBLE)`), given: { kind: 'typed', type: 'double' } };
    case 'BOOLEAN':
      return { sql: text, given: { kind: 'typed', type: 'boolean' } };
    case 'DATE':
      return { sql: text, given: { kind: 'typed', type: 'date', mayMisfit: true } };
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
      return { sql: text, given: { kind: 'typed', type: 'timestamp_naive', mayMisfit: true } };
    case 'TIMESTAMP WITH TIME ZONE':
      return {
        sql: `CASE WHEN isfinite(${column}) THEN CAST(make_timestamp(epoch_us(${column})) AS VARCHAR) || 'Z' ELSE ${text} END`,
        given: { kind: 'typed', type: 'timestamp', mayMisfit: true },
      };
    case 'VARCHAR':
    case 'JSON':
    case 'UUID':
    case 'TIME':
      return { sql: text, given: { kind: 'typed', type: 'text' } };
    default:
      return null;
  }
}

/** Integral doubles as the integers that they are, so that both forms of a number have one text. */
const doubleText = (column: string): string =>
  `CASE WHEN ${column} = trunc(${column}) AND abs(${column}) <= ${EXACT} THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR)
    ELSE CAST(${column} AS VARCHAR) END`;

/** Whether its values have texts of their own, whose length and characters nothing bounds. */
export const isText = (type: string): boolean => type === 'VARCHAR' || type === 'JSON';
