import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type AssayConfig, damagedSecret, secretFile } from '../config/index.js';
import { as, withClient } from './connections.js';
import { guard } from './embedded/guard.js';
import { type Layout, prepareLayout, removeLayout } from './embedded/layout.js';
import { findPostgres, stopPostgres } from './embedded/postgres.js';
import { adminUrl, Supervisor, type SupervisorOptions } from './embedded/supervisor.js';
import { migrate, type Migrations } from './migrate.js';
import type { OpenDatabase } from './opened-database.js';
import { allowRewriting, APP, DATABASE, ensureRoles, furnishDatabase, OWNER } from './roles.js';

export interface EmbeddedOptions extends SupervisorOptions {
  /** This process serves the home: it alone runs the embedded server. A worker joins one that runs. */
  serve: boolean;
  /** Remove the embedded server's data when it stops, even if this process is killed. */
  temporary?: boolean;
}

interface Passwords {
  superuser: string;
  owner: string;
  app: string;
}

/** The database of a home, on a PostgreSQL that this process starts and stops. Throws when another serves the home. */
export async function openEmbedded(
  config: AssayConfig,
  migrations: Migrations,
  options: EmbeddedOptions,
): Promise<OpenDatabase> {
  const layout = prepareLayout(config.home);
  const passwords = await databasePasswords(config.home);
  if (!options.serve) return joinEmbedded(config.home, layout, passwords);
  for (const data of layout.abandoned) await stopPostgres({ ...layout, data });
  const servedBy = `process ${process.pid}${config.port === 0 ? '' : `, port ${config.port}`}`;
  const home = { path: config.home, servedBy };
  const server = await Supervisor.start(layout, passwords.superuser, home, options);
  const url = (database: string) => adminUrl(server.port, passwords.superuser, database);
  const ownerUrl = as(url(DATABASE), OWNER, passwords.owner);
  const callOff = options.temporary ? guard(layout, config.home) : undefined;
  const close = async () => {
    await server.close();
    if (options.temporary) removeLayout(layout);
    callOff?.();
  };
  try {
    await makeDatabase(url, passwords);
    await migrate(ownerUrl, migrations);
  } catch (error) {
    if (server.started) await close();
    throw error;
  }
  return { appUrl: as(url(DATABASE), APP, passwords.app), ownerUrl, adminUrl: url(DATABASE), close };
}

/** The database of a home that another process serves, and has migrated. */
async function joinEmbedded(home: string, layout: Layout, passwords: Passwords): Promise<OpenDatabase> {
  const port = await findPostgres(layout, passwords.superuser);
  if (port === undefined) {
    throw new Error(
      `No Assay server runs on ${home}. Start one there first, or set DATABASE_URL to the database that it uses.`,
    );
  }
  const url = `postgres://127.0.0.1:${port}/${DATABASE}`;
  return {
    appUrl: as(url, APP, passwords.app),
    ownerUrl: as(url, OWNER, passwords.owner),
    close: async () => undefined,
  };
}

async function databasePasswords(home: string): Promise<Passwords> {
  const path = join(home, 'keys', 'database.json');
  const text = await secretFile(path, () => {
    const password = () => randomBytes(24).toString('base64url');
    return JSON.stringify({ superuser: password(), owner: password(), app: password() } satisfies Passwords);
  });
  return readPasswords(path, text);
}

function readPasswords(path: string, text: string): Passwords {
  try {
    const { superuser, owner, app } = JSON.parse(text) as Partial<Passwords>;
    if (superuser && owner && app) return { superuser, owner, app };
  } catch {
    // As incomplete ones.
  }
  throw damagedSecret(path, 'the passwords of the embedded PostgreSQL', text);
}

async function makeDatabase(url: (database: string) => string, passwords: Passwords): Promise<void> {
  await withClient(url('postgres'), async (admin) => {
    await ensureRoles(admin, passwords);
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
  });
  await withClient(url(DATABASE), async (admin) => {
    await furnishDatabase(admin);
    await allowRewriting(admin);
  });
}
