import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../migrations/index.js';
import { runInContext, type RequestContext } from '../../src/platform/context/index.js';
import { dumpSchema, migrate, newId, UnitOfWork } from '../../src/platform/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let source: DataSource;
let units: UnitOfWork;
const projects = { ours: newId(), theirs: newId() };

const as = <T>(projectId: string, work: () => Promise<T>): Promise<T> => {
  const actor = { kind: 'system' as const, id: 'test', name: 'test', permissions: new Set<never>() };
  const context: RequestContext = { requestId: 'test', projectId, projectName: 'test', actor };
  return runInContext(context, work);
};

const addUpload = (projectId: string) =>
  units.run((tx) =>
    tx.execute(
      `INSERT INTO upload (id, project_id, digest, size, filename, expires_at) VALUES ($1, $2, $3, 1, 'x', now())`,
      [newId(), projectId, 'a'.repeat(64)],
    ),
  );
const countUploads = () =>
  units.read(async (tx) => Number((await tx.query<{ n: string }>('SELECT count(*) AS n FROM upload'))[0]?.n));

beforeAll(async () => {
  database = await createTestDatabase();
  source = await new DataSource({ type: 'postgres', url: database.appUrl, poolSize: 4 }).initialize();
  units = new UnitOfWork(source);
  for (const [name, id] of Object.entries(projects))
    await source.query('SELECT create_project($1, $2)', [id, name]);
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

describe('the walls between projects', () => {
  it('stand around every table that the application may touch, but for the tree of the audit log, which is hashes', async () => {
    const { rows } = await database.admin.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
          AND has_any_column_privilege('assay_app', c.oid, 'SELECT, INSERT, UPDATE')
          AND NOT (relrowsecurity AND relforcerowsecurity
                   AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND 'assay_app'::regrole = ANY (polroles)))
        ORDER BY relname`,
    );
    expect(rows.map((row) => row.name)).toEqual(['audit_checkpoint', 'audit_entry', 'audit_node']);
  });

  it('let the application delete nothing of the audit log, and change nothing in it', async () => {
    const { rows } = await database.admin.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'audit%' AND relkind = 'r'
          AND (has_table_privilege('assay_app', c.oid, 'DELETE, TRUNCATE') OR has_any_column_privilege('assay_app', c.oid, 'UPDATE'))`,
    );
    expect(rows).toEqual([]);
  });

  it('have no back door: what runs as the owner has a fixed search path and is not open to the public', async () => {
    const { rows } = await database.admin.query(
      `SELECT oid::regprocedure::text AS name, proconfig FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prosecdef
          AND (NOT coalesce(proconfig, '{}') && ARRAY['search_path=public, pg_temp']
               OR proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))`,
    );
    expect(rows).toEqual([]);
  });

  it('show and take only rows of the own project', async () => {
    await as(projects.ours, () => addUpload(projects.ours));
    expect(await as(projects.ours, countUploads)).toBe(1);
    expect(await as(projects.theirs, countUploads)).toBe(0);
    await expect(as(projects.theirs, () => addUpload(projects.ours))).rejects.toThrow(/row-level security/);
  });

  it('are an error, not an empty answer, where no project is set', async () => {
    const client = new pg.Client({ connectionString: database.appUrl });
    await client.connect();
    await expect(client.query('SELECT * FROM upload')).rejects.toThrow(/app\.project/);
    // Once set and gone again, the setting is empty rather than missing.
    await client.query(`BEGIN; SET LOCAL app.project = '${projects.ours}'; COMMIT`);
    await expect(client.query('SELECT * FROM upload')).rejects.toThrow(/uuid/);
    await client.end();
  });

  it.each([
    ['become the owner', 'SET ROLE assay_owner'],
    ['switch row-level security off', 'ALTER TABLE upload DISABLE ROW LEVEL SECURITY'],
    ['make tables', 'CREATE TABLE mine (id integer)'],
    ['make schemas', 'CREATE SCHEMA mine'],
    ['change who may do what', `SELECT assay_isolate('upload', 'DELETE')`],
    ['delete jobs', 'DELETE FROM job'],
    ['change a key', `UPDATE api_key SET roles = '{admin}'`],
  ])('cannot be passed: the application may not %s', async (_what, sql) => {
    const attempt = as(projects.ours, () => units.run((tx) => tx.query(sql)));
    await expect(attempt).rejects.toThrow(/permission denied|must be owner/);
  });
});

describe('the unit of work', () => {
  it('keeps everything or nothing', async () => {
    const before = await as(projects.theirs, countUploads);
    const failing = as(projects.theirs, () =>
      units.run(async () => {
        await addUpload(projects.theirs);
        expect(await countUploads()).toBe(before + 1);
        throw new Error('no');
      }),
    );
    await expect(failing).rejects.toThrow('no');
    expect(await as(projects.theirs, countUploads)).toBe(before);
  });

  it('calls back after the commit, and only then', async () => {
    const calls: string[] = [];
    const unit = (fail: boolean) =>
      as(projects.ours, () =>
        units.run(async (tx) => {
          tx.afterCommit.push(() => calls.push(fail ? 'failed' : 'committed'));
          if (fail) throw new Error('no');
        }),
      );
    await expect(unit(true)).rejects.toThrow('no');
    await unit(false);
    expect(calls).toEqual(['committed']);
  });

  it('does not write in a reading unit', async () => {
    const writing = as(projects.ours, () =>
      units.read((tx) => tx.execute('UPDATE upload SET expires_at = now()')),
    );
    await expect(writing).rejects.toThrow(/read-only/);
  });

  it('never spans two projects', async () => {
    const inner = await as(projects.ours, () => units.run(() => as(projects.theirs, () => countUploads())));
    expect(inner).toBe(await as(projects.theirs, countUploads));
  });

  it('leaves no connection behind, however it ends', async () => {
    const work = Array.from({ length: 40 }, (_, i) =>
      as(projects.ours, () => units.run((tx) => tx.query(i % 3 === 0 ? 'SELECT broken' : 'SELECT 1'))).catch(
        () => 0,
      ),
    );
    await Promise.all(work);
    const { rows } = await database.admin.query(
      `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in transaction%'`,
      [database.name],
    );
    expect(rows[0]).toEqual({ n: 0 });
  });
});

