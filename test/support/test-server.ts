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

/** Of a run: each suite loads this file for itself, and the first of them starts the server. */
const run = globalThis as { testServer?: { started: Promise<Started>; users: number } };

/** One PostgreSQL for all files of all suites of a run, with a migrated database that each file clones. It stops with the last suite. */
export async function startTestServer(project: TestProject): Promise<() => Promise<void>> {
  const shared = (run.testServer ??= { started: start(), users: 0 });
  shared.users += 1;
  const { server, stop } = await shared.started;
  project.provide('server', server);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    run.testServer = undefined;
    await stop();
  };
}

interface Started {
  server: TestServer;
  stop(): Promise<void>;
}

async function start(): Promise<Started> {
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
  return {
    server: { adminUrl: url('postgres'), password: PASSWORD, template, folder: home },
    stop: async () => {
      await stopPostgres(layout);
      removeLayout(layout);
      rmSync(home, { recursive: true, force: true });
      callOff();
    },
  };
}
