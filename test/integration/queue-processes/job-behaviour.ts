import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Jobs, QueueSweeper } from '../../../src/platform/queue/index.js';
import { isAlive, OpenQueue } from './open-queue.js';

/** What jobs do, whatever the queue's back end. */
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
      expect(asked).toMatchObject({ kind: 'test.add', state: 'queued', progress: 0, subject: { kind: 'test', id: '1' } });
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

    it('tell how far they are', async () => {
      const { id } = await queue.request('test.add', { a: 1, b: 1, takes: 2_000 });
      const seen = await queue.until(id, (job) => job.progress > 0 && job.progress < 1);
      expect(seen).toMatchObject({ state: 'running', message: expect.stringMatching(/adding, \d+ of 2000 ms/) as string });
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded', progress: 1 });
    });

    it('run side by side', async () => {
      const started = performance.now();
      const jobs = await Promise.all([1, 2].map(() => queue.request('test.add', { a: 0, b: 0, takes: 1_500 })));
      const done = await Promise.all(jobs.map(({ id }) => queue.wait(id)));
      expect(new Set(done.map((job) => (job.result as { pid: number }).pid)).size).toBe(2);
      expect(performance.now() - started).toBeLessThan(2_900);
    });

    it('fail for good with the words of an AssayError', async () => {
      const { id } = await queue.request('test.refuse');
      const failed = await queue.wait(id);
      expect(failed).toMatchObject({
        state: 'failed',
        result: null,
        error: { code: 'TEST_REFUSED', message: 'found 2, expected 1', details: { remedy: 'send 1' } },
      });
    });

    it('leave nothing of a store that fails', async () => {
      const { id } = await queue.request('test.refuse-storing');
      expect(await queue.wait(id)).toMatchObject({ state: 'failed', error: { code: 'TEST_REFUSED' } });
      expect(await queue.effects(id)).toBe(0);
    });

    it('are tried again after an unforeseen error', async () => {
      const { id } = await queue.request('test.flaky', { failures: 2 });
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded' });
      expect(await queue.runs(id)).toHaveLength(3);
      expect(await queue.effects(id)).toBe(1);
    });

    it('give up after three, and show a request id but nothing of the error', async () => {
      const { id } = await queue.request('test.flaky', { failures: 99 });
      const failed = await queue.wait(id);
      expect(failed).toMatchObject({ state: 'failed', error: { code: 'JOB_FAILED', details: { requestId: 'request-1' } } });
      expect(JSON.stringify(failed)).not.toMatch(/sealed-label|hunter2/);
      expect(await queue.runs(id)).toHaveLength(3);
      expect(await queue.effects(id)).toBe(0);
    });

    it('complete once although their process is killed in the middle', async () => {
      const { id } = await queue.request('test.dies', { times: 1 });
      expect(await queue.wait(id)).toMatchObject({ state: 'succeeded' });
      const [first, second] = await queue.runs(id);
      expect(second).not.toBe(first);
      expect(await queue.effects(id)).toBe(1);
    });

    it('fail when they kill every process', async () => {
      const { id } = await queue.request('test.dies', { times: 99 });
      expect(await queue.wait(id)).toMatchObject({ state: 'failed', error: { code: 'JOB_FAILED' } });
      expect(await queue.runs(id)).toHaveLength(3);
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

    it('are killed when they do not hear', async () => {
      const { id } = await queue.request('test.stubborn');
      await queue.until(id, (job) => job.message === 'deaf');
      await queue.cancel(id);
      expect(await queue.wait(id)).toMatchObject({ state: 'cancelled' });
      // Its slot is free again.
      const next = await queue.request('test.add', { a: 2, b: 2 });
      expect(await queue.wait(next.id)).toMatchObject({ state: 'succeeded' });
    });

    it('cannot be cancelled once they are finished, and twice is once', async () => {
      const { id } = await queue.request('test.add', { a: 1, b: 1 });
      await queue.wait(id);
      await expect(queue.cancel(id)).rejects.toMatchObject({ code: 'JOB_FINISHED' });
      const long = await queue.request('test.add', { a: 1, b: 1, takes: 20_000 });
      await queue.cancel(long.id);
      await queue.cancel(long.id);
      expect(await queue.wait(long.id)).toMatchObject({ state: 'cancelled' });
    });

    it('belong to their project', async () => {
      const { id } = await queue.request('test.add', { a: 1, b: 1 });
      const other = '00000000-0000-7000-8000-000000000000';
      const jobs = queue.module.get(Jobs);
      await expect(queue.as(() => jobs.get(id), other)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      await expect(queue.as(() => jobs.cancel(id), other)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      expect((await queue.as(() => jobs.list(), other)).items).toEqual([]);
      await expect(queue.get('nonsense')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      await queue.wait(id);
    });

    it('are listed newest first, by page, state and kind', async () => {
      const jobs = queue.module.get(Jobs);
      const first = await queue.as(() => jobs.list({ first: 2 }));
      expect(first.items).toHaveLength(2);
      expect(first.hasNextPage).toBe(true);
      const second = await queue.as(() => jobs.list({ first: 2, after: first.endCursor! }));
      const times = [...first.items, ...second.items].map((job) => job.createdAt.getTime());
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(new Set([...first.items, ...second.items].map((job) => job.id)).size).toBe(4);
      const failed = await queue.as(() => jobs.list({}, { state: 'failed', kind: 'test.refuse' }));
      expect(failed.items.map((job) => [job.kind, job.state])).toEqual([['test.refuse', 'failed']]);
    });

    it('are asked for in a unit of work or not at all', async () => {
      const jobs = queue.module.get(Jobs);
      await expect(queue.as(() => jobs.request('test.add', {}))).rejects.toThrow(/unit of work/);
      await expect(queue.request('test.unknown')).rejects.toThrow(/no job of kind/);
    });

    it('survive a worker that is killed: another finishes them, once, and no orphan works on', async () => {
      const doomed = await OpenQueue.prototype.startWorker.call(queue, 1);
      const jobs = await Promise.all([1, 2, 3].map(() => queue.request('test.add', { a: 1, b: 1, takes: 3_000 })));
      await Promise.all(jobs.map(({ id }) => queue.until(id, (job) => job.state === 'running')));
      const [pids] = await Promise.all([Promise.all(jobs.map(({ id }) => queue.runs(id))), sleep(300)]);
      doomed.kill('SIGKILL');
      const done = await Promise.all(jobs.map(({ id }) => queue.wait(id, 50)));
      expect(done.map((job) => job.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      for (const { id } of jobs) expect(await queue.effects(id)).toBe(1);
      const counts = await Promise.all(jobs.map(async ({ id }) => (await queue.runs(id)).length));
      expect(counts.toSorted()).toEqual([1, 1, 2]);
      const twice = counts.indexOf(2);
      expect(isAlive(pids[twice]![0]!)).toBe(false);
    });

    it('go to another worker when theirs stops in good order, without spending an attempt', async () => {
      const leaving = await queue.startWorker(1);
      const jobs = await Promise.all([1, 2, 3].map(() => queue.request('test.add', { a: 1, b: 1, takes: 4_000 })));
      await Promise.all(jobs.map(({ id }) => queue.until(id, (job) => job.state === 'running')));
      const started = performance.now();
      await queue.stopWorker(leaving);
      expect(performance.now() - started).toBeLessThan(8_000);
      const done = await Promise.all(jobs.map(({ id }) => queue.wait(id)));
      expect(done.map((job) => job.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      for (const { id } of jobs) expect(await queue.effects(id)).toBe(1);
      const { rows } = await queue.database.admin.query<{ attempts: number }>('SELECT attempts FROM job WHERE id = ANY($1)', [
        jobs.map(({ id }) => id),
      ]);
      expect(rows.map((row) => row.attempts)).toEqual([1, 1, 1]);
    });

    it('that are finished are not run again when they are sent again', async () => {
      const { id } = await queue.request('test.add', { a: 1, b: 1 });
      await queue.wait(id);
      await queue.database.admin.query(`UPDATE outbox SET sent_at = NULL WHERE payload->'data'->>'jobId' = $1`, [id]);
      await queue.module.get(QueueSweeper).sweep(0);
      await sleep(2_500);
      expect(await queue.runs(id)).toHaveLength(1);
      expect(await queue.effects(id)).toBe(1);
    });
  });
}