describe('looks across the walls', () => {
  it('find a key by its hash alone, and note its use at most once a minute', async () => {
    const hash = Buffer.alloc(32, 7);
    const id = newId();
    await as(projects.ours, () =>
      units.run((tx) =>
        tx.execute(
          `INSERT INTO api_key (id, project_id, name, prefix, hash, roles, created_by) VALUES ($1, $2, 'k', 'p', $3, '{viewer}', 'test')`,
          [id, projects.ours, hash],
        ),
      ),
    );
    const find = (presented: Buffer) => source.query<object[]>('SELECT * FROM find_api_key($1)', [presented]);
    const lastUsed = async () =>
      (
        await database.admin.query<{ t: string }>(
          'SELECT last_used_at::text AS t FROM api_key WHERE id = $1',
          [id],
        )
      ).rows[0]?.t;
    expect(await find(Buffer.alloc(32, 8))).toEqual([]);
    expect(await lastUsed()).toBeNull();
    expect(await find(hash)).toEqual([
      {
        id,
        project_id: projects.ours,
        project_name: 'ours',
        name: 'k',
        roles: ['viewer'],
        scopes: [],
        expired: false,
        revoked: false,
      },
    ]);
    const first = await lastUsed();
    await find(hash);
    expect(first).toBeTruthy();
    expect(await lastUsed()).toBe(first);
  });

  it('make a project once', async () => {
    const make = async () =>
      (await source.query<{ made: boolean }[]>('SELECT create_project($1, $2) AS made', [newId(), 'once']))[0]
        ?.made;
    expect(await Promise.all([make(), make(), make()])).toEqual(expect.arrayContaining([true, false, false]));
  });

  it('list what is to be sent over all projects, without what another process is sending', async () => {
    for (const id of Object.values(projects)) {
      await as(id, () =>
        units.run((tx) =>
          tx.execute(`INSERT INTO outbox (project_id, topic, payload) VALUES ($1, 'test', '{}')`, [id]),
        ),
      );
    }
    const pending = async () =>
      (await source.query<{ project_id: string }[]>('SELECT * FROM outbox_pending(10)'))
        .map((row) => row.project_id)
        .sort();
    expect(await pending()).toEqual(Object.values(projects).sort());
    await as(projects.ours, () =>
      units.run(async (tx) => {
        await tx.query('SELECT FROM outbox FOR UPDATE');
        expect(await pending()).toEqual([projects.theirs]);
      }),
    );
  });

  it('list jobs of which nothing was heard, page by page', async () => {
    const ids = Array.from({ length: 5 }, () => newId());
    for (const [i, id] of ids.entries()) {
      const project = i % 2 === 0 ? projects.ours : projects.theirs;
      await as(project, () =>
        units.run((tx) =>
          tx.execute(
            `INSERT INTO job (id, project_id, kind, payload, requested_by, request_id, heartbeat_at)
             VALUES ($1, $2, 'test', '{}', '{}', 'r', now() - $3::interval)`,
            [id, project, i === 4 ? '0 s' : '60 s'],
          ),
        ),
      );
    }
    const page = async (after: string | null) =>
      (
        await source.query<{ id: string }[]>('SELECT id FROM jobs_unfinished($1, $2, $3)', [30, after, 3])
      ).map((row) => row.id);
    expect(await page(null)).toEqual(ids.slice(0, 3));
    expect(await page(ids[2]!)).toEqual(ids.slice(3, 4));
    const [found] = await source.query<object[]>('SELECT * FROM job_find($1)', [ids[1]]);
    expect(found).toMatchObject({ project_id: projects.theirs, project_name: 'theirs', state: 'queued' });
    expect(await source.query('SELECT * FROM job_find($1)', [randomUUID()])).toEqual([]);
  });
});

describe('migrations', () => {
  it('run once, whoever starts at the same time', async () => {
    await Promise.all([migrate(database.ownerUrl, MIGRATIONS), migrate(database.ownerUrl, MIGRATIONS)]);
    const { rows } = await database.admin.query<{ name: string }>(
      'SELECT name FROM schema_migration ORDER BY id',
    );
    expect(rows.map((row) => row.name)).toEqual(MIGRATIONS.map((migration) => new migration().name));
  });

  it('refuse a schema that is newer than the code', async () => {
    await expect(migrate(database.ownerUrl, MIGRATIONS.slice(0, -1))).rejects.toThrow(/newer Assay/);
  });

  it('dump to the same text every time', async () => {
    const dump = await dumpSchema(database.adminUrl);
    expect(await dumpSchema(database.adminUrl)).toBe(dump);
    expect(dump).toContain('CREATE TABLE api_key');
    expect(dump).toContain('GRANT UPDATE (revoked_at) ON api_key TO assay_app;');
  });
});
