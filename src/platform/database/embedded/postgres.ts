import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isOutOfFiles } from '../../files/out-of-files.js';
import type { Layout } from './layout.js';
import { isAlive, isPostgresOf } from './processes.js';
import { runProgram, tail } from './run-program.js';

export const SUPERUSER = 'assay_superuser';

export interface RunningPostgres {
  port: number;
  /** False where an orphan of an earlier process was found running and taken over. */
  started: boolean;
}

export interface PostgresOptions {
  /** Data of tests need not survive a power failure. */
  durable?: boolean;
  /** Where it is to listen; any free port by default. One that runs already stays where it is. */
  port?: number;
  /** How long to try. */
  giveUpMs?: number;
  /** Stop trying. */
  signal?: AbortSignal;
}

const GIVE_UP_MS = 60_000;

/** Start PostgreSQL on `layout.data`, making the data folder at first, or find it running. */
export async function startPostgres(
  layout: Layout,
  password: string,
  options: PostgresOptions = {},
): Promise<RunningPostgres> {
  await initialise(layout, password, options);
  const giveUp = Date.now() + (options.giveUpMs ?? GIVE_UP_MS);
  for (;;) {
    options.signal?.throwIfAborted();
    const found = pidFileOf(layout);
    const state = found ? await login(found.port, password, layout.data) : 'absent';
    if (found && state === 'in') return { port: found.port, started: false };
    const alive = found !== undefined && isPostgresOf(found.pid, layout.data);
    if (alive && state === 'denied') throw wrongPassword(layout);
    if (!alive) {
      // A login decides, not the pid in the file: after a reboot that number may be anybody's, and PostgreSQL would not start
      // over it. Where the number is nobody's, the file stays: by it PostgreSQL knows the processes of a server that was
      // killed, and waits for the last of them to end.
      if (found && isAlive(found.pid)) rmSync(join(layout.data, 'postmaster.pid'), { force: true });
      const port = options.port ?? (await freePort());
      // Else it lost a race, for the port or against another start: look again.
      if (await launch(layout, port, options)) {
        const answer = await login(port, password, layout.data);
        if (answer === 'in') return { port, started: true };
        if (answer === 'denied') {
          await stopPostgres(layout);
          throw wrongPassword(layout);
        }
      }
    }
    if (Date.now() > giveUp)
      throw new Error(`PostgreSQL did not start. Its log: ${layout.log}\n${tail(layout.log)}`);
    await sleep(100);
  }
}

/** The port of the server that runs on `layout.data`, waiting while it starts; undefined where none does. */
export async function findPostgres(layout: Layout, password: string): Promise<number | undefined> {
  const giveUp = Date.now() + GIVE_UP_MS;
  for (;;) {
    const found = pidFileOf(layout);
    const state = found ? await login(found.port, password, layout.data) : 'elsewhere';
    if (found && state === 'in') return found.port;
    if (state !== 'starting' || Date.now() > giveUp) return undefined;
    await sleep(100);
  }
}

/** Stop it in order; nothing happens where it does not run. */
export async function stopPostgres(
  layout: Pick<Layout, 'programs' | 'data' | 'log' | 'user'>,
): Promise<void> {
  if (!existsSync(join(layout.data, 'postmaster.pid'))) return;
  await runProgram(layout, 'pg_ctl', ['stop', '-D', layout.data, '-m', 'fast', '-w', '-t', '60']);
}

function wrongPassword(layout: Layout): Error {
  return new Error(
    `The database in ${layout.data} does not take the password of this home: keys/database.json is not the one that it ` +
      'was made with. Restore that file, or remove the whole home to begin anew.',
  );
}

/** In a folder of another name, renamed when complete: an interrupted initdb leaves nothing that looks like data. */
async function initialise(layout: Layout, password: string, options: PostgresOptions): Promise<void> {
  removeDeadDrafts(layout.data);
  if (existsSync(layout.data)) return;
  const draft = `${layout.data}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${draft}.password`;
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (layout.user) {
      chownSync(draft, layout.user.uid, layout.user.gid);
      chownSync(passwordFile, layout.user.uid, layout.user.gid);
    }
    const made = await runProgram(layout, 'initdb', [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      // Text sorts by code point on every machine, and upper and lower case are those of Unicode.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(options.durable === false ? ['--no-sync'] : []),
    ]);
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

/** What a start that was killed left: half a data folder, and the password it was to have. */
function removeDeadDrafts(data: string): void {
  const prefix = `${basename(data)}.new-`;
  for (const name of readdirSync(dirname(data))) {
    if (name.startsWith(prefix) && !isAlive(Number.parseInt(name.slice(prefix.length), 10))) {
      rmSync(join(dirname(data), name), { recursive: true, force: true });
    }
  }
}

async function launch(layout: Layout, port: number, options: PostgresOptions): Promise<boolean> {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    jit: 'off',
    // A segment of the log that is used again keeps what was in it: what is erased would be in files for months.
    wal_recycle: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_statement: 'none',
    // A failed statement would be logged with its values, and its details quote rows.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: 0,
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {}),
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  // pg_ctl gives the server a session of its own: Ctrl-C in this terminal reaches us, and we stop it in our own order.
  const logged = sizeOf(layout.log);
  const { ok } = await runProgram(layout, 'pg_ctl', [
    'start',
    ...['-D', layout.data],
    ...['-l', layout.log],
    ...['-w', '-t', '60'],
    ...['-o', flags.join(' ')],
  ]);
  const obstacle = ok ? undefined : obstacleIn(layout.log, logged);
  if (obstacle === undefined) return ok;
  const message = `PostgreSQL did not start: ${obstacle}. Its log: ${layout.log}`;
  throw /no space left|quota/i.test(obstacle) ? new DiskFull(message) : new Error(message);
}

/** PostgreSQL cannot start before somebody frees space. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

/** What no second try gets over, in the log from byte `from` on. */
function obstacleIn(log: string, from: number): string | undefined {
  if (!existsSync(log)) return undefined;
  const lines = readFileSync(log).subarray(from).toString().split('\n');
  return lines.find((line) => OBSTACLE.test(line))?.replace(/^.*?(FATAL|PANIC): +/, '');
}

const OBSTACLE =
  /(FATAL|PANIC): .*(No space left on device|quota exceeded|Read-only file system|Permission denied|incompatible with server)/i;

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

type Login = 'in' | 'starting' | 'denied' | 'elsewhere';

/** `elsewhere`: nobody answers at this port, or somebody who is not the server of `data`. Throws where no file is left to ask by. */
async function login(port: number, password: string, data: string): Promise<Login> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === data ? 'in' : 'elsewhere';
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    const { code } = error as { code?: string };
    // cannot_connect_now: starting up, shutting down, recovering.
    if (code === '57P03') return 'starting';
    return code === '28P01' ? 'denied' : 'elsewhere';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The first and the fourth line of postmaster.pid; undefined while there is none, or half of one. */
function pidFileOf(layout: Layout): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(layout.data, 'postmaster.pid'), 'utf8').split('\n');
    return lines.length > 3 ? { pid: Number(lines[0]), port: Number(lines[3]) } : undefined;
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
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
