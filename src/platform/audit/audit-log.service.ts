import { Injectable } from '@nestjs/common';
import { EncodingError } from '../../domain/canonical/index.js';
import { currentContext } from '../context/index.js';
import { newId, UnitOfWork } from '../database/index.js';
import { InvalidInputError } from '../errors/index.js';
import { draftLeaf, type AuditFact, type LeafDraft } from './audit-leaf.js';
import { AuditSequencer } from './audit-sequencer.service.js';

const INSERT = `
  INSERT INTO audit_leaf (entry_id, project_id, action, subject_kind, subject_id, body, leaf)
  VALUES ($1, $2, $3, $4, $5, $6,
          $7 || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"}')`;

/** Writes what happened into the transaction in which it happens: both are there, or neither. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sequencer: AuditSequencer,
  ) {}

  /**
   * Record a fact. Inside `UnitOfWork.run`; one round trip. Throws NOT_CANONICAL_JSON for what has no JSON form, such as
   * NaN or a lone surrogate in a name that a client chose.
   */
  async record(fact: AuditFact): Promise<void> {
    const tx = this.uow.current();
    const context = currentContext();
    const id = newId();
    const { beforeTime, body } = canonical(() => draftLeaf(id, fact, context));
    const { action, subject } = fact;
    await tx.query(INSERT, [id, context.projectId, action, subject.kind, subject.id, body, beforeTime]);
    tx.afterCommit.push(() => this.sequencer.nudge());
  }
}

function canonical(draft: () => LeafDraft): LeafDraft {
  try {
    return draft();
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new InvalidInputError(error.code, `what is to be recorded has no JSON form: ${error.message}`);
  }
}
