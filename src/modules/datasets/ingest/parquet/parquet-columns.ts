import { open } from 'node:fs/promises';
import { type DuckSession, literal, rowsOfParquet } from '../../../../platform/duckdb/index.js';
import { InvalidInputError, TooLargeError } from '../../../../platform/errors/index.js';
import { checkNames } from '../column-names.js';
import { checkWidth } from '../csv-header.js';
import { encrypted } from '../detect-format.js';
import { unreadable } from './parquet-error.js';
import { misread, parquetSchema } from './parquet-schema.js';

/** A column of the top level. */
export interface ParquetColumn {
  name: string;
  /** As DuckDB names it. */
  type: string;
}

/** The columns of a Parquet file, all of plain values. Throws PARQUET_*, TOO_MANY_COLUMNS, COLUMN_NAME_*, DECOMPRESSED_TOO_LARGE. */
export async function parquetColumns(
  db: DuckSession,
  path: string,
  split: string,
  maxBytes: number,
): Promise<ParquetColumn[]> {
  await checkEnd(path, split);
  const { width, top } = await parquetSchema(db, path);
  checkWidth(width, split);
  checkNames(
    top.map(({ name }) => name),
    split,
  );
  const nested = top.find(({ children, repetition }) => children !== null || repetition === 'REPEATED');
  if (nested) throw nestedColumn(nested.name, split);
  await checkSize(db, path, split, top.length, maxBytes);
  const described = await db.rows<{ type: string }>(
    `SELECT column_type AS type FROM (DESCRIBE SELECT * FROM ${rowsOfParquet(path)})`,
  );
  return top.map((row, i) => ({ name: row.name, type: misread(row) ?? described[i]!.type }));
}

/** The file ends with its mark, or was cut off. */
async function checkEnd(path: string, split: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const mark = Buffer.alloc(4);
    if (size >= 12) await file.read(mark, 0, 4, size - 4);
    const found = mark.toString('latin1');
    if (found === 'PARE') throw encrypted(split);
    if (found !== 'PAR1') throw unreadable(split, 'its end is missing');
  } finally {
    await file.close();
  }
}

/** As CSV the same table would have a byte for each cell at least. */
async function checkSize(
  db: DuckSession,
  path: string,
  split: string,
  columns: number,
  maxBytes: number,
): Promise<void> {
  const [size] = await db.rows<{ rows: number; bytes: number }>(
    `SELECT (SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata(${literal(path)})) AS rows,
       (SELECT coalesce(sum(greatest(total_uncompressed_size, 0)), 0)::DOUBLE FROM parquet_metadata(${literal(path)})) AS bytes`,
  );
  const { rows = 0, bytes = 0 } = size ?? {};
  if (rows === 0)
    throw new InvalidInputError(
      'SPLIT_EMPTY',
      `split ${split} has columns and no rows; expected at least one row`,
      { split },
    );
  if (bytes > maxBytes || rows * columns > maxBytes) throw tooLarge(split, maxBytes);
}

export const tooLarge = (split: string, maxBytes: number) =>
  new TooLargeError(
    'DECOMPRESSED_TOO_LARGE',
    `split ${split}: the Parquet file unpacks to more than ${maxBytes} bytes, the most that is taken`,
    { remedy: 'Push fewer rows, or raise ASSAY_MAX_UPLOAD_BYTES.', split },
  );

const nestedColumn = (name: string, split: string) =>
  new InvalidInputError(
    'PARQUET_NESTED',
    `split ${split}: column ${JSON.stringify(name)} holds lists, maps or structs; expected plain values`,
    { remedy: 'Give each nested value a column of its own, or write it as a text.', split, column: name },
  );
