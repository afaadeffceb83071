import { Queue, setDefaultBackendFactory, Worker, type QueueOptions } from 'bullmq';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../src/platform/config/index.js';
import { QueueSweeper } from '../../src/platform/queue/index.js';
import { QUEUE, queueConnection } from '../../src/platform/queue/queue-connection.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { OpenQueue } from './queue-processes/open-queue.js';

const isInstalled = hasRedis();
if (!isInstalled) console.warn('SKIPPED: jobs in Redis that wait for the future: no redis-server here');

let redis: RedisServer | undefined;
let queue: OpenQueue | undefined;
let own: Queue | undefined;
const BACK_ENDS: [string, boolean][] = [
  ['PostgreSQL', true],
  ['Redis', isInstalled],
];

/** A job that waits in the queue, and the queue as BullMQ has it. */
async function waitingJob(backEnd: string): Promise<{ queue: OpenQueue; own: Queue; id: string }> {
  if (backEnd === 'Redis') redis = await RedisServer.start();
  queue = await OpenQueue.open(redis?.url);
  const { id } = await queue.request('test.add', { a: 1, b: 2 });
  const options: QueueOptions = await queueConnection(
    queue.module.get(AssayConfig),
    queue.module.get(DataSource),
    'work',
  );
  own = new Queue(QUEUE, options);
  await expect.poll(() => own!.getJobState(id), { timeout: 10_000 }).toBe('waiting');
  return { queue, own, id };
}

afterEach(async () => {
  await own?.close();
  await queue?.close();
  await redis?.stop();
  setDefaultBackendFactory();
  redis = undefined;
});

describe('a job that waits for a time an hour ahead, as its clock was set back', () => {
  it.each(BACK_ENDS)('is run now, once (%s)', async (backEnd, isThere) => {
    if (!isThere) return;
    const { queue, own, id } = await waitingJob(backEnd);
    const state = () => own.getJobState(id);
    // As after an attempt that failed while the clock was ahead: it waits for its next one.
    await own.remove(id);
    const data = { jobId: id, projectId: queue.projectId };
    await own.add('test.add', data, { jobId: id, delay: 3_600_000, attempts: 3 });
    await queue.database.admin.query(`UPDATE job SET created_at = created_at + interval '1 hour'`);
    expect(await state()).toBe('delayed');
    await queue.module.get(QueueSweeper).sweep();
    expect(await state()).toBe('waiting');
    await queue.startWorker(1);
    expect(await queue.wait(id)).toMatchObject({ state: 'succeeded' });
    expect(await queue.effects(id)).toBe(1);
  });
});

describe('a job whose worker died while the queue held it until an hour ahead', () => {
  it.each(BACK_ENDS)(
    'is run once it has been silent for long enough, once (%s)',
    async (backEnd, isThere) => {
      if (!isThere) return;
      const { queue, own, id } = await waitingJob(backEnd);
      // A worker of a clock that was set back right after it took the job: what it said of itself is dated after that.
      const worker = new Worker(QUEUE, null, {
        ...own.opts,
        connection: own.opts.connection,
        lockDuration: 3_600_000,
      });
      expect(await worker.getNextJob('dead')).toMatchObject({ id });
      await worker.close(true);
      await queue.database.admin.query(
        `UPDATE job SET state = 'running', attempts = 1, heartbeat_at = now() - interval '10 minutes'`,
      );
      const sweeper = queue.module.get(QueueSweeper);
      const at = performance.now();
      expect(await sweeper.sweep(30, at), 'noticed').toBe(0);
      expect(await sweeper.sweep(30, at + 29_000), 'it may still speak').toBe(0);
      expect(await sweeper.sweep(30, at + 31_000), 'sent anew').toBe(1);
      expect(await sweeper.sweep(30, at + 62_000), 'and no second time').toBe(0);
      await queue.startWorker(1);
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded' });
      expect(await queue.effects(id)).toBe(1);
    },
  );
});
