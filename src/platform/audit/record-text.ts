import type { Query } from './audit-tree.js';
import type { RecordKind, RecordPart, RecordRef } from './record-kind.js';

interface Column {
  name: string;
  type: string;
}

/** Columns by table. The schema does not change while a process runs. */
const known = new Map<string, readonly Column[]>();

/**
 * The statement that digests records: rows (kind, id, digest), one for each that exists. `parameters` are the ids, an array for
 * each kind. A record's text is JSON: for each part `"table":[rows]`, parts and rows in the order of their bytes, a row an
 * object of its columns as texts, in the order of their names, without nulls.
 */
export async function digestStatement(
  query: Query,
  refs: readonly RecordRef[],
): Promise<{ sql: string; parameters: string[][] }> {
  const byKind = new Map<RecordKind, string[]>();
  for (const { kind, id } of refs) byKind.set(kind, [...(byKind.get(kind) ?? []), id]);
  await learnColumns(query, [...byKind.keys()]);
  const selects = [...byKind.keys()].map((kind, i) => {
    const parts = kind.parts.map((part) => partSelect(part, `$${i + 1}::text[]`)).join(' UNION ALL ');
    return `SELECT '${kind.name}' AS kind, p.id,
      encode(sha256(convert_to('{' || string_agg(p.rows, ',' ORDER BY p.rows COLLATE "C") || '}', 'UTF8')), 'hex') AS digest
      FROM (${parts}) p GROUP BY p.id`;
  });
  return { sql: selects.join('\nUNION ALL\n'), parameters: [...byKind.values()] };
}

/** Ids of records after one of them, in order. */
export async function recordIds(
  query: Query,
  kind: RecordKind,
  after: string | null,
  most: number,
): Promise<string[]> {
  await learnColumns(query, [kind]);
  const part = kind.parts[0]!;
  const type = typeOfKey(part);
  const [key, bound] =
    type === undefined ? [`(${part.key}) COLLATE "C"`, '$1::text'] : [`t.${part.key}`, `$1::${type}`];
  const rows = await query<{ id: string }>(
    `SELECT (${key})::text AS id FROM ${part.table} t WHERE $1::text IS NULL OR ${key} > ${bound} ORDER BY ${key} LIMIT $2`,
    [after, most],
  );
  return rows.map(({ id }) => id);
}

function partSelect(part: RecordPart, ids: string): string {
  const type = typeOfKey(part);
  const key = type === undefined ? part.key : `t.${part.key}`;
  const where =
    part.where?.replaceAll('$ids', ids) ?? `${key} = ANY(${ids}${type === undefined ? '' : `::${type}[]`})`;
  const row = rowText(part);
  return `SELECT (${key})::text AS id, '"${part.table}":[' || string_agg(${row}, ',' ORDER BY ${row} COLLATE "C") || ']' AS rows
    FROM ${part.table} t WHERE ${where} GROUP BY 1`;
}

function rowText({ table, except = {}, also = {} }: RecordPart): string {
  const columns = known.get(table)!.filter(({ name }) => !Object.hasOwn(except, name));
  const values = [
    ...columns.map((column): [string, string] => [column.name, columnText(column)]),
    ...Object.entries(also),
  ].sort(([a], [b]) => (a < b ? -1 : 1));
  return `'{' || concat_ws(',', ${values.map(([name, text]) => `'"${name}":' || to_json((${text})::text)::text`).join(', ')}) || '}'`;
}

/** The same text whatever the session's settings of time zone and bytea output. */
function columnText({ name, type }: Column): string {
  if (type === 'timestamp with time zone') return `extract(epoch FROM t."${name}")`;
  return type === 'bytea' ? `encode(t."${name}", 'hex')` : `t."${name}"`;
}

/** The type of a key that is a column; undefined for an expression. */
function typeOfKey({ table, key }: RecordPart): string | undefined {
  return known.get(table)!.find(({ name }) => name === key)?.type;
}

async function learnColumns(query: Query, kinds: readonly RecordKind[]): Promise<void> {
  const tables = kinds.flatMap(({ parts }) => parts.map(({ table }) => table));
  const missing = [...new Set(tables)].filter((table) => !known.has(table));
  if (missing.length === 0) return;
  const rows = await query<Column & { table: string }>(
    `SELECT w.name AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type
       FROM unnest($1::text[]) w(name) JOIN pg_attribute a ON a.attrelid = w.name::regclass
      WHERE a.attnum > 0 AND NOT a.attisdropped`,
    [missing],
  );
  for (const table of missing) {
    known.set(
      table,
      rows.filter((row) => row.table === table).map(({ name, type }) => ({ name, type })),
    );
  }
}
