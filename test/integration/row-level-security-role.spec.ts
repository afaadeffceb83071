import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPERUSER } from '../../src/platform/database/embedded/postgres.js';
import { newId } from '../../src/platform/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let app: pg.Client;
const ours = newId();

beforeAll(async () => {
  database = await createTestDatabase();
  app = new pg.Client({ connectionString: database.appUrl });
  await app.connect();
  await app.query('SELECT create_project($1, $2)', [ours, 'ours']);
});
afterAll(async () => {
  await app?.end();
  await database?.drop();
});

const admin = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
  (await database.admin.query<Row>(sql, values)).rows;

/** How the statement is refused, as the application in its own project; undefined where it is not. What it did is undone. */
async function refusal(sql: string): Promise<string | undefined> {
  await app.query('BEGIN');
  try {
    await app.query(`SET LOCAL app.project = '${ours}'`);
    await app.query(sql);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await app.query('ROLLBACK');
  }
}

describe("the application's database role", () => {
  it('is nothing special: no superuser, no owner, no way past row-level security, a member of nothing', async () => {
    expect(
      await admin(
        `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = 'assay_app'`,
      ),
    ).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
      },
    ]);
    expect(await admin(`SELECT FROM pg_auth_members WHERE member = 'assay_app'::regrole`)).toEqual([]);
    expect(
      await admin(
        `SELECT relname FROM pg_class WHERE relowner = 'assay_app'::regrole AND relnamespace <> 'queue'::regnamespace
           AND relnamespace <> 'pg_toast'::regnamespace`,
      ),
    ).toEqual([]);
    expect(
      await admin(
        `SELECT proname FROM pg_proc WHERE proowner = 'assay_app'::regrole AND pronamespace <> 'queue'::regnamespace`,
      ),
    ).toEqual([]);
    // The queue's own tables hold ids of jobs and nothing else; they are the application's.
    expect(await admin(`SELECT nspname FROM pg_namespace WHERE nspowner = 'assay_app'::regrole`)).toEqual([
      { nspname: 'queue' },
    ]);
    const [{ user, session }] = (
      await app.query<{ user: string; session: string }>(
        'SELECT current_user AS user, session_user AS session',
      )
    ).rows as [{ user: string; session: string }];
    expect([user, session]).toEqual(['assay_app', 'assay_app']);
  });

  it('may create in no schema but that of the queue', async () => {
    const rows = await admin<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE has_schema_privilege('assay_app', oid, 'CREATE')`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['queue']);
    expect(
      await admin(`SELECT has_database_privilege('assay_app', current_database(), 'CREATE') AS c,
                          has_database_privilege('assay_app', current_database(), 'TEMPORARY') AS t`),
    ).toEqual([{ c: false, t: false }]);
  });

  const ATTEMPTS: [string, string][] = [
    ['become the owner', 'SET ROLE assay_owner'],
    ['become the superuser', `SET ROLE ${SUPERUSER}`],
    ['become somebody else altogether', 'SET SESSION AUTHORIZATION assay_owner'],
    ['make itself a superuser', 'ALTER ROLE assay_app SUPERUSER'],
    ['pass row-level security by', 'ALTER ROLE assay_app BYPASSRLS'],
    ['join the owner', 'GRANT assay_owner TO assay_app'],
    ['read what only superusers read', 'SELECT * FROM pg_authid'],
    ['read a file of the server', `SELECT pg_read_file('/etc/passwd')`],
    ['read a file into a table', `COPY run_tag FROM '/etc/passwd'`],
    ['write a file', `COPY (SELECT 1) TO '/tmp/assay-was-here'`],
    ['run a program', `COPY (SELECT 1) TO PROGRAM 'true'`],
    ['import a large object', `SELECT lo_import('/etc/passwd')`],
    ['load a library', `LOAD 'auto_explain'`],
    ['make a table', 'CREATE TABLE mine (id integer)'],
    ['make a temporary table', 'CREATE TEMP TABLE run (id integer)'],
    ['make a schema', 'CREATE SCHEMA mine'],
    [
      'make a function where the owner looks',
      'CREATE FUNCTION now2() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    ],
    ['make an extension', 'CREATE EXTENSION dblink'],
    ['make a type', 'CREATE TYPE public.mine AS (a int)'],
    ['switch row-level security off', 'ALTER TABLE run DISABLE ROW LEVEL SECURITY'],
    ['no longer force it', 'ALTER TABLE run NO FORCE ROW LEVEL SECURITY'],
    ['change a policy', 'ALTER POLICY project ON run USING (true)'],
    ['add a policy', 'CREATE POLICY mine ON run USING (true)'],
    ['drop a policy', 'DROP POLICY project ON run'],
    ['own a table', 'ALTER TABLE run OWNER TO assay_app'],
    ['add a rule', 'CREATE RULE mine AS ON INSERT TO run DO INSTEAD NOTHING'],
    [
      'add a trigger',
      'CREATE TRIGGER mine BEFORE INSERT ON run EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    ],
    ['silence the triggers of a table', 'ALTER TABLE audit_leaf DISABLE TRIGGER ALL'],
    ['silence all triggers', `SET session_replication_role = replica`],
    ['change who may do what', `SELECT assay_isolate('run', 'DELETE')`],
    ['grant itself something', 'GRANT DELETE ON audit_leaf TO assay_app; DELETE FROM audit_leaf'],
    [
      'replace a function',
      `CREATE OR REPLACE FUNCTION blob_in_use(wanted text) RETURNS boolean LANGUAGE sql AS 'SELECT false'`,
    ],
    ['change an audit leaf', `UPDATE audit_leaf SET body = body`],
    ['delete audit leaves', 'DELETE FROM audit_leaf'],
    ['choose a leaf hash', `INSERT INTO audit_leaf (leaf_hash) VALUES ('\\x00')`],
    ['choose a place in the log', 'INSERT INTO audit_leaf (id) OVERRIDING SYSTEM VALUE VALUES (1)'],
    ['write the tree', `INSERT INTO audit_entry VALUES (0, 0, '\\x00')`],
    ['change the tree', `UPDATE audit_node SET hash = hash`],
    ['change a checkpoint', 'UPDATE audit_checkpoint SET note = note'],
    ['see what waits for the tree', 'SELECT * FROM audit_pending'],
    ['rename a project', `UPDATE project SET name = 'x'`],
    ['make a project beside its function', `INSERT INTO project (id, name) VALUES (gen_random_uuid(), 'x')`],
    ['widen a key', `UPDATE api_key SET roles = '{admin}'`],
    ['revive a key', 'UPDATE api_key SET expires_at = NULL'],
    ['say that a key was used', 'UPDATE api_key SET last_used_at = now()'],
    ['let a job act as somebody else', `UPDATE job SET requested_by = requested_by`],
    ['change what a job is to do', `UPDATE job SET payload = payload`],
    ['change a message', `UPDATE outbox SET payload = payload`],
    ['make an upload another key’s', `UPDATE upload SET created_by = 'x'`],
    ['change a decision', 'UPDATE gate_decision SET document = document'],
    ['freshen a stale decision', 'DELETE FROM gate_decision_staleness'],
    [
      'end another session',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${SUPERUSER}'`,
    ],
  ];
  it.each(ATTEMPTS)('may not %s', async (_what, sql) => {
    // 42501: no privilege. 0LP01: a role that it may not grant. The server says so, whatever it was asked.
    const before = await admin<{ n: number }>('SELECT count(*)::int AS n FROM pg_class');
    expect(['42501', '0LP01'], sql).toContain(await refusal(sql));
    expect(await admin('SELECT count(*)::int AS n FROM pg_class')).toEqual(before);
  });

  it('may not change the server', async () => {
    // Not within a transaction, whoever asks.
    const changing = app.query(`ALTER SYSTEM SET log_statement = 'all'`);
    await expect(changing).rejects.toMatchObject({ code: '42501' });
  });
});
