import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type AssayConfig, secretFile } from '../config/index.js';
import { as, inRole, withClient } from './connections.js';
import { migrate, type Migrations } from './migrate.js';
import type { OpenDatabase } from './opened-database.js';
import { APP, ensureLogin, ensureRoles, furnishDatabase, OWNER } from './roles.js';

const INSUFFICIENT_PRIVILEGE = '42501';
/** Any number, but the same for all who prepare a database, and not that of the audit sequencer. */
const PREPARING = 4_650_004;

/** The database that DATABASE_URL names, served as the role of DATABASE_APP_URL or as a login that is made for this home. */
export async function openYours(
  config: AssayConfig,
  url: string,
  migrations: Migrations,
): Promise<OpenDatabase> {
  const appUrl = config.databaseAppUrl ?? (await ownLogin(config.home, url));
  try {
    await withClient(url, async (admin) => {
      // Several processes may start at once; the lock goes with the connection.
      await admin.query('SELECT pg_advisory_lock($1)', [PREPARING]);
      await ensureRoles(admin);
      if (config.databaseAppUrl === undefined) {
        const login = new URL(appUrl);
        await ensureLogin(admin, login.username, login.password);
      }
      await furnishDatabase(admin);
    });
    await migrate(inRole(url, OWNER), migrations);
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Error(`DATABASE_URL: ${(error as Error).message}. ${preparation(url)}`);
  }
  await refusePowerfulRole(appUrl);
  return { appUrl, close: async () => undefined };
}

/** Name and password of a login of this home alone: several homes, as of workers on other machines, share one database. */
async function ownLogin(home: string, url: string): Promise<string> {
  const text = await secretFile(join(home, 'keys', 'database-login.json'), () =>
    JSON.stringify({
      name: `${APP}_${randomBytes(4).toString('hex')}`,
      password: randomBytes(24).toString('base64url'),
    }),
  );
  const { name, password } = JSON.parse(text) as { name: string; password: string };
  return as(url, name, password);
}

/** Row-level security does not bind superusers, roles with BYPASSRLS, or whoever may become the owner. */
async function refusePowerfulRole(appUrl: string): Promise<void> {
  const problem = await withClient(appUrl, async (client) => {
    const { rows } = await client.query<{ name: string; strong: boolean; owner: boolean; member: boolean }>(
      `SELECT string_agg(rolname, ', ') AS name, bool_or(rolsuper OR rolbypassrls) AS strong,
              bool_or(pg_has_role(rolname, '${OWNER}', 'MEMBER')) AS owner,
              bool_and(pg_has_role(rolname, '${APP}', 'USAGE')) AS member
         FROM pg_roles WHERE rolname IN (session_user, current_user)`,
    );
    const [role] = rows;
    if (role?.strong) return `role ${role.name} is a superuser or has BYPASSRLS`;
    if (role?.owner) return `role ${role.name} may act as ${OWNER}`;
    if (!role?.member) return `role ${role?.name} is not a member of ${APP}`;
    return undefined;
  });
  if (problem !== undefined) {
    throw new Error(
      `DATABASE_APP_URL: ${problem}; expected ${APP}, or a member of it that is neither superuser nor owner and has no BYPASSRLS.`,
    );
  }
}

function preparation(url: string): string {
  const database = decodeURIComponent(new URL(url).pathname.slice(1)) || 'assay';
  return `Let it log in as a role that may create roles and owns the database, or have an administrator run
  CREATE ROLE ${OWNER} LOGIN PASSWORD '...'; CREATE ROLE ${APP} LOGIN PASSWORD '...';
  REVOKE ALL ON DATABASE "${database}" FROM PUBLIC; GRANT CONNECT ON DATABASE "${database}" TO ${OWNER}, ${APP};
  REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE, CREATE ON SCHEMA public TO ${OWNER}; GRANT USAGE ON SCHEMA public TO ${APP};
  CREATE SCHEMA queue AUTHORIZATION ${APP};
and give DATABASE_URL as ${OWNER} and DATABASE_APP_URL as ${APP}.`;
}
