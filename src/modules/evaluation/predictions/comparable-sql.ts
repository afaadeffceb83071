import type { ColumnType } from '../../../domain/canonical/index.js';

/**
 * SQL for a text of a client's file as the text that DuckDB's `CAST(value AS VARCHAR)` gives the same value in a column of `type`,
 * so that both are compared as values: `1.0` and `1` are the same int64. NULL for what is no such value.
 */
export function comparableText(type: ColumnType, column: string): string {
  switch (type) {
    case 'text':
      return column;
    case 'int64':
      // A plain cast would round 1.5 to 2.
      return `CASE WHEN regexp_full_match(${column}, '-?[0-9]+(\\.0*)?')
        THEN CAST(TRY_CAST(regexp_replace(${column}, '\\.0*$', '') AS BIGINT) AS VARCHAR) END`;
    case 'double':
      return `CASE WHEN TRY_CAST(${column} AS DOUBLE) = 0 THEN '0.0' ELSE CAST(TRY_CAST(${column} AS DOUBLE) AS VARCHAR) END`;
    case 'boolean':
      return `CASE WHEN lower(${column}) IN ('true', '1', '1.0') THEN 'true' WHEN lower(${column}) IN ('false', '0', '0.0') THEN 'false' END`;
    case 'date':
      return `CAST(TRY_CAST(${column} AS DATE) AS VARCHAR)`;
    case 'timestamp':
      return `CAST(TRY_CAST(upper(${column}) AS TIMESTAMPTZ) AS VARCHAR)`;
    case 'timestamp_naive':
      return `CAST(TRY_CAST(upper(${column}) AS TIMESTAMP) AS VARCHAR)`;
  }
}
