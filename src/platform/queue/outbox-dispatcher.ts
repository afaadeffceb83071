import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runInContext } from '../context/index.js';
import { UnitOfWork } from '../database/index.js';
import { EventSubscriptions } from './event-subscriptions.js';
import { describeError } from './job-errors.js';
import { JobSender } from './job-sender.js';
import { type Envelope, JOB_REQUESTED, Outbox } from './outbox.js';
import { isJobProcess } from './process-role.js';
import { systemContext } from './system-context.js';

interface OutboxRow {
  id: string;
  project_id: string;
  topic: string;
  payload: Envelope;
  attempts: number;
  created_at: Date;
}

const BATCH = 100;
/** Between a topic and the subscriber to whom one delivery of it is due. */
const DELIVERY = ' > ';

/**
 * Sends what stands in the outbox: jobs to the queue, events to their subscribers. Any number of processes may do this at
 * once. An event becomes one delivery per subscriber, and each delivery is marked in the very transaction of its reaction:
 * a failing subscriber is tried again by itself and holds nobody up.
 */
@Injectable()
export class OutboxDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxDispatcher.name);
  private running?: Promise<void>;
  private again = false;
  private closed = false;

  constructor(
    private readonly database: DataSource,
    private readonly units: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly subscriptions: EventSubscriptions,
    private readonly sender: JobSender,
  ) {}

  onApplicationBootstrap(): void {
    if (isJobProcess()) return;
    this.outbox.events.on('published', () => this.kick());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  /** Send soon, without waiting for it. */
  kick(): void {
    this.drain().catch((error: unknown) =>
      this.logger.error({ msg: 'sending failed; trying again soon', error: describeError(error) }),
    );
  }

  /** Send everything that is due. Calls while one is under way share the next round. */
  drain(): Promise<void> {
    if (this.closed) return Promise.resolve();
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.rounds().finally(() => (this.running = undefined));
    return this.running;
  }

  private async rounds(): Promise<void> {
    do {
      this.again = false;
      let rows: OutboxRow[];
      let moved: boolean;
      do {
        rows = await this.database.query<OutboxRow[]>('SELECT * FROM outbox_pending($1)', [BATCH]);
        moved = await this.dispatch(rows.filter(isDue));
      } while (rows.length > 0 && moved && !this.closed);
    } while (this.again && !this.closed);
  }

  /** Whether anything went out. */
  private async dispatch(rows: OutboxRow[]): Promise<boolean> {
    const jobs = rows.filter((row) => row.topic === JOB_REQUESTED);
    const events = rows.filter((row) => row.topic !== JOB_REQUESTED);
    const sent = await Promise.allSettled([this.sendJobs(jobs), this.deliver(events)]);
    for (const result of sent) {
      if (result.status === 'rejected')
        this.logger.error({ msg: 'sending failed; trying again soon', error: describeError(result.reason) });
    }
    return sent.some((result) => result.status === 'fulfilled' && result.value > 0);
  }

  private async sendJobs(rows: OutboxRow[]): Promise<number> {
    await this.sender.send(
      rows.map(({ project_id, payload }) => ({
        projectId: project_id,
        ...(payload.data as { jobId: string; kind: string }),
      })),
    );
    for (const [projectId, ids] of byProject(rows)) {
      await runInContext(systemContext(projectId, 'outbox'), () =>
        this.units.run((tx) =>
          tx.execute('UPDATE outbox SET sent_at = clock_timestamp() WHERE id = ANY($1)', [ids]),
        ),
      );
    }
    return rows.length;
  }

  private async deliver(rows: OutboxRow[]): Promise<number> {
    let moved = 0;
    for (const row of rows) {
      if (this.closed) break;
      const context = systemContext(row.project_id, 'outbox', row.payload.projectName, row.payload.requestId);
      if (await runInContext(context, () => this.deliverOne(row))) moved += 1;
    }
    return moved;
  }

  private async deliverOne(row: OutboxRow): Promise<boolean> {
    try {
      return await this.units.run(async (tx) => {
        const held = await tx.query(
          'SELECT 1 FROM outbox WHERE id = $1 AND sent_at IS NULL FOR UPDATE SKIP LOCKED',
          [row.id],
        );
        if (held.length === 0) return false;
        await this.react(row);
        await tx.execute('UPDATE outbox SET sent_at = clock_timestamp() WHERE id = $1', [row.id]);
        return true;
      });
    } catch (error) {
      this.logger.error({
        msg: 'an event was not delivered; trying again',
        topic: row.topic,
        requestId: row.payload.requestId,
        attempts: row.attempts + 1,
        error: describeError(error),
      });
      await this.units.run((tx) =>
        tx.execute('UPDATE outbox SET attempts = attempts + 1 WHERE id = $1', [row.id]),
      );
      return false;
    }
  }

  /** An event: one delivery for each subscriber. A delivery: the subscriber's reaction. Inside the unit of work. */
  private async react(row: OutboxRow): Promise<void> {
    const [topic = '', subscriber] = row.topic.split(DELIVERY);
    if (subscriber === undefined) {
      for (const name of this.subscriptions.subscribersOf(topic)) {
        await this.outbox.publish(`${topic}${DELIVERY}${name}`, row.payload.data);
      }
      return;
    }
    const react = this.subscriptions.find(topic, subscriber);
    // A process of another version may know it: the delivery waits for that one.
    if (!react) throw new Error(`nobody here is called ${subscriber}`);
    await react(row.payload.data);
  }
}

/**
 * What has failed n times rests until it is 2^n seconds old, and at most an hour for each failure. What is dated in the future
 * (the clock was set back) rests no longer.
 */
function isDue({ attempts, created_at }: OutboxRow): boolean {
  if (attempts === 0) return true;
  const restSeconds = Math.min(2 ** Math.min(attempts, 30), 3_600 * attempts);
  const age = Date.now() - created_at.getTime();
  return age < 0 || age >= restSeconds * 1000;
}

function byProject(rows: OutboxRow[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const row of rows) ids.set(row.project_id, [...(ids.get(row.project_id) ?? []), row.id]);
  return ids;
}
