import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueueSweeper } from '../../src/platform/queue/index.js';
import { describeJobs } from './queue-processes/job-behaviour.js';
import { OpenQueue } from './queue-processes/open-queue.js';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
if (!isInstalled)
  console.warn('SKIPPED: the queue on Redis is not tested, as there is no redis-server on this machine');

describe.skipIf(!isInstalled)('the queue on Redis', () => {
  let server: ChildProcess;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-redis-'));
    const port = await freePort();
    url = `redis://127.0.0.1:${port}`;
    server = spawn(
      'redis-server',
      [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--dir',
        folder,
        '--maxmemory-policy',
        'noeviction',
      ],
      {
        stdio: 'ignore',
      },
    );
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    await client.ping();
    client.disconnect();
  });
  afterAll(async () => {
    server?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  describeJobs('Redis', () => OpenQueue.open(url));

  it('loses no part and no whole when Redis loses everything, time and again', async () => {
    const queue = await OpenQueue.open(url);
    const redis = new Redis(url);
    try {
      const { id } = await queue.request('test.whole', { parts: 4, payload: { takes: 600 } });
      await queue.startWorker(2);
      for (const state of ['running', 'succeeded']) {
        await queue.partOf(id, state);
        await redis.flushall();
      }
      expect(await queue.wait(id, 90)).toMatchObject({ state: 'succeeded', result: { sum: 10 } });
      expect(await queue.effects(id)).toBe(1);
      for (const part of await queue.parts(id)) expect(await queue.effects(part.id)).toBe(1);
    } finally {
      redis.disconnect();
      await queue.close();
    }
  }, 120_000);

  it('loses nothing when Redis loses everything', async () => {
    const queue = await OpenQueue.open(url);
    const redis = new Redis(url);
    try {
      const jobs = await Promise.all([1, 2, 3].map(() => queue.request('test.add', { a: 1, b: 1 })));
      await sleep(500);
      expect(await redis.dbsize()).toBeGreaterThan(0);
      await redis.flushall();
      expect(await queue.module.get(QueueSweeper).sweep(0)).toBe(3);
      await queue.startWorker(1);
      for (const { id } of jobs) {
        expect(await queue.wait(id)).toMatchObject({ state: 'succeeded' });
        expect(await queue.effects(id)).toBe(1);
      }
      expect(await queue.module.get(QueueSweeper).sweep(0)).toBe(0);
    } finally {
      redis.disconnect();
      await queue.close();
    }
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
