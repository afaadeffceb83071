import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { RoleColumns } from './check-rows.js';
import type { OrderedRows } from './find-repeats.js';
import { columnAt } from './rows-file.js';

/** Beyond this a label is a quantity, not a class. */
export const MAX_CLASSES = 1_000;

/**
 * Label values as DuckDB's `CAST(label AS VARCHAR)`, in the label's own order (text: by bytes); empty without a label and beyond
 * MAX_CLASSES.
 */
export interface LabelClasses {
  /** Of all splits. They stay inside Assay: what stands in sealed splits alone is nobody's to know. */
  all: string[];
  /** Of the open splits: everybody can read them there. */
  open: string[];
}

export async function labelClasses(
  db: DuckSession,
  files: readonly OrderedRows[],
  label: RoleColumns['label'],
): Promise<LabelClasses> {
  if (!label) return { all: [], open: [] };
  const open = files.filter(({ split }) => !split.sealed);
  return { all: await classesOf(db, files, label), open: await classesOf(db, open, label) };
}

async function classesOf(
  db: DuckSession,
  files: readonly OrderedRows[],
  label: NonNullable<RoleColumns['label']>,
): Promise<string[]> {
  if (files.length === 0) return [];
  const column = columnAt(label.index);
  const each = files.map(({ from }) => `SELECT ${column} AS label FROM ${from} WHERE ${column} IS NOT NULL`);
  const found = await db.rows<{ name: string }>(
    `SELECT CAST(label AS VARCHAR) AS name FROM (SELECT DISTINCT label FROM (${each.join(' UNION ALL ')})) ORDER BY label LIMIT ${MAX_CLASSES + 1}`,
  );
  return found.length > MAX_CLASSES ? [] : found.map(({ name }) => name);
}
