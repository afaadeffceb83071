import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Address } from './client.js';
import { processesOf } from './processes.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const START_WITHIN_MS = 120_000;

/** `npm start` as an operator runs it, on a home of its own, in a process group of its own: what is killed is what runs. */
export class RealServer {
  readonly home = mkdtempSync(join(tmpdir(), 'assay-crash-'));
  private child?: ChildProcess;
  private said: string[] = [];
  address!: Address;

  get pid(): number {
    return this.child!.pid!;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when it serves. */
  async start(environment: Record<string, string> = {}): Promise<void> {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs')], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH,
        HOME,
        ASSAY_HOME: this.home,
        ASSAY_PORT: '0',
        ASSAY_WORKERS: '2',
        ASSAY_LOG_LEVEL: 'warn',
        ...environment,
      },
    });
    this.child = child;
    let ready = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.said.push(chunk.toString());
        if (this.said.length > 400) this.said.shift();
        if (chunk.includes('Assay is ready')) ready = true;
      });
    }
    const giveUp = performance.now() + START_WITHIN_MS;
    while (!ready) {
      if (!this.isRunning || performance.now() > giveUp)
        throw new Error(`the server did not start:\n${this.output}`);
      await sleep(20);
    }
    this.address = JSON.parse(readFileSync(join(this.home, 'client.json'), 'utf8')) as Address;
  }

  /** The last that it wrote. */
  get output(): string {
    return this.said.join('').slice(-6_000);
  }

  /** Kill the one process, not its group: what it started has to find out by itself. */
  async kill(): Promise<void> {
    process.kill(this.pid, 'SIGKILL');
    await this.ended();
  }

  /** Ask it to stop. Returns its exit code. */
  async stop(): Promise<number | null> {
    process.kill(this.pid, 'SIGTERM');
    await this.ended();
    return this.exitCode;
  }

  get exitCode(): number | null {
    return this.child!.exitCode;
  }

  async ended(): Promise<void> {
    while (this.isRunning) await sleep(10);
  }

  /** Where the embedded PostgreSQL has its data. */
  get postgresData(): string {
    try {
      return join(readFileSync(join(this.home, 'postgres-is-in'), 'utf8').trim(), 'data');
    } catch {
      return join(this.home, 'postgres');
    }
  }

  /** A superuser's connection string: the checker's own way in. */
  get adminUrl(): string {
    const { superuser } = JSON.parse(readFileSync(join(this.home, 'keys', 'database.json'), 'utf8')) as {
      superuser: string;
    };
    const port = readFileSync(join(this.postgresData, 'postmaster.pid'), 'utf8').split('\n')[3];
    return `postgres://assay_superuser:${superuser}@127.0.0.1:${port}/assay`;
  }

  /** Leave nothing behind, whatever state it is in. Ends only what belongs to this home. */
  async remove(): Promise<void> {
    const data = this.postgresData;
    // The server first: it would start its database again.
    if (this.isRunning) await this.kill();
    for (let left = processesOf(this.home, data); left.length > 0; left = processesOf(this.home, data)) {
      for (const { pid } of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has just ended by itself.
        }
      }
      await sleep(20);
    }
    if (!data.startsWith(this.home)) rmSync(dirname(data), { recursive: true, force: true });
    rmSync(this.home, { recursive: true, force: true });
  }
}
