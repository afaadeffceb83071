import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/platform/database/index.js';
import { FUNCTIONS, UNWALLED, WALLS } from '../support/privilege-table.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let app: pg.Client;
const ours = newId();
const theirs = newId();

beforeAll(async () => {
  database = await createTestDatabase();
  app = new pg.Client({ connectionString: database.appUrl });
  await app.connect();
  for (const [id, name] of [
    [ours, 'ours'],
    [theirs, 'theirs'],
  ])
    await app.query('SELECT create_project($1, $2)', [id, name]);
});
afterAll(async () => {
  await app?.end();
  await database?.drop();
});

const admin = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
  (await database.admin.query<Row>(sql, values)).rows;

describe('functions of the schema', () => {
  interface Facts {
    name: string;
    definer: boolean;
    config: string[] | null;
    everybody: boolean;
    app: boolean;
    owner: string;
    result: string;
  }
  const facts = () =>
    admin<Facts>(
      `SELECT replace(oid::regprocedure::text, ' ', '') AS name, prosecdef AS definer, proconfig AS config,
              EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS everybody,
              has_function_privilege('assay_app', oid, 'EXECUTE') AS app, pg_get_userbyid(proowner) AS owner,
              prorettype::regtype::text AS result
         FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
    );

  it('stand in a table, each with what it hands out; those that run as the owner have a fixed search path', async () => {
    const found = await facts();
    expect(found.map(({ name }) => name).sort()).toEqual(
      Object.keys(FUNCTIONS)
        .map((name) => name.replaceAll(' ', ''))
        .sort(),
    );
    const kinds = Object.fromEntries(
      Object.entries(FUNCTIONS).map(([name, { kind }]) => [name.replaceAll(' ', ''), kind]),
    );
    for (const { name, definer, config, everybody, app: mayCall, owner, result } of found) {
      expect([name, everybody, owner]).toEqual([name, false, 'assay_owner']);
      const kind = result === 'trigger' ? 'trigger' : definer ? 'definer' : mayCall ? 'invoker' : 'owner';
      expect([name, kind]).toEqual([name, kinds[name]]);
      expect([name, mayCall]).toEqual([name, kind === 'definer' || kind === 'invoker']);
      if (definer) expect([name, config]).toEqual([name, ['search_path=public, pg_temp']]);
    }
    console.log(
      `${found.length} functions, ${found.filter(({ definer }) => definer).length} of them run as the owner`,
    );
  });

  it('point from no row of a project into another: every foreign key carries the project', async () => {
    const keys = await admin<{ name: string; own: string[]; other: string[]; target: string }>(
      `SELECT conname AS name, confrelid::regclass::text AS target,
              (SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS own,
              (SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = confrelid AND attnum = ANY (confkey)) AS other
         FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid::regclass::text = ANY ($1)`,
      [[...WALLS.keys()]],
    );
    expect(keys.length).toBeGreaterThan(60);
    for (const { name, own, other, target } of keys) {
      expect([name, own.includes('project_id')]).toEqual([name, true]);
      expect([name, other.includes(target === 'project' ? 'id' : 'project_id')]).toEqual([name, true]);
    }
  });

  it('answer across the walls what they must and no more', async () => {
    const hash = Buffer.alloc(32, 9);
    const keyId = newId();
    const jobId = newId();
    await admin(
      `INSERT INTO api_key (id, project_id, name, prefix, hash, roles, created_by) VALUES ($1, $2, 'k', 'p', $3, '{viewer}', 't')`,
      [keyId, theirs, hash],
    );
    await admin(
      `INSERT INTO job (id, project_id, kind, payload, requested_by, request_id) VALUES ($1, $2, 'k', '{"secret": 1}', '{"secret": 2}', 'r')`,
      [jobId, theirs],
    );
    const columns = async (sql: string, values: unknown[]) => {
      const { rows, fields } = await app.query<Record<string, unknown>>(sql, values);
      return { rows: rows.length, columns: fields.map(({ name }) => name) };
    };
    const KEY = ['id', 'project_id', 'project_name', 'name', 'roles', 'scopes', 'expired', 'revoked'];
    const find = 'SELECT * FROM find_api_key($1)';
    expect(await columns(find, [hash])).toEqual({ rows: 1, columns: KEY });
    // One bit, one byte, a prefix, nothing: no key.
    for (const wrong of [Buffer.alloc(32, 9).fill(8, 31), hash.subarray(0, 31), Buffer.alloc(0), null])
      expect((await columns(find, [wrong])).rows).toBe(0);
    const JOB = ['id', 'project_id', 'project_name', 'kind', 'state', 'cancel_requested'];
    expect(await columns('SELECT * FROM job_find($1)', [jobId])).toEqual({ rows: 1, columns: JOB });
    expect((await columns('SELECT * FROM job_find($1)', [randomUUID()])).rows).toBe(0);
    expect(await columns(`SELECT * FROM find_project($1)`, ['theirs'])).toEqual({
      rows: 1,
      columns: ['id', 'name'],
    });
    for (const wrong of ['', '%', 'THEIRS', `' OR true --`])
      expect((await columns(`SELECT * FROM find_project($1)`, [wrong])).rows).toBe(0);
    expect(await columns('SELECT * FROM queue_counts()', [])).toEqual({
      rows: 1,
      columns: ['queued', 'running', 'unsent'],
    });
    expect(await columns('SELECT * FROM jobs_unfinished(-1, NULL, 10)', [])).toEqual({
      rows: 1,
      columns: ['id', 'project_id', 'kind', 'state', 'cancel_requested'],
    });
    expect((await columns(`SELECT blob_in_use($1)`, ['%'])).columns).toEqual(['blob_in_use']);
  });

  it('make no second project of one id, name or another project’s row', async () => {
    const attempt = (id: string, name: string) =>
      app.query<{ made: boolean }>('SELECT create_project($1, $2) AS made', [id, name]).then(
        ({ rows }) => rows[0]!.made,
        (error: { code: string }) => error.code,
      );
    expect(await attempt(newId(), 'theirs')).toBe(false);
    expect(await attempt(theirs, 'mine-now')).toBe('23505');
    expect(await attempt(newId(), 'Not A Name')).toBe('23514');
    expect(await admin('SELECT name FROM project WHERE id = $1', [theirs])).toEqual([{ name: 'theirs' }]);
  });

  it('let nobody else in: a role without grants connects to nothing', async () => {
    const grants = await admin<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee NOT IN ('assay_owner'::regrole, 'assay_app'::regrole)`,
    );
    expect(grants).toEqual([]);
    const open = await admin(
      `SELECT FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE datname = current_database() AND grantee = 0`,
    );
    expect(open).toEqual([]);
    expect(Object.keys(UNWALLED).length).toBe(5);
  });
});
