import { spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Layout } from './layout.js';

export const SUPERUSER = 'assay_superuser';

export interface RunningPostgres {
  port: number;
  /** False where an orphan of an earlier process was found running and taken over. */
  started: boolean;
}

export interface PostgresOptions {
  /** Data of tests need not survive a power failure. */
  durable?: boolean;
}

const GIVE_UP_MS = 60_000;
/** How long a server named by a pid file may refuse connections before the file is taken for stale. */
const STALE_AFTER_MS = 3_000;

/** Start PostgreSQL on `layout.data`, making the data folder at first, or find it running. */
export async function startPostgres(layout: Layout, password: string, options: PostgresOptions = {}): Promise<RunningPostgres> {
  await initialise(layout, password, options);
  const pidFile = join(layout.data, 'postmaster.pid');
  const giveUp = Date.now() + GIVE_UP_MS;
  let refusedSince: number | undefined;
  for (;;) {
    const port = portOf(pidFile);
    const state = port === undefined ? 'absent' : await login(port, password);
    if (port !== undefined && state === 'in') return { port, started: false };
    if (port !== undefined && state === 'refused') refusedSince ??= Date.now();
    // A login decides, not the pid in the file: after a reboot that number may be anybody's.
    const stale = refusedSince !== undefined && Date.now() - refusedSince > STALE_AFTER_MS;
    if (stale) rmSync(pidFile, { force: true });
    if (state === 'absent' || stale) {
      const free = await freePort();
      if (await launch(layout, free, options)) return { port: free, started: true };
    }
    if (Date.now() > giveUp) throw new Error(`PostgreSQL did not start. Its log: ${layout.log}\n${tail(layout.log)}`);
    await sleep(100);
  }
}

export async function stopPostgres(layout: Layout): Promise<void> {
  await run(layout, 'pg_ctl', ['stop', '-D', layout.data, '-m', 'fast', '-w', '-t', '60']);
}

/** In a folder of another name, renamed when complete: an interrupted initdb leaves nothing that looks like data. */
async function initialise(layout: Layout, password: string, options: PostgresOptions): Promise<void> {
  if (existsSync(layout.data)) return;
  const draft = `${layout.data}.new-${process.pid}`;
  const passwordFile = `${draft}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (layout.user) {
      chownSync(draft, layout.user.uid, layout.user.gid);
      chownSync(passwordFile, layout.user.uid, layout.user.gid);
    }
    const made = await run(layout, 'initdb', [
      '-D', draft, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C',
      ...(options.durable === false ? ['--no-sync'] : []),
    ]); // prettier-ignore
    if (!made.ok) throw new Error(`initdb failed on ${layout.data}: ${made.output}`);
    renameSync(draft, layout.data);
  } catch (error) {
    // Two first starts at once: whoever renamed first made the data.
    if (!existsSync(layout.data)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(passwordFile, { force: true });
  }
}

async function launch(layout: Layout, port: number, options: PostgresOptions): Promise<boolean> {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    log_min_messages: 'warning',
    log_statement: 'none',
    // A failed statement would be logged with its values.
    log_min_error_statement: 'panic',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  // pg_ctl detaches the server: Ctrl-C in this terminal reaches us, and we stop it in our own order.
  const { ok } = await run(layout, 'pg_ctl', ['start', '-D', layout.data, '-l', layout.log, '-w', '-t', '60', '-o', flags.join(' ')]);
  return ok;
}

function run(layout: Layout, program: string, args: string[]): Promise<{ ok: boolean; output: string }> {
  const file = join(layout.programs, 'bin', program);
  // Output goes to a file: the server inherits it, and a pipe would stay open as long as the server lives.
  const transcript = `${layout.log}.${program}`;
  const out = openSync(transcript, 'w', 0o600);
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      ...(layout.user ?? {}),
      stdio: ['ignore', out, out],
    });
    child.on('error', (error) => resolve({ ok: false, output: String(error) }));
    child.on('exit', (code) => resolve({ ok: code === 0, output: tail(transcript) }));
  }).finally(() => closeSync(out)) as Promise<{ ok: boolean; output: string }>;
}

type Login = 'in' | 'starting' | 'refused';

async function login(port: number, password: string): Promise<Login> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: SUPERUSER, password, database: 'postgres', connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    return 'in';
  } catch (error) {
    // cannot_connect_now: starting up, shutting down, recovering.
    return (error as { code?: string }).code === '57P03' ? 'starting' : 'refused';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The fourth line of postmaster.pid. */
function portOf(pidFile: string): number | undefined {
  try {
    const port = Number(readFileSync(pidFile, 'utf8').split('\n')[3]);
    return Number.isInteger(port) && port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}

function tail(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-10).join('\n');
  } catch {
    return '';
  }
}
