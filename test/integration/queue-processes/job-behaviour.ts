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

    it('wait for their parts, are run again once when the last is done, and tell how many are', async () => {
      const { id } = await queue.request('test.whole', { parts: 5, payload: { takes: 300 } });
      const waiting = await queue.until(id, (job) => job.progress > 0);
      expect(waiting).toMatchObject({ state: 'queued', message: expect.stringMatching(/of 5 parts are done/) as string }); // prettier-ignore
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded', result: { sum: 5 + 10 } });
      expect(await queue.runs(id)).toHaveLength(2);
      expect(await queue.effects(id)).toBe(1);
      for (const part of await queue.parts(id)) {
        expect(part).toMatchObject({
          state: 'succeeded',
          requested_by: { name: 'ci' },
          request_id: 'request-1',
        });
        expect(await queue.effects(part.id)).toBe(1);
      }
    });

    it('fail with the error of the first part that fails, and the other parts stop', async () => {
      const { id } = await queue.request('test.whole', { parts: 6, kind: 'test.refuse', payload: { takes: 20_000 } }); // prettier-ignore
      expect(await queue.wait(id)).toMatchObject({ state: 'failed', error: { code: 'TEST_REFUSED', details: { remedy: 'send 1' } } }); // prettier-ignore
      expect(await queue.statesOfParts(id)).toEqual({ failed: 1, cancelled: 5 });
      expect(await queue.runs(id)).toHaveLength(1);
    });

    it('fail where a part kills every process', async () => {
      const { id } = await queue.request('test.whole', {
        parts: 2,
        kind: 'test.dies',
        payload: { times: 99 },
      });
      expect(await queue.wait(id, 60)).toMatchObject({ state: 'failed' });
      expect((await queue.get(id)).error).toEqual((await queue.parts(id)).find(({ state }) => state === 'failed')!.error); // prettier-ignore
    }, 90_000);

    it.each(['the whole', 'a part'])('stop with all their parts when %s is cancelled', async (which) => {
      const { id } = await queue.request('test.whole', { parts: 6, payload: { takes: 20_000 } });
      const running = await queue.partOf(id, 'running');
      await queue.cancel(which === 'the whole' ? id : running);
      expect(await queue.wait(id)).toMatchObject({ state: 'cancelled', error: null });
      expect(await queue.statesOfParts(id)).toEqual({ cancelled: 6 });
      expect(await queue.runs(id)).toHaveLength(1);
      expect(await queue.effects(id)).toBe(0);
    });

    it('are not sent while they wait for parts, nor their parts twice, whatever is swept and sent again', async () => {
      const { id } = await queue.request('test.whole', { parts: 3, payload: { takes: 800 } });
      await queue.partOf(id, 'running');
      await queue.database.admin.query(`UPDATE outbox SET sent_at = NULL WHERE topic = 'job.requested'`);
      for (let i = 0; i < 3; i += 1) {
        await queue.module.get(QueueSweeper).sweep(0);
        await sleep(200);
      }
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded', result: { sum: 6 } });
      expect(await queue.runs(id)).toHaveLength(2);
      for (const part of await queue.parts(id)) expect(await queue.runs(part.id)).toHaveLength(1);
    });

    it('lose no part with a worker that is killed, and are stored once', async () => {
      const own = await open();
      try {
        const doomed = await own.startWorker(2);
        const { id } = await own.request('test.whole', { parts: 4, payload: { takes: 1_500 } });
        const orphan = await own.firstRun(await own.partOf(id, 'running'));
        doomed.kill('SIGKILL');
        await own.startWorker(2);
        expect(await own.wait(id, 90)).toMatchObject({ state: 'succeeded', result: { sum: 10 } });
        expect(await own.effects(id)).toBe(1);
        for (const part of await own.parts(id)) expect(await own.effects(part.id)).toBe(1);
        expect(isAlive(orphan)).toBe(false);
      } finally {
        await own.close();
      }
    }, 120_000);

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
