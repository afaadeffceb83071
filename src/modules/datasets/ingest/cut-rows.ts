import { type DuckSession, rowsOfParquet } from '../../../platform/duckdb/index.js';

/** Rows by their positions, from 0: from `from` up to, not including, `to`. */
export interface RowRange {
  from: number;
  to: number;
}

const LEAST_ROWS = 512;
const MOST_ROWS = 1 << 15;
/** One row in 4,096 may begin a chunk. */
const ONE_IN = 4096;

/**
 * Where a Parquet file of ordered rows is cut into chunks: before rows whose values of `columns` say so, whatever stands around them, so
 * that a change moves the cuts beside it and no others.
 */
export async function cutRows(
  db: DuckSession,
  path: string,
  columns: readonly string[],
  rows: number,
): Promise<RowRange[]> {
  const starts: number[] = [];
  if (rows > LEAST_ROWS) {
    const chunks = db.columns(
      `SELECT file_row_number::DOUBLE FROM ${rowsOfParquet(path, { numbered: true })}
       WHERE hash(${columns.join(', ')}) % ${ONE_IN} = 0 ORDER BY 1`,
    );
    for await (const chunk of chunks) starts.push(...chunk.doubles(0));
  }
  return rangesOf(starts, rows);
}

/** Ranges from LEAST_ROWS to MOST_ROWS long that begin at `starts` (ascending) where they can; the last may be shorter. */
export function rangesOf(starts: readonly number[], rows: number): RowRange[] {
  const ranges: RowRange[] = [];
  let from = 0;
  const cutAt = (to: number) => {
    ranges.push({ from, to });
    from = to;
  };
  for (const start of [...starts, rows]) {
    while (start - from > MOST_ROWS) cutAt(from + MOST_ROWS);
    if (start - from >= LEAST_ROWS && start < rows) cutAt(start);
  }
  if (from < rows) cutAt(rows);
  return ranges;
}
