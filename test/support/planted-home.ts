import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import supertest from 'supertest';
import { prepareLayout, removeLayout, type Layout } from '../../src/platform/database/embedded/layout.js';
import { stopPostgres } from '../../src/platform/database/embedded/postgres.js';

const SERVER = new URL('../../dist/main.js', import.meta.url).pathname;
const STARTS_WITHIN_MS = 120_000;

/** The built server as an operator runs it, in a process and on a home of its own, with everything that it says. */
export class ServedHome {
  readonly home = mkdtempSync(join(tmpdir(), 'assay-served-'));
  readonly project = 'default';
  /** Standard output and standard error, of the server and of the processes of its jobs, over all starts. */
  readonly said = { stdout: '', stderr: '' };
  url = '';
  /** A key with every role. */
  apiKey = '';
  private layout: Layout | undefined;
  private process: ChildProcess | undefined;

  constructor(private readonly environment: Record<string, string> = {}) {}

  get request(): ReturnType<typeof supertest> {
    return supertest(this.url);
  }

  /** Where the embedded PostgreSQL has data and log: under the home, or apart when run by root. */
  get database(): string {
    return dirname(this.laidOut().data);
  }

  get databaseUrl(): string {
    const { superuser } = JSON.parse(readFileSync(join(this.home, 'keys', 'database.json'), 'utf8')) as {
      superuser: string;
    };
    const port = readFileSync(join(this.laidOut().data, 'postmaster.pid'), 'utf8').split('\n')[3];
    return `postgres://assay_superuser:${superuser}@127.0.0.1:${port}/assay`;
  }

  async start(): Promise<this> {
    const before = this.said.stdout.length;
    const child = spawn(process.execPath, [SERVER], {
      env: {
        ...process.env,
        ASSAY_HOME: this.home,
        ASSAY_PORT: '0',
        ASSAY_WORKERS: '1',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    child.stdout.on('data', (bytes: Buffer) => (this.said.stdout += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (this.said.stderr += bytes.toString()));
    const until = Date.now() + STARTS_WITHIN_MS;
    while (!this.said.stdout.slice(before).includes('Stop it with Ctrl-C')) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`the server did not start: ${this.said.stderr.slice(-2_000)}`);
      await sleep(50);
    }
    const client = JSON.parse(readFileSync(join(this.home, 'client.json'), 'utf8')) as {
      url: string;
      apiKey: string;
    };
    this.url = client.url;
    this.apiKey = client.apiKey;
    return this;
  }

  /** Ends the server alone, as the kernel would, and its PostgreSQL stays. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As Ctrl-C. The home stays. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Stops what runs, and removes home and database. */
  async remove(): Promise<void> {
    await this.stop();
    const layout = this.laidOut();
    await stopPostgres(layout);
    removeLayout(layout);
    rmSync(this.home, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  private laidOut(): Layout {
    return (this.layout ??= prepareLayout(this.home));
  }
}
