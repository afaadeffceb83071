import pg from 'pg';

/** The two roles that Assay works as. The superuser only makes them. */
export const OWNER = 'assay_owner';
export const APP = 'assay_app';
export const DATABASE = 'assay';

export interface RolePasswords {
  owner: string;
  app: string;
}

/**
 * Make the roles where they are missing. With passwords they can log in, and get these passwords anew; without, others log
 * in and become them. `admin` may create roles.
 */
export async function ensureRoles(admin: pg.Client, passwords?: RolePasswords): Promise<void> {
  await ensureRole(admin, OWNER, passwords?.owner);
  await ensureRole(admin, APP, passwords?.app);
}

/** A login of its own that is `assay_app` from its first statement on: each home has one, so that none changes another's. */
export async function ensureLogin(admin: pg.Client, name: string, password: string): Promise<void> {
  await ensureRole(admin, name, password);
  const login = pg.escapeIdentifier(name);
  await admin.query(`GRANT ${APP} TO ${login}`);
  await admin.query(`ALTER ROLE ${login} SET role = '${APP}'`);
}

async function ensureRole(admin: pg.Client, name: string, password?: string): Promise<void> {
  const role = pg.escapeIdentifier(name);
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) {
    await admin.query(`CREATE ROLE ${role}`).catch((error: { code?: string }) => {
      // Another first start was quicker.
      if (error.code !== '42710' && error.code !== '23505') throw error;
    });
  }
  if (password === undefined) return;
  // A role that could pass row-level security by would make every wall paint: said outright, not left to defaults.
  const attributes = (await isSuperuser(admin)) ? 'NOSUPERUSER NOBYPASSRLS NOREPLICATION' : '';
  await admin.query(
    `ALTER ROLE ${role} LOGIN NOCREATEDB NOCREATEROLE ${attributes} PASSWORD ${pg.escapeLiteral(password)}`,
  );
}

/**
 * Give a database to the owner, with a schema of its own for the queue. `admin` is connected to that database. Does only
 * what is not done yet, so that a role without the right to do it may find it done.
 */
export async function furnishDatabase(admin: pg.Client): Promise<void> {
  if (await isFurnished(admin)) return;
  const name = pg.escapeIdentifier(
    (await one<{ name: string }>(admin, 'SELECT current_database() AS name')).name,
  );
  await joinRoles(admin);
  await admin.query(`
    REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${name} TO ${OWNER}, ${APP};
    GRANT CREATE ON DATABASE ${name} TO ${OWNER};
    CREATE SCHEMA IF NOT EXISTS queue AUTHORIZATION ${APP};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA public TO ${OWNER};
    GRANT USAGE ON SCHEMA public TO ${APP};`);
}

/** Let the owner drop the write-ahead log of what was erased. `admin` is a superuser. */
export async function allowRewriting(admin: pg.Client): Promise<void> {
  const { allowed } = await one<{ allowed: boolean }>(
    admin,
    `SELECT pg_has_role('${OWNER}', 'pg_checkpoint', 'USAGE') AND has_function_privilege('${OWNER}', 'pg_switch_wal()', 'EXECUTE') AS allowed`,
  );
  if (allowed) return;
  await admin.query(
    `GRANT pg_checkpoint TO ${OWNER}; GRANT EXECUTE ON FUNCTION pg_switch_wal() TO ${OWNER};`,
  );
}

/** Become a member of both roles, which is not implied by having made them. */
async function joinRoles(admin: pg.Client): Promise<void> {
  for (const role of [OWNER, APP]) {
    const { member } = await one<{ member: boolean }>(
      admin,
      `SELECT pg_has_role(current_user, '${role}', 'USAGE') AS member`,
    );
    if (!member) await admin.query(`GRANT ${role} TO CURRENT_USER`);
  }
}

async function isFurnished(admin: pg.Client): Promise<boolean> {
  const { furnished } = await one<{ furnished: boolean }>(
    admin,
    `SELECT has_schema_privilege('${OWNER}', 'public', 'CREATE')
        AND has_schema_privilege('${APP}', 'public', 'USAGE')
        AND NOT has_schema_privilege('${APP}', 'public', 'CREATE')
        AND has_database_privilege('${APP}', current_database(), 'CONNECT')
        AND NOT EXISTS (SELECT FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
                         WHERE datname = current_database() AND grantee = 0)
        AND EXISTS (SELECT FROM pg_namespace WHERE nspname = 'queue'
                     AND has_schema_privilege('${APP}', oid, 'CREATE')) AS furnished`,
  );
  return furnished;
}

async function isSuperuser(client: pg.Client): Promise<boolean> {
  const sql = 'SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user';
  return (await one<{ super: boolean }>(client, sql)).super;
}

async function one<Row extends object>(client: pg.Client, sql: string): Promise<Row> {
  const { rows } = await client.query<Row>(sql);
  if (!rows[0]) throw new Error('a query of one row returned none');
  return rows[0];
}
