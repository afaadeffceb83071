import type { ColumnType } from '../../../domain/canonical/index.js';

/** A typed column as the texts that `parseAs` takes. */
export function textOf(type: ColumnType, column: string): string {
  // DuckDB prints an instant in the session's zone, and leaves the zone's minutes out.
  return type === 'timestamp'
    ? `CAST(make_timestamp(epoch_us(${column})) AS VARCHAR) || 'Z'`
    : `CAST(${column} AS VARCHAR)`;
}
