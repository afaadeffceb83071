import { Queue, setDefaultBackendFactory, type QueueOptions } from 'bullmq';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../src/platform/config/index.js';
import { QueueSweeper } from '../../src/platform/queue/index.js';
import { QUEUE, queueConnection } from '../../src/platform/queue/queue-connection.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { OpenQueue } from './queue-processes/open-queue.js';

const isInstalled = hasRedis();
if (!isInstalled) console.warn('SKIPPED: jobs in Redis that wait for the future: no redis-server here');

describe('a job that waits for a time an hour ahead, as its clock was set back', () => {
  let redis: RedisServer | undefined;
  let queue: OpenQueue | undefined;
  let own: Queue | undefined;
  afterEach(async () => {
    await own?.close();
    await queue?.close();
    await redis?.stop();
    setDefaultBackendFactory();
    redis = undefined;
  });

  it.each([
    ['PostgreSQL', true],
    ['Redis', isInstalled],
  ])('is run now, once (%s)', async (backEnd, isThere) => {
    if (!isThere) return;
    if (backEnd === 'Redis') redis = await RedisServer.start();
    queue = await OpenQueue.open(redis?.url);
    const job = await queue.request('test.add', { a: 1, b: 2 });
    const options: QueueOptions = await queueConnection(
      queue.module.get(AssayConfig),
      queue.module.get(DataSource),
      'work',
    );
    own = new Queue(QUEUE, options);
    const state = () => own!.getJobState(job.id);
    await expect.poll(state, { timeout: 10_000 }).toBe('waiting');
    // As after an attempt that failed while the clock was ahead: it waits for its next one.
    await own.remove(job.id);
    const data = { jobId: job.id, projectId: queue.projectId };
    await own.add('test.add', data, { jobId: job.id, delay: 3_600_000, attempts: 3 });
    await queue.database.admin.query(`UPDATE job SET created_at = created_at + interval '1 hour'`);
    expect(await state()).toBe('delayed');
    await queue.module.get(QueueSweeper).sweep();
    expect(await state()).toBe('waiting');
    await queue.startWorker(1);
    expect(await queue.wait(job.id)).toMatchObject({ state: 'succeeded' });
    expect(await queue.effects(job.id)).toBe(1);
  });
});
