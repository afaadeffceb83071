import { join } from 'node:path';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { SplitPlan } from '../push-plan.js';
import { countRecords } from './count-records.js';
import { csvError } from './csv-error.js';
import { readHeader } from './csv-header.js';
import type { GivenType } from './given-type.js';
import type { OpenedSplit } from './opened-split.js';

/** A split's rows as a scratch Parquet file of texts, each as CSV has it: column `row` (from 1) and `c0`, `c1`, ... in schema order. */
export interface RowsFile {
  split: SplitPlan;
  /** SQL that reads it, for a FROM clause. Rows come in the file's order. */
  from: string;
  rows: number;
  /** What the uploaded file says of each column's type, in schema order; absent: nothing. */
  given?: readonly GivenType[];
}

/** The column of a rows file that holds column `index` of the schema. */
export const columnAt = (index: number): string => `c${index}`;

/** SQL that reads CSV as texts in columns `f0`, `f1`, ...: an empty unquoted field is null, `""` an empty text. */
export function csvSource(path: string, columns: number, { header }: { header: boolean }): string {
  const names = Array.from({ length: columns }, (_, i) => `'f${i}': 'VARCHAR'`);
  // A file of Assay's own may have longer lines than what it was made from.
  const lines = header ? '' : ', max_line_size = 4194304';
  // In parallel DuckDB misreads quoted line breaks in large files (1.5.6); one reader is exact and fast enough.
  return `read_csv(${literal(path)}, auto_detect = false, header = ${header}, delim = ',', quote = '"', escape = '"',
    nullstr = '', allow_quoted_nulls = false, strict_mode = true, parallel = false${lines}, columns = {${names.join(', ')}})`;
}

/** Write the texts, SQL over `source` in schema order, as a rows file. */
export async function writeRows(
  db: DuckSession,
  split: SplitPlan,
  texts: readonly string[],
  source: string,
): Promise<RowsFile> {
  const target = join(db.scratch, `rows-${split.name}.parquet`);
  const columns = texts.map((text, i) => `${text} AS ${columnAt(i)}`);
  await db.run(
    `COPY (SELECT row_number() OVER () AS row, ${columns.join(', ')} FROM ${source}) TO ${literal(target)} (${parquetOptions(texts.length, 'snappy')})`,
  );
  const from = `read_parquet(${literal(target)})`;
  const [count] = await db.rows<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${from}`);
  return { split, from, rows: count?.rows ?? 0 };
}

/** Open a CSV file. Throws CSV_*, TOO_MANY_COLUMNS; reading it, SPLIT_EMPTY too. */
export async function openCsv(db: DuckSession, path: string, split: SplitPlan): Promise<OpenedSplit> {
  const header = await readHeader(path, split.name);
  return { names: header, read: (order) => readCsv(db, path, split, header, order) };
}

async function readCsv(
  db: DuckSession,
  path: string,
  split: SplitPlan,
  header: readonly string[],
  order: readonly string[],
): Promise<RowsFile> {
  // Both readers at once: one runs here, one in DuckDB's threads.
  const counting = countRecords(path, header.length, split.name);
  counting.catch(() => undefined);
  const texts = order.map((name) => `f${header.indexOf(name)}`);
  let file: RowsFile;
  try {
    file = await writeRows(db, split, texts, csvSource(path, header.length, { header: true }));
  } catch (error) {
    // It names the line of a quote, where DuckDB names what it made of it.
    await counting;
    throw csvError(error, split.name);
  }
  const records = await counting;
  if (file.rows !== Math.max(0, records - 1)) {
    throw new InvalidInputError(
      'CSV_MALFORMED',
      `split ${split.name}: quotes or line breaks read as ${records - 1} rows or as ${file.rows}, depending on the reader`,
      {
        remedy:
          'Write the file with a CSV writer as RFC 4180 describes it: no space before a quote, one kind of line break.',
      },
    );
  }
  if (file.rows === 0) {
    throw new InvalidInputError(
      'SPLIT_EMPTY',
      `split ${split.name} has a header and no rows; expected at least one row`,
    );
  }
  return file;
}

/** Parquet for tables of any width: the writer's dictionaries would take a megabyte per column. */
export function parquetOptions(
  columns: number,
  compression: 'snappy' | 'zstd' = 'zstd',
  groupRows?: number,
): string {
  const wide =
    columns > 100
      ? ', ROW_GROUP_SIZE 2048, DICTIONARY_SIZE_LIMIT 1, STRING_DICTIONARY_PAGE_SIZE_LIMIT 1024'
      : groupRows === undefined
        ? ''
        : `, ROW_GROUP_SIZE ${groupRows}`;
  return `FORMAT parquet, COMPRESSION ${compression}${wide}`;
}
