import { open } from 'node:fs/promises';
import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { checkWidth, countRecords, csvError, readHeader } from '../../datasets/index.js';

/** A predictions file, CSV or Parquet, as SQL that gives all its columns as texts. */
export interface PredictionsFile {
  header: string[];
  /** For a FROM clause: the file's columns under their own names, VARCHAR each, in the file's order. */
  from: string;
  /** How many rows a second reader finds; null where the format leaves no room for two readings. Throws CSV_QUOTES. */
  rows: Promise<number> | null;
}

const PARQUET = 'PAR1';

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
  return { header, from, rows };
}

async function openParquet(db: DuckSession, path: string, split: string): Promise<PredictionsFile> {
  const file = `read_parquet(${literal(path)})`;
  const columns = await db
    .rows<{ column_name: string }>(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${file})`)
    .catch((error: unknown) => {
      throw unreadable(error, split);
    });
  const header = columns.map(({ column_name }) => column_name);
  checkWidth(header.length, split);
  const texts = header.map((name) => `CAST(${identifier(name)} AS VARCHAR) AS ${identifier(name)}`);
  return { header, from: `(SELECT ${texts.join(', ')} FROM ${file})`, rows: null };
}

/** What reading the rows threw, in Assay's words. */
export function unreadable(error: unknown, split: string): unknown {
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
