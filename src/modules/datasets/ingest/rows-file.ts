import { join } from 'node:path';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { SplitPlan } from '../push-plan.js';
import { countRecords } from './count-records.js';
import { csvError } from './csv-error.js';

/** A split's CSV as a scratch Parquet file of texts: column `row` (from 1) and `c0`, `c1`, ... in schema order. */
export interface RowsFile {
  split: SplitPlan;
  /** SQL that reads it, for a FROM clause. Rows come in the file's order. */
  from: string;
  rows: number;
}

/** The column of a rows file that holds column `index` of the schema. */
export const columnAt = (index: number): string => `c${index}`;

/**
 * Read a CSV file as all text: an empty unquoted field is null, `""` an empty text. `header` names the file's columns,
 * `columns` the order wanted.
 */
export async function readCsv(
  db: DuckSession,
  path: string,
  split: SplitPlan,
  header: readonly string[],
  columns: readonly string[],
): Promise<RowsFile> {
  const order = columns.map((name, i) => `f${header.indexOf(name)} AS ${columnAt(i)}`);
  const names = header.map((_, i) => `'f${i}': 'VARCHAR'`);
  const target = join(db.scratch, `rows-${split.name}.parquet`);
  // In parallel DuckDB misreads quoted line breaks in large files (1.5.6); one reader is exact and fast enough.
  const csv = `read_csv(${literal(path)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
    nullstr = '', allow_quoted_nulls = false, strict_mode = true, parallel = false, columns = {${names.join(', ')}})`;
  const records = await countRecords(path, header.length, split.name);
  try {
    await db.run(
      `COPY (SELECT row_number() OVER () AS row, ${order.join(', ')} FROM ${csv}) TO ${literal(target)} (${parquetOptions(columns.length, 'snappy')})`,
    );
  } catch (error) {
    throw csvError(error, split.name);
  }
  const from = `read_parquet(${literal(target)})`;
  const [count] = await db.rows<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${from}`);
  const rows = count?.rows ?? 0;
  if (rows !== Math.max(0, records - 1)) {
    throw new InvalidInputError(
      'CSV_MALFORMED',
      `split ${split.name}: quotes or line breaks read as ${records - 1} rows or as ${rows}, depending on the reader`,
      {
        remedy:
          'Write the file with a CSV writer as RFC 4180 describes it: no space before a quote, one kind of line break.',
      },
    );
  }
  if (rows === 0) {
    throw new InvalidInputError(
      'SPLIT_EMPTY',
      `split ${split.name} has a header and no rows; expected at least one row`,
    );
  }
  return { split, from, rows };
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
