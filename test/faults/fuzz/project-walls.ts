import type pg from 'pg';

/** Every table that belongs to projects, looked at past row-level security, before and after. */
export class ProjectWalls {
  private constructor(
    private readonly admin: pg.Pool,
    private readonly project: string,
    private readonly before: Map<string, string>,
  ) {}

  static async of(admin: pg.Pool, name: string): Promise<ProjectWalls> {
    const { rows } = await admin.query<{ id: string }>('SELECT id FROM project WHERE name = $1', [name]);
    const id = rows[0]!.id;
    return new ProjectWalls(admin, id, await rowsOf(admin, id));
  }

  /** The tables in which the project's own rows are not what they were. */
  async changes(): Promise<string[]> {
    const after = await rowsOf(this.admin, this.project);
    return [...after].filter(([table, digest]) => this.before.get(table) !== digest).map(([table]) => table);
  }
}

/** By table: how many rows a project has, and a digest over them. When a key was last used is no change. */
async function rowsOf(admin: pg.Pool, project: string): Promise<Map<string, string>> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'project_id' AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1`,
  );
  const found = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await admin.query<{ digest: string }>(
      `SELECT count(*) || ' ' || md5(coalesce(string_agg(row, '' ORDER BY row), '')) AS digest
       FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM "${name}" t WHERE project_id = $1) r`,
      [project],
    );
    found.set(name, rows[0]!.digest);
  }
  return found;
}
