import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EncodingError } from '../../domain/canonical/index.js';
import { currentContext } from '../context/index.js';
import { newId, UnitOfWork } from '../database/index.js';
import { InvalidInputError } from '../errors/index.js';
import { attestationsOf } from './attest.js';
import { draftLeaf, type AuditFact, type LeafDraft } from './audit-leaf.js';
import { AuditSequencer } from './audit-sequencer.service.js';
import type { Attestation } from './record-kind.js';

const INSERT = `
  INSERT INTO audit_leaf (entry_id, project_id, action, subject_kind, subject_id, body, leaf)
  VALUES ($1, $2, $3, $4, $5, $6,
          $7 || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"}')`;

const INSERT_ATTESTING = `
  WITH leaf AS (${INSERT} RETURNING id)
  INSERT INTO audit_record (project_id, kind, id, n, leaf_id)
    SELECT $2, r.kind, r.id, r.n, leaf.id FROM leaf, unnest($8::text[], $9::text[], $10::integer[]) AS r(kind, id, n)`;

/** Writes what happened into the transaction in which it happens: both are there, or neither. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sequencer: AuditSequencer,
  ) {}

  /**
   * Record a fact. Inside `UnitOfWork.run`; one round trip, and one more where it attests records.
   * Throws NOT_CANONICAL_JSON for what has no JSON form, such as
   * NaN or a lone surrogate in a name that a client chose.
   */
  async record(fact: AuditFact): Promise<void> {
    const tx = this.uow.current();
    const context = currentContext();
    const id = newId();
    const { action, subject, records = [] } = fact;
    const attested =
      records.length === 0 ? [] : await attestationsOf((sql, values) => tx.query(sql, values), records);
    const { beforeTime, body } = canonical(() => draftLeaf(id, withRecords(fact, attested), context));
    const values = [id, context.projectId, action, subject.kind, subject.id, body, beforeTime];
    if (attested.length === 0) await tx.query(INSERT, values);
    else {
      const columns = [
        attested.map(({ kind }) => kind),
        attested.map((one) => one.id),
        attested.map(({ n }) => n),
      ];
      await tx.query(INSERT_ATTESTING, [...values, ...columns]);
    }
    tx.afterCommit.push(() => this.sequencer.nudge());
  }
}

/** With a nonce: the digest of a body is public, and a record of few values, such as a count of labels, could be found by trying. */
function withRecords(fact: AuditFact, records: Attestation[]): AuditFact {
  if (records.length === 0) return fact;
  return { ...fact, body: { ...fact.body, nonce: randomBytes(16).toString('hex'), records } };
}

function canonical(draft: () => LeafDraft): LeafDraft {
  try {
    return draft();
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new InvalidInputError(error.code, `what is to be recorded has no JSON form: ${error.message}`);
  }
}
