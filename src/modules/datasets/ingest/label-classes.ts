import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { RoleColumns } from './check-rows.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { typed } from './typed-sql.js';

/** Beyond this a label is a quantity, not a class. */
export const MAX_CLASSES = 1_000;

/**
 * Every label value over all splits as DuckDB's `CAST(label AS VARCHAR)`, in the label's own order (text: by bytes). Empty
 * without a label and beyond MAX_CLASSES. Stays inside Assay.
 */
export async function labelClasses(
  db: DuckSession,
  files: readonly RowsFile[],
  label: RoleColumns['label'],
): Promise<string[]> {
  if (!label) return [];
  const column = columnAt(label.index);
  const all = files.map(
    ({ from }) => `SELECT ${typed(label.type, column)} AS label FROM ${from} WHERE ${column} IS NOT NULL`,
  );
  const found = await db.rows<{ name: string }>(
    `SELECT CAST(label AS VARCHAR) AS name FROM (SELECT DISTINCT label FROM (${all.join(' UNION ALL ')})) ORDER BY label LIMIT ${MAX_CLASSES + 1}`,
  );
  return found.length > MAX_CLASSES ? [] : found.map(({ name }) => name);
}
