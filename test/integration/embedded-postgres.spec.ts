import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../src/platform/config/index.js';
import { openDatabase, type OpenDatabase } from '../../src/platform/database/index.js';
import { prepareLayout, removeLayout } from '../../src/platform/database/embedded/layout.js';
import { stopPostgres } from '../../src/platform/database/embedded/postgres.js';

const options = { serve: true, durable: false };

describe('the embedded PostgreSQL', () => {
  let closed: string;
  let home: string;
  const opened: OpenDatabase[] = [];
  const open = async () => {
    const database = await openDatabase(AssayConfig.fromEnvironment({ ASSAY_HOME: home }), [], options);
    opened.push(database);
    return database;
  };

  beforeEach(() => {
    // A folder that nobody else can enter, as a clone under a home of mode 0700.
    closed = mkdtempSync(join(tmpdir(), 'assay-closed-'));
    chmodSync(closed, 0o700);
    home = join(closed, 'clone', '.assay');
    mkdirSync(home, { recursive: true });
  });

  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
    const layout = prepareLayout(home);
    await stopPostgres(layout);
    removeLayout(layout);
    rmSync(closed, { recursive: true, force: true });
  });

  it('starts in a folder that nobody else can enter, with roles that cannot pass row-level security', async () => {
    const { appUrl } = await open();
    const client = new pg.Client({ connectionString: appUrl });
    await client.connect();
    const { rows } = await client.query('SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user');
    await client.end();
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false }]);
  });

  it('refuses a second server on the same home, naming the process', async () => {
    await open();
    await expect(open()).rejects.toThrow(new RegExp(`runs on .* already \\(process ${process.pid}\\)`));
  });

  it('takes over a server whose process died, and one whose pid file is stale', async () => {
    const first = await open();
    await first.close();
    // As after a power failure: a pid file that names a port nobody answers on, and a pid that is somebody else's.
    const layout = prepareLayout(home);
    writeFileSync(join(layout.data, 'postmaster.pid'), `${process.pid}\n${layout.data}\n0\n1\n\n127.0.0.1\n\n`);
    const second = await open();
    expect(second.appUrl).toMatch(/^postgres:/);
  });

  it('keeps its passwords in files that only the owner reads, and refuses others', async () => {
    await open();
    const file = join(home, 'keys', 'database.json');
    expect(existsSync(file)).toBe(true);
    expect((Number(execFileSync('stat', ['-c', '%a', file]).toString())).toString()).toBe('600');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('superuser');
    await opened.pop()?.close();
    chmodSync(file, 0o644);
    await expect(open()).rejects.toThrow(/can be read by others \(mode 644\)/);
    chmodSync(file, 0o600);
  });
});
