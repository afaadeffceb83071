import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Jobs } from '../../src/platform/queue/index.js';
import { OpenQueue } from './queue-processes/open-queue.js';

describe('jobs', () => {
  let queue: OpenQueue;
  beforeAll(async () => {
    queue = await OpenQueue.open();
    await queue.startWorker(2);
  });
  afterAll(() => queue?.close());

  it('tell how far they are', async () => {
    const { id } = await queue.request('test.add', { a: 1, b: 1, takes: 2_000 });
    const seen = await queue.until(id, (job) => job.progress > 0 && job.progress < 1);
    expect(seen).toMatchObject({
      state: 'running',
      message: expect.stringMatching(/adding, \d+ of 2000 ms/) as string,
    });
    expect(await queue.wait(id)).toMatchObject({ state: 'succeeded', progress: 1 });
  });

  it('run side by side', async () => {
    const jobs = await Promise.all([1, 2].map(() => queue.request('test.add', { a: 0, b: 0, takes: 1_500 })));
    const done = await Promise.all(jobs.map(({ id }) => queue.wait(id)));
    expect(new Set(done.map((job) => (job.result as { pid: number }).pid)).size).toBe(2);
    // Each had begun before the other ended.
    const lastStart = Math.max(...done.map((job) => job.startedAt!.getTime()));
    expect(lastStart).toBeLessThan(Math.min(...done.map((job) => job.finishedAt!.getTime())));
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

  it('give up after three, and show a request id but nothing of the error', async () => {
    const { id } = await queue.request('test.flaky', { failures: 99 });
    const failed = await queue.wait(id);
    expect(failed).toMatchObject({
      state: 'failed',
      error: { code: 'JOB_FAILED', details: { requestId: 'request-1' } },
    });
    expect(JSON.stringify(failed)).not.toMatch(/sealed-label|hunter2/);
    expect(await queue.runs(id)).toHaveLength(3);
    expect(await queue.effects(id)).toBe(0);
  });

  it('fail when they kill every process', async () => {
    const { id } = await queue.request('test.dies', { times: 99 });
    expect(await queue.wait(id)).toMatchObject({ state: 'failed', error: { code: 'JOB_FAILED' } });
    expect(await queue.runs(id)).toHaveLength(3);
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

  it('go to another worker when theirs stops in good order, without spending an attempt', async () => {
    const leaving = await queue.startWorker(1);
    const jobs = await Promise.all(
      [1, 2, 3].map(() => queue.request('test.add', { a: 1, b: 1, takes: 4_000 })),
    );
    await Promise.all(jobs.map(({ id }) => queue.firstRun(id)));
    const started = performance.now();
    await queue.stopWorker(leaving);
    expect(performance.now() - started).toBeLessThan(8_000);
    const done = await Promise.all(jobs.map(({ id }) => queue.wait(id)));
    expect(done.map((job) => job.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    for (const { id } of jobs) expect(await queue.effects(id)).toBe(1);
    const { rows } = await queue.database.admin.query<{ attempts: number }>(
      'SELECT attempts FROM job WHERE id = ANY($1)',
      [jobs.map(({ id }) => id)],
    );
    expect(rows.map((row) => row.attempts)).toEqual([1, 1, 1]);
  });
});
