import { literal } from './sql-text.js';

/** A local Parquet file and how many rows it has. */
export interface ParquetPart {
  path: string;
  rows: number;
}

/**
 * SQL for a FROM clause: the rows of files of the same columns, laid end to end; of a range where one is given, by positions from 0: from
 * `from` up to, not including, `to`.
 */
export function rowsOfParts(parts: readonly ParquetPart[], range?: { from: number; to: number }): string {
  if (!range) return readParts(parts);
  const { from, to } = range;
  const read: ParquetPart[] = [];
  let [next, skipped] = [0, 0];
  for (const part of parts) {
    if (next + part.rows <= from) skipped += part.rows;
    else if (next < to) read.push(part);
    next += part.rows;
  }
  if (from < 0 || to <= from || to > next)
    throw new RangeError(`rows from ${from} to ${to} were asked for, of ${next}`);
  return `(SELECT * FROM ${readParts(read)} LIMIT ${to - from} OFFSET ${from - skipped})`;
}

/** SQL for a FROM clause: the rows of one file, which has the columns that stand in it, whatever `name=value` stands in its path. */
export function rowsOfParquet(path: string, { numbered = false } = {}): string {
  return `read_parquet(${literal(path)}, hive_partitioning = false${numbered ? ', file_row_number = true' : ''})`;
}

function readParts(parts: readonly ParquetPart[]): string {
  const paths = parts.map(({ path }) => literal(path));
  return `read_parquet([${paths.join(', ')}], hive_partitioning = false)`;
}
