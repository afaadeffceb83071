import type pg from 'pg';

/** Changed by merely looking: by an API key being presented. */
const LOOKING = ['last_used_at'];

/** By table, how many rows it has and a hash over all of them, in whatever order: what is equal did not change. */
export async function tableDigests(admin: pg.Pool): Promise<Record<string, string>> {
  const tables = await admin.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  const each = tables.rows.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*)::text || ' rows ' || coalesce(md5(string_agg(row, '' ORDER BY row)), '') AS digest
         FROM (SELECT (to_jsonb(t) - ARRAY['${LOOKING.join("','")}'])::text AS row FROM "${name}" t) rows`,
  );
  const { rows } = await admin.query<{ name: string; digest: string }>(each.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
