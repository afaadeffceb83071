import type { Query } from './audit-tree.js';
import type { Attestation, RecordRef } from './record-kind.js';
import { digestStatement } from './record-text.js';

/**
 * The records as this transaction has left them, each with its next number. Throws for one that is not there. One statement, so
 * that digest and number are of one moment.
 */
export async function attestationsOf(query: Query, refs: readonly RecordRef[]): Promise<Attestation[]> {
  const wanted = [...new Map(refs.map((ref) => [`${ref.kind.name} ${ref.id}`, ref])).values()];
  const { sql, parameters } = await digestStatement(query, wanted);
  const found = await query<Attestation>(
    `SELECT live.kind, live.id, live.digest,
       coalesce((SELECT max(r.n) FROM audit_record r WHERE r.project_id = current_setting('app.project')::uuid
         AND r.kind = live.kind AND r.id = live.id), 0) + 1 AS n
     FROM (${sql}) live ORDER BY live.kind, live.id`,
    parameters,
  );
  if (found.length === wanted.length) return found;
  const [lost] = wanted.filter(
    ({ kind, id }) => !found.some((one) => one.kind === kind.name && one.id === id),
  );
  throw new Error(`the log is to vouch for ${lost?.kind.name} ${lost?.id}, which is not there`);
}
