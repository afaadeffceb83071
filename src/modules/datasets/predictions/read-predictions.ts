import { open } from 'node:fs/promises';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { type DuckSession, identifier, literal, rowsOfParquet } from '../../../platform/duckdb/index.js';
import { AssayError, InvalidInputError } from '../../../platform/errors/index.js';
import { countRecords } from '../ingest/count-records.js';
import { csvError } from '../ingest/csv-error.js';
import { checkWidth, readHeader } from '../ingest/csv-header.js';
import { unsupportedType } from '../ingest/parquet/parquet-error.js';
import { misread, parquetSchema } from '../ingest/parquet/parquet-schema.js';
import { typedValueOf, valueOf } from './value-sql.js';

/** A predictions file, CSV or Parquet, as SQL. */
export interface PredictionsFile {
  header: string[];
  /** For a FROM clause. */
  from: string;
  /** Number of a row in the file's order, from 1. */
  line: string;
  /** What a column says, as text; null where it says nothing. Throws PARQUET_TYPE_UNSUPPORTED where it would be misread. */
  text(name: string): string;
  /** `valueOf` of that text, and of no other: what the file has as such a value already is not written as text and read again. */
  value(type: ColumnType, name: string): string;
  /** How many rows a second reader finds; null where the format leaves no room for two readings. Throws CSV_QUOTES. */
  rows: Promise<number> | null;
}

const PARQUET = 'PAR1';
/** DuckDB's name for it. */
const ROW_NUMBER = 'file_row_number';

/** Find out what a file is and which columns it has. Throws CSV_*, TOO_MANY_COLUMNS and PREDICTIONS_UNREADABLE. */
export async function openPredictions(
  db: DuckSession,
  path: string,
  split: string,
): Promise<PredictionsFile> {
  return (await startsWith(path, PARQUET)) ? openParquet(db, path, split) : openCsv(path, split);
}

async function openCsv(path: string, split: string): Promise<PredictionsFile> {
  const header = await readHeader(path, split);
  const names = header.map((name) => `${literal(name)}: 'VARCHAR'`);
  // In parallel DuckDB misreads quoted line breaks in large files (1.5.6).
  const from = `read_csv(${literal(path)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
    nullstr = '', allow_quoted_nulls = false, strict_mode = true, parallel = false, columns = {${names.join(', ')}})`;
  // It runs while DuckDB reads. Whoever awaits it is told of its failure; until then it is nobody's unhandled one.
  const rows = countRecords(path, header.length, split).then((records) => Math.max(0, records - 1));
  rows.catch(() => undefined);
  return {
    header,
    from,
    line: 'row_number() OVER ()',
    text: identifier,
    value: (type, name) => valueOf(type, identifier(name)),
    rows,
  };
}

async function openParquet(db: DuckSession, path: string, split: string): Promise<PredictionsFile> {
  const file = rowsOfParquet(path);
  const columns = await db
    .rows<{ column_name: string; column_type: string }>(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${file})`,
    )
    .catch((error: unknown) => {
      throw unreadable(error, split);
    });
  const header = columns.map(({ column_name }) => column_name);
  checkWidth(header.length, split);
  const types = new Map(columns.map(({ column_name, column_type }) => [column_name, column_type]));
  const { top } = await parquetSchema(db, path);
  // By their places: DuckDB gives new names to columns whose names differ only in case.
  const wrong = new Map(top.map((row, i) => [header[i], misread(row)]));
  const column = (name: string) => {
    const type = wrong.get(name);
    // Nulls of no type are nulls all the same.
    if (type !== undefined && type !== 'NULL') throw unsupportedType(split, name, type);
    return identifier(name);
  };
  const text = (name: string) => `CAST(${column(name)} AS VARCHAR)`;
  // Numbers of rows that the reader knows, in place of a count, let several threads read.
  const numbered = !header.some((name) => name.toLowerCase() === ROW_NUMBER);
  return {
    header,
    from: rowsOfParquet(path, { numbered }),
    line: numbered ? `${ROW_NUMBER} + 1` : 'row_number() OVER ()',
    text,
    value: (type, name) =>
      typedValueOf(type, column(name), types.get(name) ?? '') ?? valueOf(type, text(name)),
    rows: null,
  };
}

/** What reading the rows threw, in Assay's words. */
export function unreadable(error: unknown, split: string): unknown {
  if (error instanceof AssayError) return error;
  const explained = csvError(error, split);
  if (explained !== error) return explained;
  if (
    error instanceof Error &&
    /^(Invalid Input|IO|Conversion) Error|Parquet|TProtocolException/i.test(error.message)
  ) {
    return new InvalidInputError(
      'PREDICTIONS_UNREADABLE',
      `the predictions for ${split} are neither CSV nor Parquet`,
      {
        remedy: 'Send CSV in UTF-8 with a header, or Parquet.',
        split,
      },
    );
  }
  return error;
}

async function startsWith(path: string, magic: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return bytesRead === magic.length && buffer.toString('latin1') === magic;
  } finally {
    await file.close();
  }
}
