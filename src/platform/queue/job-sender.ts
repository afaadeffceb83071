import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { type JobsOptions, Queue } from 'bullmq';
import { ReadinessService } from '../telemetry/readiness.service.js';
import { describeError } from './job-errors.js';
import { MAX_FAILURES, type QueuedJob } from './job-runner.js';
import { QUEUE } from './queue-connection.js';

export interface JobToSend extends QueuedJob {
  kind: string;
}

const OPTIONS: JobsOptions = {
  attempts: MAX_FAILURES,
  backoff: { type: 'exponential', delay: 1_000 },
  // The row of the job is its history.
  removeOnComplete: true,
  removeOnFail: true,
};
/** Longer than any healthy queue takes; sending is repeated anyway. */
const PATIENCE_MS = 10_000;

/** Puts jobs into the queue. A job that is there already stays as it is, so sending twice is sending once. */
@Injectable()
export class JobSender implements OnModuleInit {
  private readonly logger = new Logger(JobSender.name);

  constructor(
    @InjectQueue(QUEUE) private readonly queue: Queue,
    @Optional() private readonly readiness?: ReadinessService,
  ) {}

  onModuleInit(): void {
    // Without a listener a lost connection would end the process; with one the queue connects again.
    this.queue.on('error', (error) =>
      this.logger.warn({ msg: 'the queue complains', error: describeError(error) }),
    );
    this.readiness?.add('queue', () => this.ping());
  }

  /** Rejects when the queue does not answer; what it may have taken then is sent again. */
  async send(jobs: readonly JobToSend[]): Promise<void> {
    // One by one: on PostgreSQL addBulk makes temporary tables, which our role may not.
    const added = jobs.map(({ jobId, projectId, kind }) =>
      this.queue.add(kind, { jobId, projectId } satisfies QueuedJob, { ...OPTIONS, jobId }),
    );
    await inTime(Promise.all(added));
  }

  /** Whether the queue still has a job that waits or runs. */
  async knows(jobId: string): Promise<boolean> {
    const state = await inTime(this.queue.getJobState(jobId));
    if (state !== 'completed' && state !== 'failed') return state !== 'unknown';
    // Over for the queue, but not for its row: make room for it to be sent again.
    await inTime(this.queue.remove(jobId));
    return false;
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
