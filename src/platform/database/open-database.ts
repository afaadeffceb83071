import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { type AssayConfig, secretFile } from '../config/index.js';
import { prepareLayout, removeLayout } from './embedded/layout.js';
import { startPostgres, stopPostgres, SUPERUSER, type PostgresOptions } from './embedded/postgres.js';
import { migrate, type Migrations } from './migrate.js';
import { APP, DATABASE, ensureRoles, furnishDatabase, OWNER } from './roles.js';

export interface OpenDatabase {
  /** Connection string of the application's role. */
  appUrl: string;
  /** Connection string of a superuser, where Assay runs the server itself: for tests and repairs. */
  adminUrl?: string;
  /** Leave it; stops the server where this process runs it. */
  close(): Promise<void>;
}

export interface OpenOptions extends PostgresOptions {
  /** This process serves the home: it alone runs the embedded server. A worker joins one that runs. */
  serve: boolean;
  /** Remove the embedded server's data when it stops. */
  temporary?: boolean;
}

interface Passwords {
  superuser: string;
  owner: string;
  app: string;
}

/** A migrated database with its three roles, embedded or yours. */
export async function openDatabase(config: AssayConfig, migrations: Migrations, options: OpenOptions): Promise<OpenDatabase> {
  const { databaseUrl, databaseAppUrl } = config;
  if (databaseUrl !== undefined && databaseAppUrl !== undefined) {
    await migrate(databaseUrl, migrations);
    return { appUrl: databaseAppUrl, close: async () => undefined };
  }
  const passwords = await databasePasswords(config.home);
  if (databaseUrl !== undefined) return openYours(databaseUrl, passwords, migrations);
  return openEmbedded(config.home, passwords, migrations, options);
}

async function databasePasswords(home: string): Promise<Passwords> {
  const text = await secretFile(join(home, 'keys', 'database.json'), () => {
    const password = () => randomBytes(24).toString('base64url');
    return JSON.stringify({ superuser: password(), owner: password(), app: password() } satisfies Passwords);
  });
  return JSON.parse(text) as Passwords;
}

async function openYours(url: string, passwords: Passwords, migrations: Migrations): Promise<OpenDatabase> {
  await withClient(url, async (admin) => {
    try {
      await ensureRoles(admin, passwords);
    } catch (error) {
      if ((error as { code?: string }).code !== '42501') throw error;
      throw new Error(
        'DATABASE_URL: its role may not create roles. Let it log in as a role that may, or create assay_owner and assay_app ' +
          'yourself and give DATABASE_URL as assay_owner and DATABASE_APP_URL as assay_app (README, configuration).',
      );
    }
    await furnishDatabase(admin);
  });
  await migrate(as(url, OWNER, passwords.owner), migrations);
  return { appUrl: as(url, APP, passwords.app), close: async () => undefined };
}

async function openEmbedded(home: string, passwords: Passwords, migrations: Migrations, options: OpenOptions): Promise<OpenDatabase> {
  const layout = prepareLayout(home);
  const server = await startPostgres(layout, passwords.superuser, options);
  const url = (database: string) => `postgres://${SUPERUSER}:${passwords.superuser}@127.0.0.1:${server.port}/${database}`;
  const lock = options.serve ? await markRunning(url('postgres'), home) : undefined;
  await withClient(url('postgres'), async (admin) => {
    await ensureRoles(admin, passwords);
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
  });
  await withClient(url(DATABASE), furnishDatabase);
  await migrate(as(url(DATABASE), OWNER, passwords.owner), migrations);
  return {
    appUrl: as(url(DATABASE), APP, passwords.app),
    adminUrl: url(DATABASE),
    close: async () => {
      await lock?.end().catch(() => undefined);
      if (lock) await stopPostgres(layout);
      if (options.temporary) removeLayout(layout);
    },
  };
}

/** Any number, but the same for all who serve. */
const RUNNING = 4_650_002;

/** A lock on a connection of its own says that a server runs on this home. It frees itself when the process dies. */
async function markRunning(url: string, home: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: `assay ${process.pid}` });
  // The server is stopped under it, or dies: the process notices by its pool.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [RUNNING]);
  if (rows[0]?.locked) return client;
  const holder = await client.query<{ name: string }>(
    `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.objid = $1 AND l.granted`,
    [RUNNING],
  );
  await client.end();
  const pid = holder.rows[0]?.name.replace('assay ', 'process ') ?? 'another process';
  throw new Error(`Assay runs on ${home} already (${pid}). Use that one, stop it, or choose another folder with --home.`);
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The same address for another role. */
export function as(url: string, role: string, password: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = password;
  return other.toString();
}
