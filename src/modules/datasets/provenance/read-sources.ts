import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { columnAt, type RowsFile } from '../ingest/rows-file.js';
import { comparable } from '../ingest/typed-sql.js';

const MAX_SOURCES = 1_000;
const SHOWN = 5;

/** Rows by source, as the column writes its name, and by split. */
export type RowsBySource = Map<string, Record<string, number>>;

/** Count the rows of each source that a column names. Throws SOURCE_EMPTY, SOURCES_TOO_MANY. */
export async function readSources(
  db: DuckSession,
  files: readonly RowsFile[],
  columns: readonly DatasetColumn[],
  column: string,
): Promise<RowsBySource> {
  const index = columns.findIndex(({ name }) => name === column);
  const value = comparable(columns[index]!.type, columnAt(index));
  const found: RowsBySource = new Map();
  for (const { from, split } of files) {
    await refuseEmpty(db, from, split.name, columnAt(index), column);
    const counts = await db.rows<{ source: string; rows: number }>(
      `SELECT ${value} AS source, count(*)::DOUBLE AS rows FROM ${from} GROUP BY ALL ORDER BY source LIMIT ${MAX_SOURCES + 1}`,
    );
    for (const { source, rows } of counts) found.set(source, { ...found.get(source), [split.name]: rows });
    if (found.size > MAX_SOURCES) {
      throw new InvalidInputError(
        'SOURCES_TOO_MANY',
        `column ${JSON.stringify(column)} has more than ${MAX_SOURCES} values; expected names of sources`,
        { remedy: 'Name the column that says where each row comes from.', column },
      );
    }
  }
  return found;
}

async function refuseEmpty(
  db: DuckSession,
  from: string,
  split: string,
  at: string,
  column: string,
): Promise<void> {
  const [empty] = await db.rows<{ count: number; first: number[] }>(
    `SELECT count(*)::DOUBLE AS count, coalesce(min(row::DOUBLE, ${SHOWN}), []) AS first FROM ${from} WHERE ${at} IS NULL`,
  );
  if (!empty || empty.count === 0) return;
  throw new InvalidInputError(
    'SOURCE_EMPTY',
    `split ${split}: column ${JSON.stringify(column)} names no source in ${empty.count} rows; the first are rows ${empty.first.join(', ')}`,
    { remedy: 'Say of every row where it comes from.', split, column, count: empty.count, rows: empty.first },
  );
}
