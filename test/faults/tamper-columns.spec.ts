import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolClient } from 'pg';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { AuditedStory } from '../support/audited-story.js';
import { extent, SEED } from '../support/extent.js';
import { oneByteOff } from '../support/one-byte.js';
import { NO_EVIDENCE, ROW } from './tamper-columns.js';

const UNIQUE_VIOLATION = '23505';
const TOGETHER = 10;
/** Changed, it lets nobody in: no key is of a project that is there. */
const LOCKED_OUT = new Set(['project.id']);

interface Column {
  table: string;
  column: string;
  type: string;
}

interface Change {
  column: Column;
  at: string;
  record: string | undefined;
}

/** As the superuser, past every trigger and constraint: one byte of every column of every table, one after the other. */
describe('one byte changed in the database', () => {
  const random = seededRandom(SEED);
  let story: AuditedStory;
  let client: PoolClient;
  let columns: Column[];

  beforeAll(async () => {
    story = await AuditedStory.tell();
    client = await story.gated.test.database.admin.connect();
    await client.query(`SET session_replication_role = replica; SET timezone = 'UTC'`);
    const { rows: checks } = await client.query<{ drop: string }>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace`,
    );
    for (const { drop } of checks) await client.query(drop);
    columns = (
      await client.query<Column>(
        `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
          ORDER BY 1, 2`,
      )
    ).rows;
    // What is written in a column that always makes its own values can be written now.
    for (const { table, column } of (
      await client.query<Column>(
        `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE is_identity = 'YES' AND table_schema = 'public'`,
      )
    ).rows)
      await client.query(`ALTER TABLE ${table} ALTER COLUMN ${column} DROP IDENTITY`);
  });
  afterAll(async () => {
    client?.release(true);
    await story?.stop();
  });

  const isEvidence = ({ table, column }: Column) => {
    const excused = NO_EVIDENCE[table] ?? {};
    return !Object.hasOwn(excused, '*') && !Object.hasOwn(excused, column);
  };

  /** `ctid` finds a row whatever its columns say. */
  async function aRow(table: string): Promise<string | undefined> {
    const { rows } = await client.query<{ at: string }>(
      `SELECT ctid::text AS at FROM ${table} t WHERE ${ROW[table] ?? 'true'} ORDER BY ctid`,
    );
    return rows[Math.floor(random() * rows.length)]?.at;
  }

  async function change(column: Column, at: string): Promise<{ at: string; restore: () => Promise<void> }> {
    const { table, column: name, type } = column;
    const parsed =
      type === 'bytea' || type === 'text[]' || type === 'boolean' ? `"${name}"` : `"${name}"::text`;
    const read = async (ctid: string) =>
      (
        await client.query<{ value: unknown }>(`SELECT ${parsed} AS value FROM ${table} WHERE ctid = $1`, [
          ctid,
        ])
      ).rows[0]!.value;
    const write = async (ctid: string, value: unknown) =>
      (
        await client.query<{ at: string }>(
          `UPDATE ${table} SET "${name}" = $2::${type} WHERE ctid = $1 RETURNING ctid::text AS at`,
          [ctid, value],
        )
      ).rows[0]!.at;
    const before = await read(at);
    for (;;) {
      try {
        const moved = await write(at, oneByteOff(type, before, random));
        return { at: moved, restore: async () => void (await write(moved, before)) };
      } catch (error) {
        // What another row has already is refused by an index: another bit then.
        if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      }
    }
  }

  /** The record, as the log calls it, of which a row is a part; undefined for the tables of the log. */
  async function recordOf(table: string, at: string): Promise<string | undefined> {
    for (const kind of story.kinds) {
      for (const part of kind.parts) {
        if (part.table !== table) continue;
        const key = /^\w+$/.test(part.key) ? `t.${part.key}` : part.key;
        await client.query(`SET app.project = '${story.projectId}'`);
        const { rows } = await client.query<{ id: string }>(
          `SELECT (${key})::text AS id FROM ${table} t WHERE ctid = $1 AND ${
            part.where?.replaceAll('$ids', '$2::text[]') ?? '$2::text[] IS NOT NULL'
          }`,
          [at, [await keyOf(key, table, at)]],
        );
        if (rows[0]) return `${kind.name} ${rows[0].id}`;
      }
    }
    return undefined;
  }

  async function keyOf(key: string, table: string, at: string): Promise<string> {
    const { rows } = await client.query<{ id: string }>(
      `SELECT (${key})::text AS id FROM ${table} t WHERE ctid = $1`,
      [at],
    );
    return rows[0]!.id;
  }

  it('leaves nothing to find before', async () => {
    const { report, text } = await story.audit('verify');
    expect(text).toBeTruthy();
    expect(report).toMatchObject({ ok: true });
    const counts = report!.checks.filter(({ name }) => ['records', 'files', 'tables'].includes(name));
    expect(counts).toHaveLength(3);
  });

  it('has a row to change in every table, and a reason for every column that is no evidence', async () => {
    const tables = [...new Set(columns.map(({ table }) => table))];
    const empty: string[] = [];
    for (const table of tables) if ((await aRow(table)) === undefined) empty.push(table);
    expect(empty.filter((table) => !Object.hasOwn(NO_EVIDENCE[table] ?? {}, '*'))).toEqual([]);
    const listed = Object.entries(NO_EVIDENCE).flatMap(([table, reasons]) =>
      Object.keys(reasons).map((column) => `${table}.${column}`),
    );
    const known = new Set(columns.flatMap(({ table, column }) => [`${table}.${column}`, `${table}.*`]));
    expect(listed.filter((name) => !known.has(name))).toEqual([]);
  });

  /** The next few columns, of different tables and records, with a row of each: they have to be named each. Those of the log go alone. */
  async function nextBatch(queue: Column[]): Promise<Change[]> {
    const batch: Change[] = [];
    for (const column of [...queue]) {
      if (batch.some((other) => other.column.table === column.table)) continue;
      const at = (await aRow(column.table))!;
      const record = await recordOf(column.table, at);
      const isAlone = record === undefined || column.table === 'project';
      if (batch.length > 0 && (isAlone || batch.some((other) => other.record === record))) continue;
      batch.push({ column, at, record });
      queue.splice(queue.indexOf(column), 1);
      if (isAlone || batch.length === TOGETHER) break;
    }
    return batch;
  }

  it('is found by assay audit verify, which names what was changed and says what to do', async () => {
    const missed: string[] = [];
    let found = 0;
    let verifications = 0;
    const queue = Array.from({ length: extent(1, 5) }).flatMap(() => columns.filter(isEvidence));
    while (queue.length > 0) {
      const batch = await nextBatch(queue);
      verifications++;
      const restores: (() => Promise<void>)[] = [];
      for (const { column, at } of batch) restores.push((await change(column, at)).restore);
      const { code, text } = await story.audit('verify');
      for (const restore of restores) await restore();
      for (const { column, record } of batch) {
        const name = `${column.table}.${column.column}`;
        const named =
          record === undefined
            ? /entry \d+|audit[A-Z]|checkpoint|public key/.test(text)
            : text.includes(record);
        const good = code !== 0 && (LOCKED_OUT.has(name) || named) && text.includes('"remedy"');
        if (good) found++;
        else missed.push(`${name} (${record}): ${code} ${text.slice(0, 1000)}`);
      }
    }
    console.log(`one byte in ${found} places was found, by ${verifications} verifications (seed ${SEED})`);
    expect(missed).toEqual([]);
    expect((await story.audit('verify')).report).toMatchObject({ ok: true });
  });

  it('is found by nothing in the columns that are said to be no evidence: the list is not longer than it is', async () => {
    const quiet = columns.filter(
      (column) => !isEvidence(column) && !Object.hasOwn(NO_EVIDENCE[column.table]!, '*'),
    );
    for (const column of quiet) {
      const { restore } = await change(column, (await aRow(column.table))!);
      const { code } = await story.audit('verify');
      await restore();
      expect([column.table, column.column, code]).toEqual([column.table, column.column, 0]);
    }
  });
});
