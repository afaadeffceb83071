import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFurnishedApp } from '../support/furnished-app.js';
import { settled, type Furnished } from '../support/furnished-project.js';
import { UNWALLED, WALLS } from '../support/privilege-table.js';
import type { TestApp } from '../support/start-test-app.js';
import { tableDigests } from '../support/table-digest.js';

let test: TestApp;
let client: pg.Client;
let ours: Furnished;
let theirs: Furnished;

/** Privileges of the application's role on each table of the schema, as the catalogue has them. */
const PRIVILEGES = `
  SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
         EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'project_id') AS of_a_project,
         (SELECT array_agg(format('%s %s %s', polname, polpermissive, polcmd) ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid) AS policies,
         has_table_privilege('assay_app', c.oid, 'DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN') AS more,
         (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
         (SELECT array_agg(attname::text) FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND has_column_privilege('assay_app', c.oid, attnum, 'SELECT')) AS select,
         (SELECT array_agg(attname::text) FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND has_column_privilege('assay_app', c.oid, attnum, 'INSERT')) AS insert,
         (SELECT array_agg(attname::text) FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND has_column_privilege('assay_app', c.oid, attnum, 'UPDATE')) AS update
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`;

interface TableFacts {
  name: string;
  forced: boolean;
  of_a_project: boolean;
  policies: string[] | null;
  more: boolean;
  columns: string[];
  select: string[] | null;
  insert: string[] | null;
  update: string[] | null;
}

let tables: TableFacts[];

