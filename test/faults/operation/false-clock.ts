import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIGRATIONS } from '../../../migrations/index.js';
import { as, withClient } from '../../../src/platform/database/connections.js';
import { type Layout, prepareLayout, removeLayout } from '../../../src/platform/database/embedded/layout.js';
import { startPostgres, stopPostgres, SUPERUSER } from '../../../src/platform/database/embedded/postgres.js';
import { migrate } from '../../../src/platform/database/migrate.js';
import { APP, ensureRoles, furnishDatabase, OWNER } from '../../../src/platform/database/roles.js';
import { freePort } from '../../support/redis-server.js';

const PASSWORD = 'test-only';
const DATABASE = 'assay';

/** A clock of its own for the processes that are started with its environment: libfaketime, with a file to set it by. */
export class FalseClock {
  private readonly folder = mkdtempSync(join(tmpdir(), 'assay-clock-'));
  private readonly file = join(this.folder, 'offset');

  private constructor(private readonly library: string) {
    chmodSync(this.folder, 0o755);
    this.set('+0');
  }

  /** Undefined where there is no faketime, or where it does not work on Node. */
  static make(): FalseClock | undefined {
    const found = spawnSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });
    if (found.status !== 0 || found.stdout.trim() === '') return undefined;
    const clock = new FalseClock(found.stdout.trim());
    clock.set('+1h');
    const seen = spawnSync(process.execPath, ['-p', 'Date.now()'], {
      encoding: 'utf8',
      env: { ...process.env, ...clock.environment },
    });
    clock.set('+0');
    return Number(seen.stdout) - Date.now() > 3_000_000 ? clock : undefined;
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      // Looked at each second; what only measures durations is left alone, as when an operator sets a clock.
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** `+1h`, `+0`: how far ahead it is, from within a second on. */
  set(offset: string): void {
    writeFileSync(`${this.file}.new`, `${offset}\n`, { mode: 0o644 });
    renameSync(`${this.file}.new`, this.file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A PostgreSQL, with a migrated database, that lives by a false clock. */
export class ClockedPostgres {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly clock: FalseClock,
    private readonly home: string,
    private readonly layout: Layout,
    private readonly port: number,
  ) {}

  static async make(clock: FalseClock): Promise<ClockedPostgres> {
    const home = mkdtempSync(join(tmpdir(), 'assay-clocked-'));
    const layout = prepareLayout(home);
    const server = new ClockedPostgres(clock, home, layout, await freePort());
    await startPostgres(layout, PASSWORD, { durable: false, port: server.port });
    await withClient(server.url('postgres'), async (admin) => {
      await ensureRoles(admin, { owner: PASSWORD, app: PASSWORD });
      await admin.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
    });
    await withClient(server.url(), furnishDatabase);
    await migrate(as(server.url(), OWNER, PASSWORD), MIGRATIONS);
    await stopPostgres(layout);
    return server;
  }

  /** What a server is to be started with. */
  get environment(): NodeJS.ProcessEnv {
    return {
      DATABASE_URL: as(this.url(), OWNER, PASSWORD),
      DATABASE_APP_URL: as(this.url(), APP, PASSWORD),
    };
  }

  /** Of the superuser, past row-level security. */
  url(database = DATABASE): string {
    return `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<void> {
    const { programs, data, user } = this.layout;
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${this.port}`,
      'unix_socket_directories=',
      'fsync=off',
    ];
    this.child = spawn(
      join(programs, 'bin', 'postgres'),
      ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      {
        cwd: '/',
        env: { PATH: process.env.PATH, LC_ALL: 'C', ...this.clock.environment },
        ...(user ?? {}),
        stdio: 'ignore',
      },
    );
    while (
      !(await withClient(this.url(), (sql) => sql.query('SELECT 1')).then(
        () => true,
        () => false,
      ))
    ) {
      if (this.child.exitCode !== null) throw new Error(`PostgreSQL ended with ${this.child.exitCode}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    removeLayout(this.layout);
    rmSync(this.home, { recursive: true, force: true });
  }
}
