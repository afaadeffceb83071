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
import { JobSender, type JobToSend } from './job-sender.js';
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

/** The outbox is sent, and Redis asked whether it has forgotten everything. */
const SEND_EVERY_MS = 2_000;
const SWEEP_EVERY_MS = 15_000;
/** A running job that nobody has heard of for this long may be lost: it says something every five seconds. */
export const SILENT_FOR_SECONDS = 30;
/** And for this long after a sweep has noticed it, by the monotonic clock: then it is lost, whatever the queue says. */
const LOST_AFTER_MS = 30_000;
const PAGE = 200;
/** In the past of every job's last sign of life, even where the clock was set back since. */
const EVER = -1e9;

/**
 * Finds what was left lying: outbox rows whose process died before sending them, jobs that the queue has forgotten (a flushed
 * Redis, a crash between the commit and the queue), jobs asked to stop whose process is gone, jobs that wait for a time that
 * lies far ahead since the clock was set back. A queued job that the queue has lost is sent again within 15 seconds, and
 * within 2 where Redis has lost everything at once.
 */
@Injectable()
export class QueueSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(QueueSweeper.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private sweeping?: Promise<number>;
  /** When running jobs were first found silent, on the monotonic clock. */
  private readonly silentSince = new Map<string, number>();

  constructor(
    private readonly database: DataSource,
    private readonly records: JobRecords,
    private readonly sender: JobSender,
    private readonly dispatcher: OutboxDispatcher,
  ) {}

  onApplicationBootstrap(): void {
    if (isJobProcess()) return;
    this.dispatcher.kick();
    const report = (error: unknown) =>
      this.logger.error({ msg: 'sweeping jobs failed', error: describeError(error) });
    const sweep = () => void this.sweep().catch(report);
    const send = () => {
      this.dispatcher.kick();
      // While Redis is away there is nothing to do about it, and the readiness says so.
      this.sender.hasForgotten().then(
        (forgotten) => (forgotten ? sweep() : undefined),
        () => undefined,
      );
    };
    sweep();
    this.timers.push(setInterval(send, SEND_EVERY_MS).unref(), setInterval(sweep, SWEEP_EVERY_MS).unref());
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.sweeping?.catch(() => undefined);
  }

  /** Send again what was lost. Returns how many jobs that were. Any number of processes may sweep at once. */
  sweep(silentForSeconds = SILENT_FOR_SECONDS, now = performance.now()): Promise<number> {
    this.sweeping ??= this.sweepAll(silentForSeconds, now).finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweepAll(silentForSeconds: number, now: number): Promise<number> {
    let found = 0;
    const silent = new Set<string>();
    let after: string | null = null;
    for (;;) {
      const page: UnfinishedJob[] = await this.database.query(
        'SELECT id, project_id, kind, state, cancel_requested FROM jobs_unfinished($1, $2, $3)',
        [EVER, after, PAGE],
      );
      for (const job of page) if (await this.recover(job, silentForSeconds, now, silent)) found += 1;
      after = page.at(-1)?.id ?? null;
      if (page.length < PAGE) break;
    }
    for (const id of this.silentSince.keys()) if (!silent.has(id)) this.silentSince.delete(id);
    await this.sender.remember();
    await this.database.query('SELECT prune_platform()');
    if (found > 0) this.logger.warn({ msg: 'jobs that the queue had lost were sent again', jobs: found });
    return found;
  }

  /** Whether it was lost. A job that is sent twice is run once: its row says whose attempt counts. */
  private async recover(
    job: UnfinishedJob,
    silentForSeconds: number,
    now: number,
    silent: Set<string>,
  ): Promise<boolean> {
    const inProject = <T>(work: () => Promise<T>) =>
      runInContext(systemContext(job.project_id, 'sweeper'), work);
    const toSend = { jobId: job.id, projectId: job.project_id, kind: job.kind };
    const lastHeard = () => inProject(() => this.records.lastHeard(job.id, silentForSeconds));

    if (job.state === 'running' || job.cancel_requested) {
      const heard = await lastHeard();
      if (heard === undefined || heard === 'lately') return false;
      if (job.cancel_requested) {
        await inProject(() => this.records.cancelled(job.id));
        return false;
      }
      if (heard === 'from the future') return this.sendAnew(toSend);
    }
    const place = await this.sender.placeOf(job.id);
    if (place === 'delayed' && (await lastHeard()) !== 'lately') await this.sender.hasten(job.id);
    if (place === 'active' && job.state === 'running') {
      // Of a worker that lives its pulse is heard, and what a dead one held is given to another within seconds.
      silent.add(job.id);
      const since = this.silentSince.get(job.id) ?? now;
      this.silentSince.set(job.id, since);
      if (now - since >= LOST_AFTER_MS) return this.sendAnew(toSend);
    }
    if (place !== 'unknown') return false;
    await this.sender.send([toSend]);
    return true;
  }

  /** The queue may take a dead worker's hour ahead for its word that it lives: such a job is sent under another name. */
  private async sendAnew(job: JobToSend): Promise<boolean> {
    const sentAs = `${job.jobId}-again`;
    if ((await this.sender.placeOf(sentAs)) !== 'unknown') return false;
    await this.sender.send([{ ...job, sentAs }]);
    return true;
  }
}
