import type { ColumnType } from '../../../domain/canonical/index.js';

/**
 * A text column as its type in DuckDB's SQL. The texts have to have passed `parseAs` for that type: for them both agree
 * on the value (typed-sql.spec.ts).
 */
export function typed(type: ColumnType, column: string): string {
  switch (type) {
    case 'int64':
      return `CAST(${column} AS BIGINT)`;
    case 'double':
      // -0 is 0.
      return `CASE WHEN CAST(${column} AS DOUBLE) = 0 THEN 0::DOUBLE ELSE CAST(${column} AS DOUBLE) END`;
    case 'boolean':
      return `CAST(${column} AS BOOLEAN)`;
    case 'date':
      return `CAST(${column} AS DATE)`;
    case 'timestamp':
      return `CAST(upper(${column}) AS TIMESTAMPTZ)`;
    case 'timestamp_naive':
      return `CAST(upper(${column}) AS TIMESTAMP)`;
    case 'text':
      return column;
  }
}

/**
 * The doubles of a text column with the fewest digits that read back as the same double, in two parts of which neither is longer than
 * DuckDB's memory shows (12 bytes); empty where the text itself is as short, and null where it is null.
 */
export function printedParts(column: string): [string, string] {
  const whole = `CASE WHEN strlen(${column}) > 12 THEN CAST(CAST(${column} AS DOUBLE) AS VARCHAR) ELSE '' END`;
  return [`substr(${whole}, 1, 12)`, `substr(${whole}, 13)`];
}

/** One text per value: equal where the values are equal. Null stays null. */
export function comparable(type: ColumnType, column: string): string {
  return type === 'text' ? column : `CAST(${typed(type, column)} AS VARCHAR)`;
}
