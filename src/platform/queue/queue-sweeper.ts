import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runInContext } from '../context/index.js';
import { describeError } from './job-errors.js';
import { JobRecords } from './job-records.js';
import { JobSender } from './job-sender.js';
import type { JobState } from './job.state.js';
import { OutboxDispatcher } from './outbox-dispatcher.js';
import { isJobProcess } from './process-role.js';
import { systemContext } from './system-context.js';

interface UnfinishedJob {
  id: string;
  project_id: string;
  kind: string;
  state: JobState;
  cancel_requested: boolean;
}

const SEND_EVERY_MS = 2_000;
const SWEEP_EVERY_MS = 15_000;
/** A job that nobody has heard of for this long may be lost. A running one says something every five seconds. */
export const SILENT_FOR_SECONDS = 30;
const PAGE = 200;

/**
 * Finds what was left lying: outbox rows whose process died before sending them, jobs that the queue has forgotten (a flushed
 * Redis, a crash between the commit and the queue), jobs asked to stop whose process is gone.
 */
@Injectable()
export class QueueSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(QueueSweeper.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private sweeping?: Promise<number>;

  constructor(
    private readonly database: DataSource,
    private readonly records: JobRecords,
    private readonly sender: JobSender,
    private readonly dispatcher: OutboxDispatcher,
  ) {}

  onApplicationBootstrap(): void {
    if (isJobProcess()) return;
    this.dispatcher.kick();
    const sweep = () => {
      this.sweep().catch((error: unknown) =>
        this.logger.error({ msg: 'sweeping jobs failed', error: describeError(error) }),
      );
    };
    this.timers.push(
      setInterval(() => this.dispatcher.kick(), SEND_EVERY_MS).unref(),
      setInterval(sweep, SWEEP_EVERY_MS).unref(),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.sweeping?.catch(() => undefined);
  }

  /** Send again what was lost. Returns how many jobs that were. Any number of processes may sweep at once. */
  sweep(silentForSeconds = SILENT_FOR_SECONDS): Promise<number> {
    this.sweeping ??= this.sweepAll(silentForSeconds).finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweepAll(silentForSeconds: number): Promise<number> {
    let found = 0;
    let after: string | null = null;
    for (;;) {
      const page: UnfinishedJob[] = await this.database.query(
        'SELECT id, project_id, kind, state, cancel_requested FROM jobs_unfinished($1, $2, $3)',
        [silentForSeconds, after, PAGE],
      );
      for (const job of page) if (await this.recover(job)) found += 1;
      after = page.at(-1)?.id ?? null;
      if (page.length < PAGE) break;
    }
    await this.database.query('SELECT prune_platform()');
    if (found > 0) this.logger.warn({ msg: 'jobs that the queue had lost were sent again', jobs: found });
    return found;
  }

  private async recover(job: UnfinishedJob): Promise<boolean> {
    if (job.cancel_requested) {
      await runInContext(systemContext(job.project_id, 'sweeper'), () => this.records.cancelled(job.id));
      return false;
    }
    if (await this.sender.knows(job.id)) return false;
    await this.sender.send([{ jobId: job.id, projectId: job.project_id, kind: job.kind }]);
    return true;
  }
}
