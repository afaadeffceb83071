import { setTimeout as sleep } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Job, Worker } from 'bullmq';
import { DataSource } from 'typeorm';
import { AssayConfig } from '../config/index.js';
import { runInContext } from '../context/index.js';
import { sweepHome } from '../files/process-files.js';
import { describeError, jobError } from './job-errors.js';
import { JobProgram } from './job-program.js';
import { JobRecords } from './job-records.js';
import { MAX_FAILURES, type QueuedJob } from './job-runner.js';
import { OutboxDispatcher } from './outbox-dispatcher.js';
import { isJobProcess } from './process-role.js';
import { isFinished } from './job.state.js';
import { queueConnection } from './queue-connection.js';
import { createSandboxWorker, warm } from './sandbox-worker.js';
import { systemContext } from './system-context.js';

const WATCH_EVERY_MS = 1_000;
/** How long a job may take to stop by itself once it is asked to. */
const STOP_WITHIN_MS = 5_000;
/** How long a process that is stopping waits for its jobs to go back to the queue. */
const SHUT_DOWN_WITHIN_MS = 8_000;
/** How long for a queue that does not answer, and how long when no job runs. */
const GIVE_UP_WITHIN_MS = 10_000;
const IDLE_WITHIN_MS = 3_000;

interface Running extends QueuedJob {
  pid?: number;
  /** When this process first saw that the job is to stop, on the monotonic clock. */
  stopSeen?: number;
}

/**
 * Takes jobs from the queue and runs each in a child process of its own. The child does the work and finishes the row; the
 * parent keeps the queue's lock alive, ends a child that will not stop, and closes the row of a job whose children died.
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobWorker.name);
  private readonly running = new Map<string, Running>();
  private worker?: Worker<QueuedJob>;
  private watch?: NodeJS.Timeout;
  private started?: Promise<void>;

  constructor(
    private readonly config: AssayConfig,
    private readonly database: DataSource,
    private readonly program: JobProgram,
    private readonly records: JobRecords,
    private readonly dispatcher: OutboxDispatcher,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (isJobProcess() || this.config.workers === 0) return;
    const options = await queueConnection(this.config, this.database, 'work');
    const worker = createSandboxWorker(this.config.workers, options, this.program);
    this.worker = worker;
    worker.on('active', (job) => this.running.set(job.id!, { ...job.data }));
    worker.on('progress', (job, progress) => this.note(job, progress));
    worker.on('completed', (job) => this.over(job));
    worker.on('failed', (job, error) => void this.failed(job, error));
    worker.on('error', (error) =>
      this.logger.warn({ msg: 'the queue complains', error: describeError(error) }),
    );
    this.watch = setInterval(() => void this.endTheUnwilling(), WATCH_EVERY_MS).unref();
    this.started = this.start(worker);
  }

  /** Resolves when jobs are taken. */
  async ready(): Promise<void> {
    await this.started;
  }

  /** Take no more jobs, send those that run back to the queue, end what does not stop, close. */
  async beforeApplicationShutdown(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    clearInterval(this.watch);
    await this.started?.catch(() => undefined);
    const closing = worker.close();
    worker.cancelAllJobs('stopping');
    const unwilling = setTimeout(() => {
      for (const { jobId, pid } of this.running.values()) this.kill(jobId, pid);
    }, SHUT_DOWN_WITHIN_MS);
    // A Redis that is away would be waited for without end. The rows say what is to be done.
    const given = new AbortController();
    await Promise.race([
      closing,
      sleep(this.running.size > 0 ? GIVE_UP_WITHIN_MS : IDLE_WITHIN_MS, undefined, given),
    ]);
    given.abort();
    clearTimeout(unwilling);
  }

  private async start(worker: Worker<QueuedJob>): Promise<void> {
    await warm(worker, this.program, this.config.workers).catch((error: unknown) =>
      this.logger.error({
        msg: 'a process for jobs did not start; trying again with the next job',
        error: describeError(error),
      }),
    );
    await worker.waitUntilReady();
    // Runs until the worker is closed.
    worker
      .run()
      .catch((error: unknown) => this.logger.error({ msg: 'the worker ended', error: describeError(error) }));
  }

  private note(job: Job<QueuedJob>, progress: unknown): void {
    const { pid } = progress as { pid?: number };
    const running = this.running.get(job.id!);
    if (running && pid !== undefined) running.pid = pid;
  }

  private over(job: Job<QueuedJob>): void {
    this.running.delete(job.id!);
    // What the job published waits in the outbox: its process does not send.
    this.dispatcher.kick();
  }

  private async failed(job: Job<QueuedJob> | undefined, error: Error): Promise<void> {
    if (!job) return;
    this.over(job);
    const { jobId, projectId } = job.data;
    const died = error.message.startsWith('Unexpected exit code');
    if (died) {
      this.logger.warn({ msg: 'the process of a job ended unexpectedly', jobId, how: error.message });
      // What it spilled may be many gigabytes, and the next process to start may be long in coming.
      await sweepHome(this.config.home).catch((failure: unknown) =>
        this.logger.error({ msg: 'what it left was not removed', jobId, error: describeError(failure) }),
      );
    }
    const isOver = job.attemptsMade >= MAX_FAILURES || error.name === 'UnrecoverableError';
    // A child finishes its row itself; this is for children that could not.
    await runInContext(systemContext(projectId, 'job-worker'), async () => {
      const row = await this.records.find(jobId);
      if (row && isOver) await this.records.giveUp(jobId, jobError(error, row.request_id, job.attemptsMade));
      else if (row && died) await this.records.cancelled(jobId);
    }).catch((failure: unknown) =>
      this.logger.error({ msg: 'a failed job was not closed', jobId, error: describeError(failure) }),
    );
  }

  /** End the children of jobs that were asked to stop and did not. */
  private async endTheUnwilling(): Promise<void> {
    for (const [sentAs, running] of this.running) {
      const row = await runInContext(systemContext(running.projectId, 'job-worker'), () =>
        this.records.find(running.jobId),
      ).catch(() => undefined);
      // A queue that was flushed meanwhile says nothing of the job's end.
      if (row && isFinished(row.state) && !row.cancel_requested) this.running.delete(sentAs);
      if (!row?.cancel_requested) continue;
      running.stopSeen ??= performance.now();
      if (performance.now() - running.stopSeen > STOP_WITHIN_MS) this.kill(running.jobId, running.pid);
    }
  }

  private kill(jobId: string, pid: number | undefined): void {
    if (pid === undefined) return;
    this.logger.warn({ msg: 'a job did not stop when asked to; its process is ended', jobId, pid });
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
}
