import type pg from 'pg';

/** How many rows each table holds, looked at past row-level security. */
export type StoredRows = Record<string, number>;

export async function storedRows(admin: pg.Pool): Promise<StoredRows> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1`,
  );
  const counts = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::integer AS n FROM "${name}"`);
  const { rows } = await admin.query<{ name: string; n: number }>(counts.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** The audit log is woven in the background: what was done before may still be on its way into these. */
const WOVEN = ['audit_checkpoint', 'audit_entry', 'audit_node', 'audit_pending'];

/** A job that fails leaves itself, what sent it, the entries of the log about both, and where they vouch for it. Nothing else. */
export const OF_A_FAILED_JOB = ['job', 'outbox', 'audit_leaf', 'audit_record'];

/** The tables that hold more or fewer rows than before, but for those named and the background's own. */
export function changedTables(before: StoredRows, after: StoredRows, but: readonly string[] = []): string[] {
  return Object.keys(after)
    .filter((name) => !WOVEN.includes(name) && !but.includes(name))
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name]} -> ${after[name]}`);
}
