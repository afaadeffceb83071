import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Queue, type QueueOptions, setDefaultBackendFactory, Worker } from 'bullmq';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../src/platform/config/index.js';
import { isDatabaseAway } from '../../src/platform/database/index.js';
import { QUEUE, queueConnection } from '../../src/platform/queue/queue-connection.js';
import { migrateQueue } from '../../src/platform/queue/queue-schema.js';
import { type LateAnswers, lateAnswers } from '../support/late-answers.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let network: LateAnswers;
let source: DataSource;
/** What would have ended a server. */
const unheard: unknown[] = [];
const onUnheard = (error: unknown) => unheard.push(error);

beforeAll(async () => {
  process.on('uncaughtException', onUnheard);
  database = await createTestDatabase();
  network = await lateAnswers(database.appUrl);
  source = await new DataSource({ type: 'postgres', url: network.url, poolSize: 1 }).initialize();
});

afterAll(async () => {
  await source.destroy();
  await network.close();
  await database.drop();
  process.off('uncaughtException', onUnheard);
});

const LISTENS = `query LIKE '%LISTEN bullmq_jobs%'`;
const UNUSED = `query = ''`;

/** End the application's connections of which this is true, as soon as there is one that is ready: as when PostgreSQL goes down. */
async function cut(which: string): Promise<void> {
  for (;;) {
    const { rowCount } = await database.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = 'assay_app' AND state = 'idle' AND ${which}`,
    );
    if (rowCount !== 0) return;
    await sleep(5);
  }
}

// Then nobody listens for its error yet: the pool has handed it out, and its borrower goes on in a later turn.
describe('a connection that is cut in the moment in which it becomes ready', () => {
  it('fails the statement that waited for it, and nothing else', async () => {
    await cut('true');
    const { master: pool } = source.driver as unknown as { master: pg.Pool };
    await expect.poll(() => pool.totalCount).toBe(0);
    network.late = true;
    const statement = source.query('SELECT 1').catch((error: unknown) => error);
    await cut(UNUSED);
    expect(isDatabaseAway(await statement)).toBe(true);
    network.late = false;
    expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(unheard).toEqual([]);
  });

  it('is replaced by the queue, which listens again and goes on', async () => {
    await migrateQueue(database.appUrl);
    const options: QueueOptions = await queueConnection(AssayConfig.fromEnvironment({}), source, 'work');
    const queue = new Queue(QUEUE, options);
    const done: string[] = [];
    const worker = new Worker(QUEUE, (job: Job) => Promise.resolve(done.push(job.name)), options);
    queue.on('error', () => undefined);
    worker.on('error', () => undefined);
    try {
      await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
      network.late = true;
      await cut(LISTENS);
      for (let times = 0; times < 3; times++) await cut(UNUSED);
      network.late = false;
      const added = async () => (await queue.add('work', {}).catch(() => undefined)) !== undefined;
      await expect.poll(added, { timeout: 20_000 }).toBe(true);
      await expect.poll(() => done, { timeout: 20_000 }).toContain('work');
      expect(unheard).toEqual([]);
    } finally {
      await worker.close();
      await queue.close();
      setDefaultBackendFactory();
    }
  });
});
