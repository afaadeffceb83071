import { open } from 'node:fs/promises';
import { type DuckSession, literal } from '../../../../platform/duckdb/index.js';
import { InvalidInputError, TooLargeError } from '../../../../platform/errors/index.js';
import { checkNames } from '../column-names.js';
import { checkWidth } from '../csv-header.js';
import { encrypted } from '../detect-format.js';
import { unreadable } from './parquet-error.js';

/** A column of the top level. */
export interface ParquetColumn {
  name: string;
  /** As DuckDB names it. */
  type: string;
}

interface SchemaRow {
  name: string;
  physical: string | null;
  children: number | null;
  repetition: string | null;
  logical: string | null;
}

/** The columns of a Parquet file, all of plain values. Throws PARQUET_*, TOO_MANY_COLUMNS, COLUMN_NAME_*, DECOMPRESSED_TOO_LARGE. */
export async function parquetColumns(
  db: DuckSession,
  path: string,
  split: string,
  maxBytes: number,
): Promise<ParquetColumn[]> {
  await checkEnd(path, split);
  const file = literal(path);
  const schema = await db.rows<SchemaRow>(
    `SELECT name, type AS physical, num_children::DOUBLE AS children, repetition_type AS repetition, logical_type AS logical FROM parquet_schema(${file})`,
  );
  checkWidth(schema[0]?.children ?? 0, split);
  const top = topLevel(schema);
  checkNames(
    top.map(({ name }) => name),
    split,
  );
  const nested = top.find(({ children, repetition }) => children !== null || repetition === 'REPEATED');
  if (nested) throw nestedColumn(nested.name, split);
  await checkSize(db, path, split, top.length, maxBytes);
  const described = await db.rows<{ type: string }>(
    `SELECT column_type AS type FROM (DESCRIBE SELECT * FROM read_parquet(${file}))`,
  );
  return top.map((row, i) => ({ name: row.name, type: misread(row) ?? described[i]!.type }));
}

/** Names of types that DuckDB (1.5.6) reads as others without a word, and what they hold with them; undefined for all others. */
function misread({ physical, logical }: SchemaRow): string | undefined {
  if (physical === 'INT96') return 'INT96';
  if (logical === null) return undefined;
  // Nulls of no type, which it takes for integers.
  if (logical === 'NullType()') return 'NULL';
  // Cut off at microseconds.
  if (/^TimestampType\(isAdjustedToUTC=1.*NANOS=NanoSeconds/.test(logical))
    return 'TIMESTAMP_NS WITH TIME ZONE';
  // Beyond 38 digits it gives doubles that are other numbers.
  const [, scale, precision] = /^DecimalType\(scale=(\d+), precision=(\d+)\)/.exec(logical) ?? [];
  return Number(precision) > 38
    ? `DECIMAL of ${precision} digits, ${scale} of them behind the point`
    : undefined;
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

/** Rows of the schema without what lies inside others; the first is the root. */
function topLevel(schema: readonly SchemaRow[]): SchemaRow[] {
  const behind = (at: number): number => {
    let next = at + 1;
    for (let left = schema[at]?.children ?? 0; left > 0; left--) next = behind(next);
    return next;
  };
  const top: SchemaRow[] = [];
  for (let at = 1; at < schema.length; at = behind(at)) top.push(schema[at]!);
  return top;
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
