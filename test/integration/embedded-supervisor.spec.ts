import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../src/platform/config/index.js';
import { type Layout, prepareLayout, removeLayout } from '../../src/platform/database/embedded/layout.js';
import { stopPostgres } from '../../src/platform/database/embedded/postgres.js';
import { openDatabase, type OpenDatabase } from '../../src/platform/database/index.js';

/** What somebody else would hold who serves the home. */
const RUNNING = 4_650_002;

describe('the embedded PostgreSQL under its supervisor', () => {
  let home: string;
  let layout: Layout;
  let opened: OpenDatabase | undefined;
  let said: string[];
  let lost: Error[];

  const config = () => AssayConfig.fromEnvironment({ ASSAY_HOME: home });
  const open = async (more: { giveUpMs?: number; durable?: boolean } = {}) => {
    opened = await openDatabase(config(), [], {
      serve: true,
      durable: false,
      ...more,
      say: (message) => said.push(message),
      onLost: (error) => lost.push(error),
    });
    return opened;
  };
  const pidOf = () => Number(readFileSync(join(layout.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const query = async <Row extends object>(url: string, sql: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client.query<Row>(sql).then(
      ({ rows }) => client.end().then(() => rows),
      (error: unknown) => client.end().then(() => Promise.reject(error as Error)),
    );
  };
  const again = () => expect.poll(() => said.at(-1), { timeout: 60_000 }).toBe('the database runs again');

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'assay-supervised-'));
    layout = prepareLayout(home);
    said = [];
    lost = [];
  });

  afterEach(async () => {
    await opened?.close();
    opened = undefined;
    await stopPostgres(layout);
    removeLayout(layout);
    rmSync(home, { recursive: true, force: true });
  });

  it('is started again at the same port when it is killed, with all that was committed', async () => {
    const { adminUrl } = await open({ durable: true });
    await query(adminUrl!, 'CREATE TABLE kept AS SELECT 7 AS seven');
    const before = pidOf();
    process.kill(before, 'SIGKILL');
    await again();
    expect(pidOf()).not.toBe(before);
    expect(await query(adminUrl!, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
    expect(lost).toEqual([]);
  });

  it('is started again as often as it is killed, and is still one that nobody else may serve', async () => {
    await open();
    for (let times = 1; times <= 2; times += 1) {
      said.length = 0;
      process.kill(pidOf(), 'SIGKILL');
      await again();
    }
    await expect(openDatabase(config(), [], { serve: true, durable: false })).rejects.toThrow(
      /runs on .* already/,
    );
  });

  it('keeps its home when one of its processes is killed and it starts itself again', async () => {
    const { adminUrl } = await open();
    const before = pidOf();
    const [backend] = await query<{ pid: number }>(
      adminUrl!,
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'process %'`,
    );
    process.kill(backend!.pid, 'SIGKILL');
    await again();
    expect(pidOf()).toBe(before);
    await expect(openDatabase(config(), [], { serve: true, durable: false })).rejects.toThrow(
      /runs on .* already/,
    );
  });

  it('says once that it is lost when it cannot be started, and why', async () => {
    await open({ giveUpMs: 2_000 });
    const control = join(layout.data, 'global', 'pg_control');
    renameSync(control, `${control}.away`);
    process.kill(pidOf(), 'SIGKILL');
    await expect.poll(() => lost.length, { timeout: 60_000 }).toBe(1);
    expect(lost[0]!.message).toMatch(/PostgreSQL did not start.*pg_control/s);
    renameSync(`${control}.away`, control);
  });

  it('is lost when its data were removed, and nothing is made in their place', async () => {
    await open();
    const pid = pidOf();
    renameSync(layout.data, `${layout.data}.away`);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => lost.length, { timeout: 30_000 }).toBe(1);
    expect(lost[0]!.message).toMatch(/was removed/);
    expect(existsSync(layout.data)).toBe(false);
    renameSync(`${layout.data}.away`, layout.data);
  });

  it('is lost when another process has taken the home meanwhile', async () => {
    const { adminUrl } = await open();
    const maintenance = new URL(adminUrl!);
    maintenance.pathname = '/postgres';
    const other = new pg.Client({
      connectionString: maintenance.toString(),
      application_name: 'process 1, port 1',
    });
    other.on('error', () => undefined);
    await other.connect();
    const taken = other.query('SELECT pg_advisory_lock($1)', [RUNNING]);
    await query(
      maintenance.toString(),
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = ${RUNNING} AND granted`,
    );
    await taken;
    await expect.poll(() => lost.length, { timeout: 30_000 }).toBe(1);
    expect(lost[0]!.message).toMatch(/runs on .* already \(process 1, port 1\)/);
    await opened!.close();
    // The server is the other's now, and stays.
    expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await other.end();
  });

  it('is not started again by a process that is stopping', async () => {
    const { close } = await open();
    const control = join(layout.data, 'global', 'pg_control');
    renameSync(control, `${control}.away`);
    process.kill(pidOf(), 'SIGKILL');
    await expect.poll(() => said.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await close();
    opened = undefined;
    expect(lost).toEqual([]);
    renameSync(`${control}.away`, control);
  });
});
