import type { JobContext } from './job-definition.js';
import { AttemptSuperseded, JobCancelled, ProcessStopping } from './job-errors.js';
import type { JobRecords } from './job-records.js';

/** How often a running job looks whether it is to stop. */
const LOOK_EVERY_MS = 500;
const HEARTBEAT_EVERY_MS = 5_000;
/** No more often than this is progress stored; the first and the last are always. */
const STORE_PROGRESS_EVERY_MS = 400;

/** One attempt at a job: its context, its pulse, and its ear for cancellation. */
export class JobAttempt implements JobContext {
  private readonly controller = new AbortController();
  private readonly pulse: NodeJS.Timeout;
  private looking = false;
  private lastHeartbeat = performance.now();
  private lastProgress = Number.NEGATIVE_INFINITY;

  constructor(
    readonly jobId: string,
    private readonly attempt: number,
    private readonly records: JobRecords,
    private readonly stopping: AbortSignal | undefined,
    private readonly tell: (fraction: number, message: string) => Promise<void>,
  ) {
    this.pulse = setInterval(() => void this.look(), LOOK_EVERY_MS);
    stopping?.addEventListener('abort', this.stop, { once: true });
    if (stopping?.aborted) this.stop();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  throwIfCancelled(): void {
    this.signal.throwIfAborted();
  }

  async progress(fraction: number, message: string): Promise<void> {
    this.throwIfCancelled();
    const now = performance.now();
    if (now - this.lastProgress < STORE_PROGRESS_EVERY_MS && fraction < 1) return;
    this.lastProgress = now;
    this.lastHeartbeat = now;
    const within = Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0));
    await this.records.progress(this.jobId, this.attempt, within, message);
    await this.tell(within, message);
  }

  /** No more looking, no more heartbeats. */
  close(): void {
    clearInterval(this.pulse);
    this.stopping?.removeEventListener('abort', this.stop);
  }

  private readonly stop = (): void => this.controller.abort(new ProcessStopping());

  private async look(): Promise<void> {
    if (this.looking || this.signal.aborted) return;
    this.looking = true;
    try {
      const row = await this.records.find(this.jobId);
      if (row?.state !== 'running' || row.attempts !== this.attempt)
        this.controller.abort(new AttemptSuperseded());
      else if (row.cancel_requested) this.controller.abort(new JobCancelled());
      else if (performance.now() - this.lastHeartbeat > HEARTBEAT_EVERY_MS) {
        this.lastHeartbeat = performance.now();
        await this.records.heartbeat(this.jobId, this.attempt);
      }
    } catch {
      // The database is away for a moment. The work goes on; the next look tells.
    } finally {
      this.looking = false;
    }
  }
}
