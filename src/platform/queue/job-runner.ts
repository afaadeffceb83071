import { Injectable, Logger } from '@nestjs/common';
import { DelayedError, type SandboxedJob, UnrecoverableError, WaitingError } from 'bullmq';
import { PERMISSIONS, type Permission } from '../auth/roles.js';
import { type RequestContext, runInContext } from '../context/index.js';
import { isDatabaseAway, UnitOfWork } from '../database/index.js';
import { AssayError } from '../errors/index.js';
import { diskError } from '../storage/disk-errors.js';
import { JobAttempt } from './job-attempt.js';
import type { JobDefinition } from './job-definition.js';
import { AttemptSuperseded, describeError, JobCancelled, jobError, ProcessStopping } from './job-errors.js';
import { JobRecords, type JobRow } from './job-records.js';
import { JobRegistry } from './job-registry.js';
import { systemContext } from './system-context.js';

/** All that travels through the queue. */
export interface QueuedJob {
  jobId: string;
  projectId: string;
}

/** Failures of one job, counting the first. */
export const MAX_FAILURES = 3;
/** Starts of one job, counting those whose process died. A job that always kills its process must end too. */
const MAX_STARTS = 6;
/** How long a job rests after its database went away. */
const DATABASE_PAUSE_MS = 1_000;

/** Runs one job in a child process: from the queue's message to the finished row. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger(JobRunner.name);

  constructor(
    private readonly units: UnitOfWork,
    private readonly records: JobRecords,
    private readonly registry: JobRegistry,
  ) {}

  /**
   * Resolves when the job is finished, whoever finished it. Throws UnrecoverableError when it failed or was cancelled,
   * WaitingError or DelayedError when it went back to the queue, and another error when it is to be tried again. `stopping` is aborted when
   * this process is to stop.
   */
  async process(queued: SandboxedJob<QueuedJob>, token?: string, stopping?: AbortSignal): Promise<void> {
    try {
      await this.processOnce(queued, token, stopping);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      // Nobody knows what became of the row: the next start asks it. That the database went away is no failure of the job.
      this.logger.warn({ msg: 'the database went away under a job; trying again', jobId: queued.data.jobId });
      await queued.moveToDelayed(Date.now() + DATABASE_PAUSE_MS, token);
      throw new DelayedError();
    }
  }

  private async processOnce(
    queued: SandboxedJob<QueuedJob>,
    token?: string,
    stopping?: AbortSignal,
  ): Promise<void> {
    const { jobId, projectId } = queued.data;
    const row = await runInContext(systemContext(projectId, 'job-runner'), () => this.start(jobId));
    if (!row) return;
    const context = contextOf(row);
    await runInContext(context, async () => {
      const attempt = new JobAttempt(jobId, row.attempts, this.records, stopping, (fraction, message) =>
        queued.updateProgress({ pid: process.pid, fraction, message }),
      );
      try {
        // The parent learns from this which of its children to end when it must.
        await queued.updateProgress({ pid: process.pid, fraction: 0, message: '' });
        await this.attempt(row, attempt);
      } catch (error) {
        await this.settle(error, row, queued, attempt.signal, token);
      } finally {
        attempt.close();
      }
    });
  }

  private async start(jobId: string): Promise<JobRow | undefined> {
    const row = await this.records.start(jobId);
    if (!row) await this.records.cancelled(jobId);
    return row;
  }

  private async attempt(row: JobRow, attempt: JobAttempt): Promise<void> {
    if (row.attempts > MAX_STARTS) {
      throw new AssayError(
        'internal',
        'JOB_KILLS_ITS_PROCESS',
        `the job was started ${MAX_STARTS} times and its process died each time`,
        {
          remedy: 'give the workers more memory, or ask for less at a time',
          requestId: row.request_id,
        },
      );
    }
    const store = await this.definition(row.kind).run(row.payload, attempt);
    attempt.throwIfCancelled();
    await this.finish(row, store);
  }

  private finish(row: JobRow, store: () => Promise<object>): Promise<void> {
    return this.units.run(async () => {
      const result = await store();
      // Last, as a row that is held gives the transaction its place in the audit log: that is for what `store` locks and writes.
      const held = await this.records.lock(row.id, row.attempts);
      if (!held) throw new AttemptSuperseded();
      if (await this.records.awaitParts(row.id, row.attempts)) return;
      await this.records.succeed(row.id, row.attempts, result);
    });
  }

  private definition(kind: string): JobDefinition {
    const definition = this.registry.find(kind);
    if (definition) return definition;
    throw new AssayError('internal', 'JOB_KIND_UNKNOWN', `this worker does not know jobs of kind ${kind}`, {
      remedy: 'run workers of the same version as the service',
    });
  }

  /** What becomes of the row and of the queue's job after an error. Always throws, or returns for a job that is over. */
  private async settle(
    error: unknown,
    row: JobRow,
    queued: SandboxedJob<QueuedJob>,
    signal: AbortSignal,
    token?: string,
  ): Promise<void> {
    // What the work throws when it is interrupted is of no interest; why it was interrupted is.
    const cause: unknown = signal.aborted ? signal.reason : diskError(error);
    const log = { jobId: row.id, kind: row.kind, attempt: row.attempts, requestId: row.request_id };
    if (cause instanceof AttemptSuperseded || cause instanceof JobCancelled) {
      if (await this.records.cancelled(row.id)) throw new UnrecoverableError('cancelled');
      return;
    }
    if (isDatabaseAway(cause)) throw cause;
    if (cause instanceof ProcessStopping) {
      await this.records.requeue(row.id, row.attempts, 'its worker is stopping; waiting for another', false);
      await queued.moveToWait(token);
      throw new WaitingError();
    }
    const failures = queued.attemptsMade + 1;
    if (cause instanceof AssayError || failures >= MAX_FAILURES) {
      const shown = jobError(cause, row.request_id, failures);
      await this.records.fail(row.id, row.attempts, shown);
      this.logger.warn({
        msg: 'job failed',
        ...log,
        code: shown.code,
        ...(cause instanceof AssayError ? {} : { error: describeError(cause) }),
      });
      throw new UnrecoverableError(shown.code);
    }
    await this.records.requeue(
      row.id,
      row.attempts,
      `attempt ${failures} of ${MAX_FAILURES} failed; trying again`,
      true,
    );
    this.logger.warn({ msg: 'job failed, will be tried again', ...log, error: describeError(cause) });
    // Only this much goes into the queue's own records: an error's words may quote data.
    throw new Error('JOB_FAILED');
  }
}

function contextOf(row: JobRow): RequestContext {
  const { kind, id, name, permissions, projectName } = row.requested_by;
  return {
    requestId: row.request_id,
    projectId: row.project_id,
    projectName,
    actor: { kind, id, name, permissions: new Set(permissions.filter(isPermission)) },
  };
}

const isPermission = (name: string): name is Permission => name in PERMISSIONS;
