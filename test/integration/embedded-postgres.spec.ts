import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../src/platform/config/index.js';
import { openDatabase, type OpenDatabase } from '../../src/platform/database/index.js';
import { prepareLayout, removeLayout, type Layout } from '../../src/platform/database/embedded/layout.js';
import { startPostgres, stopPostgres } from '../../src/platform/database/embedded/postgres.js';
import { isAlive } from '../../src/platform/database/embedded/processes.js';

const options = { serve: true, durable: false };

describe('the embedded PostgreSQL', () => {
  let closed: string;
  let home: string;
  let opened: OpenDatabase[] = [];
  let used: Layout[] = [];

  const open = async (at = home) => {
    const config = AssayConfig.fromEnvironment({ ASSAY_HOME: at });
    const database = await openDatabase(config, [], options);
    opened.push(database);
    return database;
  };
  const layout = () => {
    const prepared = prepareLayout(home);
    used.push(prepared);
    return prepared;
  };
  /** As after kill -9 of the process that served: its PostgreSQL runs, nobody holds the lock or looks after it. */
  const orphan = async (of: Layout) => {
    await (await open()).close();
    const { superuser } = JSON.parse(readFileSync(join(home, 'keys', 'database.json'), 'utf8')) as {
      superuser: string;
    };
    return startPostgres(of, superuser, options);
  };
  const pidOf = ({ data }: Layout) =>
    Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);

  beforeEach(() => {
    // A folder that nobody else can enter, as a clone under a home of mode 0700.
    closed = mkdtempSync(join(tmpdir(), 'assay-closed-'));
    chmodSync(closed, 0o700);
    home = join(closed, 'my clone', '.assay');
    mkdirSync(home, { recursive: true });
  });

  afterEach(async () => {
    for (const database of opened) await database.close();
    for (const { abandoned, ...rest } of [layout(), ...used]) {
      for (const data of [rest.data, ...abandoned]) {
        await stopPostgres({ ...rest, data });
        removeLayout({ ...rest, data, abandoned: [] });
      }
    }
    rmSync(closed, { recursive: true, force: true });
    opened = [];
    used = [];
  });

  it('starts in a folder that nobody else can enter, with roles that cannot pass row-level security', async () => {
    const { appUrl } = await open();
    const client = new pg.Client({ connectionString: appUrl });
    await client.connect();
    const { rows } = await client.query(
      'SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = session_user',
    );
    const powers = await client.query(
      `SELECT has_schema_privilege('public', 'CREATE') AS "create", has_database_privilege(current_database(), 'CREATE') AS schemas,
              pg_has_role('assay_owner', 'MEMBER') AS owner`,
    );
    await client.end();
    expect(rows).toEqual([
      { rolname: 'assay_app', rolsuper: false, rolbypassrls: false, rolcreaterole: false },
    ]);
    expect(powers.rows).toEqual([{ create: false, schemas: false, owner: false }]);
  });

  it('refuses a second server on the same home, naming the process and its port', async () => {
    await open();
    await expect(open()).rejects.toThrow(
      new RegExp(`runs on .* already \\(process ${process.pid}, port 4650\\)`),
    );
  });

  it('lets a worker join a server that runs, and tells it where none does', async () => {
    const join = () => openDatabase(AssayConfig.fromEnvironment({ ASSAY_HOME: home }), [], { serve: false });
    await expect(join()).rejects.toThrow(/No Assay server runs on .*DATABASE_URL/);
    const served = await open();
    const joined = await join();
    expect(joined.appUrl).toBe(served.appUrl);
    await joined.close();
    expect(isAlive(pidOf(layout()))).toBe(true);
  });

  it('takes over the server of a process that died', async () => {
    const before = layout();
    const { port } = await orphan(before);
    const pid = pidOf(before);
    const second = await open();
    expect(new URL(second.appUrl).port).toBe(String(port));
    expect(pidOf(before)).toBe(pid);
  });

  it('starts although a stale pid file names a living process', async () => {
    await (await open()).close();
    const { data } = layout();
    writeFileSync(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n0\n1\n\n127.0.0.1\n\n`);
    const started = performance.now();
    await open();
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('recovers from a server that was killed', async () => {
    const before = layout();
    await orphan(before);
    const pid = pidOf(before);
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
    const { appUrl } = await open();
    expect(appUrl).toMatch(/^postgres:/);
  });

  it('begins anew where the home was removed, even if its old server still runs', async () => {
    await open();
    const old = layout();
    const pid = pidOf(old);
    rmSync(home, { recursive: true });
    await open();
    expect(pidOf(layout())).not.toBe(pid);
    if (old.user) {
      // It removes its pid file a moment before it ends.
      await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
      expect(existsSync(old.data)).toBe(true);
    } else {
      // Its data went with the home: PostgreSQL notices within a minute and ends. No test waits for that.
      process.kill(pid, 'SIGQUIT');
    }
  });

  it('refuses a copy of a home whose database stands elsewhere', async () => {
    await (await open()).close();
    if (!layout().user) return;
    const copy = join(closed, 'copy');
    cpSync(home, copy, { recursive: true });
    chmodSync(join(copy, 'keys'), 0o700);
    await expect(open(copy)).rejects.toThrow(/is a copy of .*my clone/);
  });

  it('keeps its passwords in files that only the owner reads, and refuses others', async () => {
    await (await open()).close();
    const file = join(home, 'keys', 'database.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    await expect(open()).rejects.toThrow(/can be read by others \(mode 644\)/);
  });

  it('says so when the passwords are not those of the data', async () => {
    await (await open()).close();
    rmSync(join(home, 'keys'), { recursive: true });
    await expect(open()).rejects.toThrow(/does not take the password of this home/);
    expect(existsSync(join(layout().data, 'postmaster.pid'))).toBe(false);
  });

  it('removes what half a first start left', async () => {
    const { data } = layout();
    const dead = spawn('true').pid;
    await new Promise((resolve) => setTimeout(resolve, 200));
    mkdirSync(`${data}.new-${dead}`);
    writeFileSync(`${data}.new-${dead}.password`, 'secret');
    await open();
    expect(existsSync(`${data}.new-${dead}`)).toBe(false);
    expect(existsSync(`${data}.new-${dead}.password`)).toBe(false);
    expect(existsSync(dirname(data))).toBe(true);
  });

  it('serves two first starts at once: one, and the other is told so', async () => {
    const results = await Promise.allSettled([open(), open()]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(String(refused?.reason)).toMatch(/already/);
  });
});
