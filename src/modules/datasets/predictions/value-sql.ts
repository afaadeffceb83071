import type { ColumnType } from '../../../domain/canonical/index.js';

/**
 * SQL for a text of a client's file as a value of `type`, so that both sides are compared as values: `1.0` and `1` are the same
 * int64. NULL for what is no such value.
 */
export function valueOf(type: ColumnType, column: string): string {
  switch (type) {
    case 'text':
      return column;
    case 'int64':
      // A plain cast would round 1.5 to 2. Nearly every text is the integer's own, which costs no pattern.
      return `CASE WHEN CAST(TRY_CAST(${column} AS BIGINT) AS VARCHAR) = ${column} THEN TRY_CAST(${column} AS BIGINT)
        WHEN regexp_full_match(${column}, '-?[0-9]+(\\.0*)?') THEN TRY_CAST(regexp_replace(${column}, '\\.0*$', '') AS BIGINT) END`;
    case 'double':
      // -0 is 0. DuckDB reads the underscore of 0_5 as nothing, and the text as 5; no writer of CSV means that.
      return `CASE WHEN contains(${column}, '_') THEN NULL WHEN TRY_CAST(${column} AS DOUBLE) = 0 THEN 0::DOUBLE
        ELSE TRY_CAST(${column} AS DOUBLE) END`;
    case 'boolean':
      return `CASE WHEN lower(${column}) IN ('true', '1', '1.0') THEN true WHEN lower(${column}) IN ('false', '0', '0.0') THEN false END`;
    case 'date':
      return `TRY_CAST(${column} AS DATE)`;
    case 'timestamp':
      return `CASE WHEN ${finer(column)} THEN NULL ELSE TRY_CAST(upper(${column}) AS TIMESTAMPTZ) END`;
    case 'timestamp_naive':
      return `CASE WHEN ${finer(column)} THEN NULL ELSE TRY_CAST(upper(${column}) AS TIMESTAMP) END`;
  }
}

/** Whether a text says more than a microsecond, which a cast would cut off. */
const finer = (column: string): string => `regexp_matches(${column}, '\\.[0-9]{6}0*[1-9]')`;

/** Types of DuckDB whose every value is a BIGINT. */
const INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'];

/**
 * What `valueOf` gives for the text of a column that has DuckDB's type `stored`, computed without the text; null where only the text
 * tells (a FLOAT of 0.1, say, is another double than its text).
 */
export function typedValueOf(type: ColumnType, column: string, stored: string): string | null {
  if (type === 'int64' && INTEGERS.includes(stored)) return `CAST(${column} AS BIGINT)`;
  if (type === 'double' && stored === 'DOUBLE')
    return `CASE WHEN ${column} = 0 THEN 0::DOUBLE ELSE ${column} END`;
  return null;
}
