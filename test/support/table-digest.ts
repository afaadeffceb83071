import type pg from 'pg';

/** Changed by merely looking: by an API key being presented. */
const LOOKING = 'last_used_at';

/**
 * By table, how many rows it has and a hash over all of them, in whatever order: what is equal did not change. With a project, only
 * its own rows.
 */
export async function tableDigests(admin: pg.Pool, projectId?: string): Promise<Record<string, string>> {
  const tables = await admin.query<{ name: string; walled: boolean }>(
    `SELECT relname AS name, EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'project_id') AS walled
       FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  );
  const each = tables.rows
    .filter(({ walled }) => walled || projectId === undefined)
    .map(
      ({ name }) =>
        `SELECT '${name}' AS name, count(*)::text || ' rows ' || coalesce(md5(string_agg(row, '' ORDER BY row)), '') AS digest
           FROM (SELECT (to_jsonb(t) - '${LOOKING}')::text AS row FROM "${name}" t
                  ${projectId === undefined ? '' : `WHERE project_id = '${projectId}'`}) rows`,
    );
  const { rows } = await admin.query<{ name: string; digest: string }>(
    `SELECT * FROM (${each.join(' UNION ALL ')}) all_tables ORDER BY name`,
  );
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
