import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { MIGRATIONS } from '../../migrations/index.js';
import { prepareLayout, removeLayout } from '../../src/platform/database/embedded/layout.js';
import { startPostgres, stopPostgres, SUPERUSER } from '../../src/platform/database/embedded/postgres.js';
import { as } from '../../src/platform/database/open-database.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { ensureRoles, furnishDatabase, OWNER } from '../../src/platform/database/roles.js';

const PASSWORD = 'test-only';

export interface TestServer {
  /** Superuser's URL of the maintenance database. */
  adminUrl: string;
  password: string;
  template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    server: TestServer;
  }
}

/** One PostgreSQL for all files of a suite, with a migrated database that each file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), 'assay-test-'));
  const layout = prepareLayout(home);
  const { port } = await startPostgres(layout, PASSWORD, { durable: false });
  const url = (database: string) => `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const template = 'assay_template';
  await query(url('postgres'), async (admin) => {
    await ensureRoles(admin, { owner: PASSWORD, app: PASSWORD });
    await admin.query(`CREATE DATABASE ${template} OWNER ${OWNER}`);
  });
  await query(url(template), furnishDatabase);
  await migrate(as(url(template), OWNER, PASSWORD), MIGRATIONS);
  project.provide('server', { adminUrl: url('postgres'), password: PASSWORD, template });
  return async () => {
    await stopPostgres(layout);
    removeLayout(layout);
    rmSync(home, { recursive: true, force: true });
  };
}

async function query(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await work(client).finally(() => client.end());
}
