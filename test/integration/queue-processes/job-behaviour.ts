import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueueSweeper } from '../../../src/platform/queue/index.js';
import { isAlive, OpenQueue } from './open-queue.js';

/** What must hold of jobs whatever the queue's back end. */
export function describeJobs(backEnd: string, open: () => Promise<OpenQueue>): void {
  describe(`jobs on ${backEnd}`, () => {
    let queue: OpenQueue;
    beforeAll(async () => {
      queue = await open();
      await queue.startWorker(2);
    });
    afterAll(() => queue?.close());

    it('run in a child process, as whoever asked for them, and store once', async () => {
      const asked = await queue.request('test.add', { a: 1, b: 2 });
      expect(asked).toMatchObject({
        kind: 'test.add',
        state: 'queued',
        progress: 0,
        subject: { kind: 'test', id: '1' },
      });
      const done = await queue.wait(asked.id);
      expect(done).toMatchObject({ state: 'succeeded', progress: 1, error: null });
      expect(done.result).toMatchObject({
        sum: 3,
        actor: { kind: 'key', id: 'key-1', name: 'ci', permissions: ['read', 'contribute'] },
        projectName: 'credit',
        requestId: 'request-1',
      });
      expect((done.result as { pid: number }).pid).not.toBe(process.pid);
      expect(done.finishedAt!.getTime()).toBeGreaterThanOrEqual(done.startedAt!.getTime());
      expect(await queue.effects(asked.id)).toBe(1);
    });

    it('survive a worker that is killed: another finishes them, once, and no orphan works on', async () => {
      // A queue of its own, so that it is known who has the job.
      const own = await open();
      try {
        const doomed = await own.startWorker(1);
        const { id } = await own.request('test.add', { a: 1, b: 1, takes: 5_000 });
        const orphan = await own.firstRun(id);
        doomed.kill('SIGKILL');
        await own.startWorker(1);
        expect(await own.wait(id, 60)).toMatchObject({ state: 'succeeded' });
        expect(await own.effects(id)).toBe(1);
        const runs = await own.runs(id);
        expect(runs).toEqual([orphan, expect.any(Number)]);
        expect(runs[1]).not.toBe(orphan);
        expect(isAlive(orphan)).toBe(false);
      } finally {
        await own.close();
      }
    }, 120_000);

    it('are tried again after an unforeseen error', async () => {
      const { id } = await queue.request('test.flaky', { failures: 2 });
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded' });
      expect(await queue.runs(id)).toHaveLength(3);
      expect(await queue.effects(id)).toBe(1);
    });

    it('complete once although their process is killed in the middle', async () => {
      const { id } = await queue.request('test.dies', { times: 1 });
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded' });
      const [first, second] = await queue.runs(id);
      expect(second).not.toBe(first);
      expect(await queue.effects(id)).toBe(1);
    });

    it('stop within moments in the middle of a query when cancelled, and are not tried again', async () => {
      const { id } = await queue.request('test.query');
      await queue.until(id, (job) => job.message === 'querying');
      const asked = performance.now();
      expect(await queue.cancel(id)).toMatchObject({ state: 'running' });
      expect(await queue.wait(id)).toMatchObject({ state: 'cancelled', result: null, error: null });
      expect(performance.now() - asked).toBeLessThan(3_000);
      await sleep(1_500);
      expect(await queue.get(id)).toMatchObject({ state: 'cancelled' });
      expect(await queue.effects(id)).toBe(0);
    });

    it('that are finished are not run again when they are sent again', async () => {
      const { id } = await queue.request('test.add', { a: 1, b: 1 });
      await queue.wait(id);
      await queue.database.admin.query(
        `UPDATE outbox SET sent_at = NULL WHERE payload->'data'->>'jobId' = $1`,
        [id],
      );
      await queue.module.get(QueueSweeper).sweep(0);
      await sleep(2_500);
      expect(await queue.runs(id)).toHaveLength(1);
      expect(await queue.effects(id)).toBe(1);
    });
  });
}
