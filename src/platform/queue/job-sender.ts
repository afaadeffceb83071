import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { type Job, type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { AssayConfig } from '../config/index.js';
import { ReadinessService } from '../telemetry/readiness.service.js';
import { describeError } from './job-errors.js';
import { MAX_FAILURES, type QueuedJob } from './job-runner.js';
import { QUEUE } from './queue-connection.js';

export interface JobToSend extends QueuedJob {
  kind: string;
  /** Its name in the queue, where not the id of its row: the queue takes each name once. */
  sentAs?: string;
}

/** Where the queue has a job: `unknown` when it has none, or is done with it. */
export type QueuePlace = 'unknown' | 'waiting' | 'delayed' | 'active';

const OPTIONS: JobsOptions = {
  attempts: MAX_FAILURES,
  backoff: { type: 'exponential', delay: 1_000 },
  // The row of the job is its history.
  removeOnComplete: true,
  removeOnFail: true,
};
/** Longer than any healthy queue takes; sending is repeated anyway. */
const PATIENCE_MS = 10_000;
/** In Redis, under the queue's own prefix: gone when Redis has lost what it had. */
const MEMORY = 'remembers';

/** Puts jobs into the queue. A job that is there already stays as it is, so sending twice is sending once. */
@Injectable()
export class JobSender implements OnModuleInit {
  private readonly logger = new Logger(JobSender.name);
  private readonly inRedis: boolean;

  constructor(
    @InjectQueue(QUEUE) private readonly queue: Queue,
    config: AssayConfig,
    @Optional() private readonly readiness?: ReadinessService,
  ) {
    this.inRedis = config.redisUrl !== undefined;
  }

  async onModuleInit(): Promise<void> {
    // Without a listener a lost connection would end the process; with one the queue connects again.
    this.queue.on('error', (error) =>
      this.logger.warn({ msg: 'the queue complains', error: describeError(error) }),
    );
    const away = this.inRedis
      ? 'Redis is not answering: jobs are accepted and wait in PostgreSQL'
      : undefined;
    this.readiness?.add('queue', () => this.ping(), away);
    // On PostgreSQL the queue keeps a first failure for good: better not to start than to serve without it.
    if (!this.inRedis) await this.queue.waitUntilReady();
  }

  /** Rejects when the queue does not answer; what it may have taken then is sent again. */
  async send(jobs: readonly JobToSend[]): Promise<void> {
    // One by one: on PostgreSQL addBulk makes temporary tables, which our role may not.
    const added = jobs.map(({ jobId, projectId, kind, sentAs = jobId }) =>
      this.queue.add(kind, { jobId, projectId } satisfies QueuedJob, { ...OPTIONS, jobId: sentAs }),
    );
    await inTime(Promise.all(added));
  }

  /** Where the queue has the job that was sent under this name. */
  async placeOf(sentAs: string): Promise<QueuePlace> {
    const state = await inTime(this.queue.getJobState(sentAs));
    if (state === 'unknown' || state === 'delayed' || state === 'active') return state;
    if (state !== 'completed' && state !== 'failed') return 'waiting';
    // Over for the queue, but not for its row: make room for it to be sent again.
    await inTime(this.queue.remove(sentAs));
    return 'unknown';
  }

  /** Let a job wait no longer for its next attempt. */
  async hasten(sentAs: string): Promise<void> {
    const job = (await inTime(this.queue.getJob(sentAs))) as Job | undefined;
    await job?.promote();
  }

  /** Whether Redis has lost what it had since `remember` was last called: it was flushed, or started again empty. */
  async hasForgotten(): Promise<boolean> {
    if (!this.inRedis) return false;
    return (await inTime((await this.redis()).exists(this.queue.toKey(MEMORY)))) === 0;
  }

  async remember(): Promise<void> {
    if (this.inRedis) await inTime((await this.redis()).set(this.queue.toKey(MEMORY), '1'));
  }

  private async redis(): Promise<Redis> {
    return (await this.queue.getBackend().client) as unknown as Redis;
  }

  /** Rejects when the queue does not answer. */
  async ping(): Promise<void> {
    await inTime(this.queue.count());
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the queue did not answer within ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