beforeAll(async () => {
  ({ test, own: ours, foreign: theirs } = await startFurnishedApp());
  await settled(test);
  // Projects from before the log vouched for records; in a new database there are none.
  await test.database.admin.query('INSERT INTO audit_adoption SELECT id FROM project');
  tables = (await test.database.admin.query<TableFacts>(PRIVILEGES)).rows;
  client = new pg.Client({ connectionString: test.database.appUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await test?.stop();
});

/** One statement in a transaction that is rolled back, with `app.project` as given; null leaves the setting untouched. */
async function as(project: string | null, sql: string, values: unknown[] = []): Promise<Outcome> {
  await client.query('BEGIN');
  try {
    if (project !== null) await client.query(`SELECT set_config('app.project', $1, true)`, [project]);
    const { rowCount, rows } = await client.query<Record<string, unknown>>(sql, values);
    return { rows: rowCount ?? 0, first: rows[0] };
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  } finally {
    await client.query('ROLLBACK');
  }
}
interface Outcome {
  rows?: number;
  first?: Record<string, unknown>;
  code?: string;
  message?: string;
}

const walled = () => tables.filter(({ name }) => WALLS.has(name));
const quoted = (columns: readonly string[]) => columns.map((column) => `"${column}"`).join(', ');
const own = (name: string) => (name === 'project' ? 'id' : 'project_id');

/** Settings under which nothing of our project may be touched, and how PostgreSQL says so. */
const SETTINGS: [string, () => string | null, 'error' | 'nothing'][] = [
  ['never set', () => null, 'error'],
  ['empty', () => '', 'error'],
  ['no uuid', () => 'default', 'error'],
  ['a text with SQL in it', () => `' OR true --`, 'error'],
  ['a uuid that is no project', () => randomUUID(), 'nothing'],
  ["another project's", () => theirs.projectId, 'nothing'],
];
/** 42704: no such setting. 22P02: no uuid. 42501: row-level security, or no privilege. */
const REFUSED = ['42704', '22P02', '42501'];

describe('row-level security, table by table, as the application', () => {
  it('is forced, with the two policies, on every table that has a project; the rest stand in a list with reasons', () => {
    expect(tables.map(({ name }) => name)).toEqual([...WALLS.keys(), ...Object.keys(UNWALLED)].sort());
    for (const { name, forced, of_a_project, policies } of tables) {
      expect([name, forced, of_a_project || name === 'project']).toEqual([
        name,
        WALLS.has(name),
        WALLS.has(name),
      ]);
      if (WALLS.has(name)) expect(policies).toEqual(['owner t *', 'project t *']);
    }
    console.log(`${walled().length} tables with walls, ${Object.keys(UNWALLED).length} without`);
  });

  it('comes with the privileges that the table of privileges gives, and no other', () => {
    const listed = (granted: string[] | null, columns: string[]) =>
      granted === null ? '-' : granted.length === columns.length ? '*' : [...granted].sort().join();
    for (const { name, more, columns, select, insert, update } of tables) {
      const expected = WALLS.get(name) ?? {
        select: UNWALLED[name]!.select ? '*' : '-',
        insert: '-',
        update: '-',
      };
      expect([name, more, listed(select, columns), listed(insert, columns), listed(update, columns)]).toEqual(
        [
          name,
          false,
          expected.select,
          expected.insert.split(',').sort().join(),
          expected.update.split(',').sort().join(),
        ],
      );
    }
  });

  it('shows our project all of its rows and no others: both projects have rows in every table', async () => {
    for (const { name } of walled()) {
      const { rows } = await test.database.admin.query<{ ours: string; theirs: string }>(
        `SELECT count(*) FILTER (WHERE ${own(name)} = $1) AS ours, count(*) FILTER (WHERE ${own(name)} = $2) AS theirs FROM ${name}`,
        [ours.projectId, theirs.projectId],
      );
      const counts = [Number(rows[0]!.ours), Number(rows[0]!.theirs)];
      expect([name, counts.every((count) => count > 0)]).toEqual([name, true]);
      expect([name, (await as(ours.projectId, `SELECT * FROM ${name}`)).rows]).toEqual([name, counts[0]]);
      expect([name, (await as(theirs.projectId, `SELECT * FROM ${name}`)).rows]).toEqual([name, counts[1]]);
    }
  });

  it.each(SETTINGS)(
    'lets nothing of ours be read, written, changed or deleted: app.project %s',
    async (_name, setting, how) => {
      // A connection of its own: `never set` must really be so.
      await client.end();
      client = new pg.Client({ connectionString: test.database.appUrl });
      await client.connect();
      const before = await tableDigests(test.database.admin);
      const project = setting();
      let tried = 0;
      for (const { name, columns, insert, update } of walled()) {
        const mine = `${own(name)} = '${ours.projectId}'`;
        const attempt = async (sql: string, values: unknown[] = []) => {
          tried += 1;
          return { sql, ...(await as(project, sql, values)) };
        };
        const reading = await attempt(`SELECT * FROM ${name} WHERE ${mine}`);
        if (how === 'nothing') expect(reading).toMatchObject({ rows: 0 });
        else expect(REFUSED, reading.sql).toContain(reading.code);

        // Whether rows are told apart by an aggregate or by a lateral look makes no difference.
        const counting = await attempt(`SELECT count(*) AS n FROM ${name} WHERE ${mine}`);
        if (how === 'nothing') expect(counting.first).toEqual({ n: '0' });
        else expect(REFUSED, counting.sql).toContain(counting.code);

        const { rows } = await test.database.admin.query<{ row: object }>(
          `SELECT to_jsonb(t) AS row FROM ${name} t WHERE ${mine} LIMIT 1`,
        );
        const given = insert ?? columns;
        const putting = await attempt(
          `INSERT INTO ${name} (${quoted(given)}) OVERRIDING SYSTEM VALUE
         SELECT ${quoted(given)} FROM jsonb_populate_record(NULL::${name}, $1)`,
          [rows[0]!.row],
        );
        expect(REFUSED, `${putting.sql}: ${putting.code} ${putting.message}`).toContain(putting.code);

        const changed = update ?? [own(name)];
        const changing = await attempt(
          `UPDATE ${name} SET ${changed.map((column) => `"${column}" = "${column}"`).join(', ')} WHERE ${mine}`,
        );
        if (how === 'nothing' && update !== null) expect(changing).toMatchObject({ rows: 0 });
        else expect(REFUSED, changing.sql).toContain(changing.code);

        for (const sql of [`DELETE FROM ${name}`, `TRUNCATE ${name} CASCADE`]) {
          const { code } = await attempt(sql);
          // Which is refused first, the statement or the setting, is the planner's choice.
          expect(how === 'nothing' ? ['42501'] : REFUSED, sql).toContain(code);
        }
      }
      expect(await tableDigests(test.database.admin)).toEqual(before);
      console.log(`${walled().length} tables, app.project ${JSON.stringify(project)}: ${tried} statements`);
    },
  );

  it('lets no row be moved to another project, or be taken over by its key', async () => {
    for (const { name, insert, update } of walled()) {
      const moving = await as(
        theirs.projectId,
        `UPDATE ${name} SET ${own(name)} = '${ours.projectId}' WHERE ${own(name)} = '${theirs.projectId}'`,
      );
      expect([name, moving.code]).toEqual([name, '42501']);
      if (insert === null || update === null) continue;
      const row = await test.database.admin.query<{ row: object }>(
        `SELECT to_jsonb(t) || jsonb_build_object('project_id', $1::text) AS row FROM ${name} t WHERE project_id = $2 LIMIT 1`,
        [theirs.projectId, ours.projectId],
      );
      const key = await test.database.admin.query<{ columns: string[] }>(
        `SELECT array_agg(attname::text) AS columns FROM pg_constraint, pg_attribute
          WHERE conrelid = $1::regclass AND contype = 'p' AND attrelid = conrelid AND attnum = ANY (conkey)`,
        [name],
      );
      const columns = key.rows[0]!.columns;
      // With the project in the key it is simply another row.
      if (columns.includes('project_id')) continue;
      const taking = await as(
        theirs.projectId,
        `INSERT INTO ${name} (${quoted(insert)}) OVERRIDING SYSTEM VALUE
         SELECT ${quoted(insert)} FROM jsonb_populate_record(NULL::${name}, $1)
         ON CONFLICT (${quoted(columns)}) DO UPDATE SET "${update[0]}" = EXCLUDED."${update[0]}"`,
        [row.rows[0]!.row],
      );
      expect([name, taking.code, taking.message]).toEqual([
        name,
        '42501',
        expect.stringContaining('row-level security'),
      ]);
    }
  });

  it('is not switched off by a setting', async () => {
    expect(await as(theirs.projectId, 'SET LOCAL row_security = off')).toMatchObject({ rows: 0 });
    await client.query('BEGIN');
    await client.query(`SET LOCAL row_security = off; SET LOCAL app.project = '${theirs.projectId}'`);
    await expect(client.query('SELECT * FROM run')).rejects.toThrow(/row-level security/);
    await client.query('ROLLBACK');
  });
});
