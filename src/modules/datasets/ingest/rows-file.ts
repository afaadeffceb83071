import { join } from 'node:path';
import { type DuckSession, literal, rowsOfParquet } from '../../../platform/duckdb/index.js';
import type { SplitPlan } from '../push-plan.js';
import type { GivenType } from './given-type.js';

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
  return rowsFileAt(db, split, target);
}

/** The rows file that stands at `path`. */
export async function rowsFileAt(db: DuckSession, split: SplitPlan, path: string): Promise<RowsFile> {
  const from = rowsOfParquet(path);
  const [count] = await db.rows<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${from}`);
  return { split, from, rows: count?.rows ?? 0 };
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
