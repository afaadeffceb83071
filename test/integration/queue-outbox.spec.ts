import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentContext } from '../../src/platform/context/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import {
  EventSubscriptions,
  Jobs,
  Outbox,
  OutboxDispatcher,
  QueueSweeper,
} from '../../src/platform/queue/index.js';
import { JobSender } from '../../src/platform/queue/job-sender.js';
import { OpenQueue } from './queue-processes/open-queue.js';

interface Heard {
  subscriber: string;
  payload: object;
  projectId: string;
  requestId: string;
  actor: string;
}

describe('the outbox', () => {
  let queue: OpenQueue;
  let heard: Heard[];
  let failures = 0;

  const units = () => queue.module.get(UnitOfWork);
  const outbox = () => queue.module.get(Outbox);
  const publish = (topic: string, payload: object) =>
    queue.as(() => units().run(() => outbox().publish(topic, payload)));
  const pending = async () => {
    const { rows } = await queue.database.admin.query<{ topic: string; attempts: number }>(
      'SELECT topic, attempts FROM outbox WHERE sent_at IS NULL ORDER BY id',
    );
    return rows;
  };

  beforeAll(async () => {
    queue = await OpenQueue.open();
    const subscriptions = queue.module.get(EventSubscriptions);
    const hear = (subscriber: string) => (payload: object) => {
      const { projectId, requestId, actor } = currentContext();
      heard.push({ subscriber, payload, projectId, requestId, actor: actor.kind });
      return Promise.resolve();
    };
    subscriptions.on('test.happened', 'first', hear('first'));
    subscriptions.on('test.happened', 'failing', async (payload: object) => {
      await outbox().publish('test.written', payload);
      if (failures > 0) {
        failures -= 1;
        throw new Error('not now');
      }
      await hear('failing')(payload);
    });
    subscriptions.on('test.happened', 'last', hear('last'));
  });
  afterAll(() => queue?.close());

  it('tells every subscriber, once committed, as the system, in the project', async () => {
    heard = [];
    await publish('test.happened', { n: 1 });
    await queue.module.get(OutboxDispatcher).drain();
    expect(heard.map(({ subscriber }) => subscriber).sort()).toEqual(['failing', 'first', 'last']);
    for (const one of heard) {
      expect(one).toMatchObject({
        payload: { n: 1 },
        projectId: queue.projectId,
        requestId: 'request-1',
        actor: 'system',
      });
    }
    expect(await pending()).toEqual([]);
  });

  it('tells by itself, soon after the commit', async () => {
    heard = [];
    await publish('test.happened', { n: 2 });
    for (let tries = 0; heard.length < 3 && tries < 40; tries += 1) await sleep(50);
    expect(heard).toHaveLength(3);
  });

  it('tells nothing of what was rolled back', async () => {
    heard = [];
    const failing = queue.as(() =>
      units().run(async () => {
        await outbox().publish('test.happened', { n: 3 });
        throw new Error('rolled back');
      }),
    );
    await expect(failing).rejects.toThrow('rolled back');
    await queue.module.get(OutboxDispatcher).drain();
    expect(heard).toEqual([]);
  });

  it('tries a failing subscriber again without telling the others twice, and keeps nothing of the failed reaction', async () => {
    heard = [];
    failures = 2;
    await publish('test.happened', { n: 4 });
    for (let tries = 0; heard.length < 3 && tries < 200; tries += 1) await sleep(50);
    await queue.module.get(OutboxDispatcher).drain();
    expect(heard.map(({ subscriber }) => subscriber).sort()).toEqual(['failing', 'first', 'last']);
    const { rows } = await queue.database.admin.query<{ n: string }>(
      `SELECT count(*) AS n FROM outbox WHERE topic = 'test.written' AND payload->'data'->>'n' = '4'`,
    );
    expect(rows[0]!.n).toBe('1');
  });

  it('tells each event once although several drain at the same time', async () => {
    heard = [];
    const other = openSecondDispatcher(queue);
    await Promise.all([1, 2, 3, 4, 5].map((n) => publish('test.happened', { n: `many-${n}` })));
    await Promise.all([queue.module.get(OutboxDispatcher).drain(), other.drain()]);
    for (let tries = 0; heard.length < 15 && tries < 40; tries += 1) await sleep(50);
    expect(heard).toHaveLength(15);
  });

  it('sends a job that its process never sent, because it died after the commit', async () => {
    const { id } = await queue.request('test.add', { a: 1, b: 1 });
    await queue.module.get(OutboxDispatcher).drain();
    await queue.database.admin.query(`DELETE FROM queue.job WHERE id = $1`, [id]);
    expect(await queue.module.get(QueueSweeper).sweep(0)).toBe(1);
    expect(await queue.module.get(QueueSweeper).sweep(0)).toBe(0);
    await queue.cancel(id);
  });

  it('closes a job that was to stop and whose process is gone', async () => {
    const { id } = await queue.request('test.add', { a: 1, b: 1 });
    await queue.database.admin.query(
      `UPDATE job SET state = 'running', attempts = 1, heartbeat_at = now() - interval '1 hour' WHERE id = $1`,
      [id],
    );
    await queue.cancel(id);
    expect(await queue.get(id)).toMatchObject({ state: 'running' });
    await queue.module.get(QueueSweeper).sweep();
    expect(await queue.get(id)).toMatchObject({ state: 'cancelled' });
  });

  it('cancels a job that has not started at once', async () => {
    const { id } = await queue.request('test.add', { a: 1, b: 1 });
    expect(await queue.cancel(id)).toMatchObject({ state: 'cancelled' });
    const { items } = await queue.as(() => queue.module.get(Jobs).list({}, { state: 'queued' }));
    expect(items.map((job) => job.id)).not.toContain(id);
  });

  it('writes an audit entry for a job that is asked for and one that is cancelled', async () => {
    const { id } = await queue.request('test.add', { a: 1, b: 1 });
    await queue.cancel(id);
    const { rows } = await queue.database.admin.query<{ action: string }>(
      `SELECT action FROM audit_leaf WHERE subject_id = $1 ORDER BY entry_id`,
      [id],
    );
    expect(rows.map((row) => row.action)).toEqual(['job.requested', 'job.cancelled']);
  });
});

/** Another dispatcher on the same rows and subscribers, as another process would be. */
function openSecondDispatcher({ module }: OpenQueue): OutboxDispatcher {
  return new OutboxDispatcher(
    module.get(DataSource),
    module.get(UnitOfWork),
    module.get(Outbox),
    module.get(EventSubscriptions),
    module.get(JobSender),
  );
}
