import pg from 'pg';

/** The two roles that Assay works as. The superuser only makes them. */
export const OWNER = 'assay_owner';
export const APP = 'assay_app';
export const DATABASE = 'assay';

export interface RolePasswords {
  owner: string;
  app: string;
}

/** Make the roles, or give them their passwords anew. `admin` may create roles. */
export async function ensureRoles(admin: pg.Client, passwords: RolePasswords): Promise<void> {
  for (const [role, password] of [
    [OWNER, passwords.owner],
    [APP, passwords.app],
  ] as const) {
    const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) {
      await admin.query(`CREATE ROLE ${role}`).catch((error: { code?: string }) => {
        // Another first start was quicker.
        if (error.code !== '42710' && error.code !== '23505') throw error;
      });
    }
    // A role that could pass row-level security by would make every wall paint: said outright, not left to defaults.
    const attributes = (await isSuperuser(admin)) ? 'NOSUPERUSER NOBYPASSRLS' : '';
    await admin.query(`ALTER ROLE ${role} LOGIN NOCREATEDB NOCREATEROLE ${attributes} PASSWORD ${pg.escapeLiteral(password)}`);
  }
}

/** Give a database to the owner, with a schema of its own for the queue. `admin` is connected to that database. */
export async function furnishDatabase(admin: pg.Client): Promise<void> {
  const name = pg.escapeIdentifier((await admin.query<{ name: string }>('SELECT current_database() AS name')).rows[0]!.name);
  if (!(await isSuperuser(admin))) await admin.query(`GRANT ${OWNER}, ${APP} TO CURRENT_USER`);
  await admin.query(`
    REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${name} TO ${OWNER}, ${APP};
    GRANT CREATE ON DATABASE ${name} TO ${OWNER};
    ALTER SCHEMA public OWNER TO ${OWNER};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${APP};
    CREATE SCHEMA IF NOT EXISTS queue AUTHORIZATION ${APP};`);
}

async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ super: boolean }>('SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user');
  return rows[0]?.super ?? false;
}
