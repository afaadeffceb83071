import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isOutOfFiles } from '../../files/out-of-files.js';
import { isDatabaseAway } from '../is-database-away.js';
import type { Layout } from './layout.js';
import { DiskFull, type PostgresOptions, startPostgres, stopPostgres, SUPERUSER } from './postgres.js';
import { HomeTaken, takeRunningLock } from './running-lock.js';

export interface SupervisorOptions extends PostgresOptions {
  /** Told of what happens to the server, for the log. */
  say?: (message: string, error?: unknown) => void;
  /** Called once when the server is gone and does not come back. Nothing can be served any more. */
  onLost?: (error: Error) => void;
}

interface Home {
  path: string;
  /** How this process is named to others who want the home. */
  servedBy: string;
}

/** Between one that came back and went again, and the next try: a server that keeps dying is not to take the whole machine. */
const PAUSE_MS = 500;
const DISK_PAUSE_MS = 3_000;

/**
 * Keeps the embedded server of a home running while this process serves. The connection that holds the home's lock doubles as
 * its ear: when it ends, the server died (killed, out of memory) or one of its processes crashed, and it is started again at
 * the same port, so that everything that holds its address, in whatever process, finds it again.
 */
export class Supervisor {
  private readonly closing = new AbortController();
  private recovering?: Promise<void>;
  /** Whether the server is this process's to stop: not once it was stopped, nor when another process serves the home. */
  private ours = true;

  private constructor(
    private readonly layout: Layout,
    private readonly password: string,
    private readonly home: Home,
    private readonly options: SupervisorOptions,
    readonly port: number,
    /** Whether this process started the server, rather than take over an orphan. */
    readonly started: boolean,
    private lock: pg.Client,
  ) {
    this.watch();
  }

  /** Start the server, or take over one that was left running, and mark the home as served. Throws HomeTaken. */
  static async start(
    layout: Layout,
    password: string,
    home: Home,
    options: SupervisorOptions,
  ): Promise<Supervisor> {
    const { port, started } = await startPostgres(layout, password, options);
    const lock = await takeRunningLock(adminUrl(port, password), home.path, home.servedBy);
    return new Supervisor(layout, password, home, options, port, started, lock);
  }

  /** Stop the server in order, unless another process has taken it over. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.recovering;
    if (!this.ours) return;
    this.ours = false;
    // The lock goes with the server: given back before, a next start would find a server that is about to stop.
    await stopPostgres(this.layout);
    await this.lock.end().catch(() => undefined);
  }

  private watch(): void {
    this.lock.once('end', () => {
      if (this.closing.signal.aborted) return;
      this.recovering = this.recover().finally(() => (this.recovering = undefined));
    });
  }

  private async recover(): Promise<void> {
    this.options.say?.('the connection to the database broke; making sure that it runs');
    for (;;) {
      try {
        await this.startAgain();
        this.options.say?.('the database runs again');
        return this.watch();
      } catch (error) {
        if (this.closing.signal.aborted) return;
        if (!this.isPassing(error)) {
          this.ours = !(error instanceof HomeTaken);
          return this.options.onLost?.(error as Error);
        }
        this.options.say?.('the database went away again; trying once more', error);
        await sleep(error instanceof DiskFull ? DISK_PAUSE_MS : PAUSE_MS);
      }
    }
  }

  /** Throws what `startPostgres` does when it does not come up within a minute. */
  private async startAgain(): Promise<void> {
    // A start would make an empty one, and this process would serve that.
    if (!existsSync(this.layout.data)) throw new Error(`Its folder ${this.layout.data} was removed.`);
    const { port } = await startPostgres(this.layout, this.password, {
      ...this.options,
      port: this.port,
      signal: this.closing.signal,
    });
    if (port !== this.port) {
      throw new HomeTaken(this.home.path, `a process that started its database at port ${port}`);
    }
    const url = adminUrl(port, this.password);
    this.lock = await takeRunningLock(url, this.home.path, this.home.servedBy);
  }

  /** The disk is full, and somebody will free space; no file may be opened, and others will be closed; the server died again, or has not noticed yet that the old connection is gone. */
  private isPassing(error: unknown): boolean {
    return (
      isDatabaseAway(error) ||
      error instanceof DiskFull ||
      isOutOfFiles(error) ||
      (error instanceof HomeTaken && error.holder === this.home.servedBy)
    );
  }
}

export const adminUrl = (port: number, password: string, database = 'postgres') =>
  `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
