import type { Query } from './audit-tree.js';
import type { RecordKind, StoredRow } from './record-kind.js';

/** Of these records, those that an older entry contradicts or none speaks of. None, of a kind without a witness. */
export async function contradicted(
  query: Query,
  kind: RecordKind,
  ids: readonly string[],
): Promise<Set<string>> {
  const { witness } = kind;
  if (!witness) return new Set();
  const bodies = await query<{ id: string; body: string }>(
    `SELECT DISTINCT ON (subject_id) subject_id AS id, body FROM audit_leaf
      WHERE project_id = current_setting('app.project')::uuid AND subject_kind = $1 AND subject_id = ANY($2::text[]) AND action = $3
      ORDER BY subject_id, id DESC`,
    [kind.name, ids, witness.action],
  );
  const bodyOf = new Map(bodies.map(({ id, body }) => [id, JSON.parse(body) as StoredRow]));
  const rows = new Map<string, Record<string, StoredRow[]>>(ids.map((id) => [id, {}]));
  // Parts by a column: the others are of the platform and of the lineage, which older entries say nothing of.
  for (const { table, key } of kind.parts.filter((part) => part.where === undefined)) {
    for (const { id, row } of await query<{ id: string; row: StoredRow }>(
      `SELECT t.${key}::text AS id, to_json(t) AS row FROM ${table} t WHERE t.${key}::text = ANY($1::text[])`,
      [ids],
    ))
      (rows.get(id)![table] ??= []).push(row);
  }
  return new Set(
    ids.filter((id) => {
      const body = bodyOf.get(id);
      return body === undefined || !witness.agrees(rows.get(id)!, body);
    }),
  );
}
