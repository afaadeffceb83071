import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { as } from '../../src/platform/database/connections.js';
import { allowRewriting, APP, furnishDatabase, OWNER } from '../../src/platform/database/roles.js';

export interface TestDatabase {
  name: string;
  /** Of the application's role, under row-level security. */
  appUrl: string;
  ownerUrl: string;
  /** A superuser, past row-level security: what a test asserts with is not what it tests. */
  adminUrl: string;
  admin: pg.Pool;
  drop(): Promise<void>;
}

/** A migrated database of its own, cloned from the template, or from another database that nobody is connected to. */
export async function createTestDatabase(from?: string): Promise<TestDatabase> {
  const { adminUrl, password, template } = inject('server');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await maintain(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${from ?? template} OWNER ${OWNER}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const admin = new pg.Pool({ connectionString: url.toString(), max: 4 });
  // The server goes away under idle connections when the suite ends.
  admin.on('error', () => undefined);
  const client = await admin.connect();
  // Privileges on the database itself are not cloned.
  try {
    await furnishDatabase(client as unknown as pg.Client);
    await allowRewriting(client as unknown as pg.Client);
  } finally {
    client.release();
  }
  return {
    name,
    appUrl: as(url.toString(), APP, password),
    ownerUrl: as(url.toString(), OWNER, password),
    adminUrl: url.toString(),
    admin,
    drop: async () => {
      await admin.end();
      await maintain(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** One statement, with no database of a test. */
export async function maintain(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
