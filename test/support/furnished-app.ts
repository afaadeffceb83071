import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { furnish, settled, type Furnished } from './furnished-project.js';
import { startTestApp, type TestApp, type TestProject } from './start-test-app.js';
import { createTestDatabase, maintain } from './test-database.js';

/** Names that nothing in the own project has: wherever they show, another project's data do. */
export const FOREIGN_MARK = 'foreign-zz-';

export interface FurnishedApp {
  test: TestApp;
  other: TestProject;
  own: Furnished;
  foreign: Furnished;
}

/** What is not in the database and the home that are copied. */
type Kept = Omit<FurnishedApp, 'test'> & { first: TestProject; home: string };

/** Of the database that is copied, and of the lock under which it is made: once for all files of a suite, as each has its own queue. */
const TEMPLATE = inject('redisUrl') === undefined ? 'assay_furnished' : 'assay_furnished_redis';

/**
 * The service, running workers, with two projects that have one of everything: `default`, and `other`, whose names bear the foreign
 * mark. Made over HTTP by the first file that asks; it and all others start on copies of that database and home.
 */
export async function startFurnishedApp(): Promise<FurnishedApp> {
  const { home: made, first, ...kept } = await furnishedTemplate();
  const home = await mkdtemp(join(tmpdir(), 'assay-home-'));
  await cp(made, home, { recursive: true, preserveTimestamps: true });
  const test = await startTestApp({
    workers: true,
    standing: { database: await createTestDatabase(TEMPLATE), home, first },
  });
  return { test, ...kept };
}

/** What `startFurnishedApp` copies, made if nobody has yet. */
export async function furnishedTemplate(): Promise<Kept> {
  const { adminUrl, folder } = inject('server');
  const file = join(folder, `${TEMPLATE}.json`);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [TEMPLATE]);
    const known = await readFile(file, 'utf8').catch(() => undefined);
    if (known !== undefined) return JSON.parse(known) as Kept;
    const kept = await furnishTemplate(join(folder, TEMPLATE));
    await writeFile(file, JSON.stringify(kept), { flag: 'wx' });
    return kept;
  } finally {
    // Ends the lock as well.
    await client.end();
  }
}

async function furnishTemplate(home: string): Promise<Kept> {
  const test = await startTestApp({ workers: true });
  const other = await test.newProject('other');
  const [own, foreign] = await Promise.all([
    furnish(test, test.project, test.apiKey, 'own-'),
    furnish(test, other.name, other.apiKey, FOREIGN_MARK),
  ]);
  await settled(test);
  await test.app.close();
  await cp(test.config.home, home, { recursive: true, preserveTimestamps: true });
  await test.database.admin.end();
  const { adminUrl } = inject('server');
  await maintain(adminUrl, `ALTER DATABASE ${test.database.name} RENAME TO ${TEMPLATE}`);
  await rm(test.config.home, { recursive: true, force: true });
  return { first: test.first, other, own, foreign, home };
}
