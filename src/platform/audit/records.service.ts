import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/index.js';
import { AssayError } from '../errors/index.js';
import type { AuditLeaf } from './audit-leaf.js';
import type { Attestation, RecordRef } from './record-kind.js';
import { digestStatement } from './record-text.js';

interface StateRow {
  kind: string;
  id: string;
  /** As it is now; null where there is none. */
  digest: string | null;
  leaf: string | null;
  leaf_hash: Buffer | null;
  body: string | null;
  to_adopt: boolean;
}

/** What is about to be relied on, against what the log last said of it. */
@Injectable()
export class Records {
  constructor(private readonly units: UnitOfWork) {}

  /**
   * Throws RECORD_ALTERED unless each of these is as the log last recorded it, or is not there and never was. One statement; joins
   * an open unit.
   */
  async require(refs: readonly RecordRef[]): Promise<void> {
    if (refs.length === 0) return;
    for (const row of await this.states(refs)) {
      const problem = problemOf(row);
      if (problem !== null) throw recordAltered(row.kind, row.id, problem);
    }
  }

  private states(refs: readonly RecordRef[]): Promise<StateRow[]> {
    return this.units.read(async (tx) => {
      const { sql, parameters } = await digestStatement((text, values) => tx.query(text, values), refs);
      const [kinds, ids] = [`$${parameters.length + 1}::text[]`, `$${parameters.length + 2}::text[]`];
      return tx.query<StateRow>(
        `SELECT w.kind, w.id, live.digest, l.leaf, coalesce(e.leaf_hash, l.leaf_hash) AS leaf_hash, l.body,
           EXISTS (SELECT FROM audit_adoption) AS to_adopt
         FROM unnest(${kinds}, ${ids}) AS w(kind, id)
         LEFT JOIN (${sql}) live ON live.kind = w.kind AND live.id = w.id
         LEFT JOIN LATERAL (SELECT r.leaf_id FROM audit_record r WHERE r.project_id = current_setting('app.project')::uuid
           AND r.kind = w.kind AND r.id = w.id ORDER BY r.n DESC LIMIT 1) newest ON true
         LEFT JOIN audit_leaf l ON l.id = newest.leaf_id LEFT JOIN audit_entry e ON e.leaf_id = l.id`,
        [...parameters, refs.map(({ kind }) => kind.name), refs.map(({ id }) => id)],
      );
    });
  }
}

function problemOf({ kind, id, digest, leaf, leaf_hash, body, to_adopt }: StateRow): string | null {
  if (leaf === null || body === null || leaf_hash === null)
    return digest === null || to_adopt ? null : 'the audit log never recorded it';
  const attested = attestationIn(leaf, leaf_hash, body, kind, id);
  if (attested === undefined) return 'the audit entry that recorded it was changed';
  if (digest === null) return 'it was recorded, and is gone';
  return digest === attested.digest ? null : `its digest is ${digest}, recorded was ${attested.digest}`;
}

/** What an entry says of a record; undefined when the entry is not what its hash says, or says nothing of it. */
function attestationIn(
  leaf: string,
  leafHash: Buffer,
  body: string,
  kind: string,
  id: string,
): Attestation | undefined {
  if (hash('sha256', `\0${leaf}`, 'hex') !== leafHash.toString('hex')) return undefined;
  if ((JSON.parse(leaf) as AuditLeaf).bodyDigest !== hash('sha256', body, 'hex')) return undefined;
  const { records = [] } = JSON.parse(body) as { records?: Attestation[] };
  return records.find((record) => record.kind === kind && record.id === id);
}

export const recordAltered = (kind: string, id: string, problem: string) =>
  new AssayError(
    'internal',
    'RECORD_ALTERED',
    `${kind} ${id} is not what the audit log recorded: ${problem}`,
    {
      remedy:
        'Somebody changed the database past Assay. Run `assay audit verify`, and restore the database from a backup that verifies.',
      record: { kind, id },
    },
  );
