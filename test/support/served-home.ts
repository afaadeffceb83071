import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import supertest from 'supertest';
import { projectRoot } from '../../src/platform/config/index.js';
import { ApiClient } from './api-client.js';
import type { TestApp } from './start-test-app.js';

export interface ProgramOptions {
  /** On top of PATH, HOME and a silent log; nothing of the shell's own settings gets through. */
  environment?: NodeJS.ProcessEnv;
  program?: 'main' | 'worker';
  /** Put before the command: `['faketime', '-f', '+1h']`. */
  wrapper?: string[];
  cwd?: string;
  uid?: number;
  gid?: number;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built server or worker as a process of its own, as an operator runs it. */
export class ServedHome {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  private readonly gone: Promise<Ended>;

  constructor(
    readonly home: string,
    options: ProgramOptions = {},
  ) {
    const program = join(projectRoot(), 'dist', `${options.program ?? 'main'}.js`);
    const [command = '', ...args] = [
      ...(options.wrapper ?? []),
      process.execPath,
      '--enable-source-maps',
      program,
    ];
    this.child = spawn(command, args, {
      cwd: options.cwd ?? '/',
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ASSAY_HOME: home,
        ASSAY_PORT: '0',
        ASSAY_WORKERS: '1',
        ASSAY_LOG_LEVEL: 'warn',
        ...options.environment,
      },
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid ?? options.uid }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.gone = once(this.child, 'close').then(
      ([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }),
      (error: unknown) => {
        this.stderr += String(error);
        return { code: null, signal: null };
      },
    );
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves when it serves (or takes jobs). Throws what it said when it ends instead. */
  async ready(): Promise<this> {
    while (!/^Assay (is ready|takes jobs)/m.test(this.stdout)) {
      if (this.hasEnded) throw new Error(`it ended with ${this.child.exitCode}: ${this.said}`);
      await sleep(20);
    }
    return this;
  }

  get said(): string {
    return `${this.stderr}\n${this.stdout}`.trim();
  }

  get url(): string {
    return /API\s+(http:\/\/[^/]+)/.exec(this.stdout)![1]!;
  }

  /** A client with the key that the server leaves for its machine. */
  get client(): ApiClient {
    const { apiKey, project } = this.clientFile;
    const { url } = this;
    return new ApiClient({ request: supertest(url), url, apiKey, project } as unknown as TestApp);
  }

  get clientFile(): { url: string; apiKey: string; project: string } {
    return JSON.parse(readFileSync(join(this.home, 'client.json'), 'utf8')) as never;
  }

  ended(): Promise<Ended> {
    return this.gone;
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (!this.hasEnded) this.child.kill(signal);
    return this.gone;
  }
}

export const newHome = (name = 'assay-served-'): string => mkdtempSync(join(tmpdir(), name));

/** Where the embedded PostgreSQL of a home has its data: for root outside of it. */
export function postgresDataOf(home: string): string {
  const record = join(home, 'postgres-is-in');
  const place = existsSync(record) ? readFileSync(record, 'utf8').trim() : undefined;
  return place === undefined ? join(home, 'postgres') : join(place, 'data');
}

/** The process of the embedded PostgreSQL of a home, by its pid file. */
export function postgresPidOf(home: string): number | undefined {
  try {
    return Number(readFileSync(join(postgresDataOf(home), 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** Remove a home with everything that belongs to it, a PostgreSQL left running included. */
export async function removeHome(home: string): Promise<void> {
  const data = postgresDataOf(home);
  const pid = postgresPidOf(home);
  if (pid !== undefined && isPostgres(pid, data)) {
    process.kill(pid, 'SIGQUIT');
    while (isPostgres(pid, data)) await sleep(20);
  }
  if (existsSync(join(home, 'postgres-is-in'))) rmSync(join(data, '..'), { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}

/** Whether `pid` is a running PostgreSQL on `data`. */
export function isPostgres(pid: number, data: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
  } catch {
    return false;
  }
}
