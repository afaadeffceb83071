import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { MIGRATIONS } from '../../migrations/index.js';
import { prepareLayout, removeLayout } from '../../src/platform/database/embedded/layout.js';
import { startPostgres, stopPostgres, SUPERUSER } from '../../src/platform/database/embedded/postgres.js';
import { as, withClient } from '../../src/platform/database/connections.js';
import { guard } from '../../src/platform/database/embedded/guard.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { ensureRoles, furnishDatabase, OWNER } from '../../src/platform/database/roles.js';

const PASSWORD = 'test-only';

export interface TestServer {
  /** Superuser's URL of the maintenance database. */
  adminUrl: string;
  password: string;
  template: string;
  /** Goes away with the server. */
  folder: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    server: TestServer;
  }
}

/** One PostgreSQL for all files of a suite, with a migrated database that each file clones. */
export async function startTestServer(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), 'assay-test-'));
  const layout = prepareLayout(home);
  // A run that is killed leaves nothing behind either.
  const callOff = guard(layout, home);
  const { port } = await startPostgres(layout, PASSWORD, { durable: false });
  const url = (database: string) => `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const template = 'assay_template';
  await withClient(url('postgres'), async (admin) => {
    await ensureRoles(admin, { owner: PASSWORD, app: PASSWORD });
    await admin.query(`CREATE DATABASE ${template} OWNER ${OWNER}`);
  });
  await withClient(url(template), furnishDatabase);
  await migrate(as(url(template), OWNER, PASSWORD), MIGRATIONS);
  project.provide('server', { adminUrl: url('postgres'), password: PASSWORD, template, folder: home });
  return async () => {
    await stopPostgres(layout);
    removeLayout(layout);
    rmSync(home, { recursive: true, force: true });
    callOff();
  };
}
