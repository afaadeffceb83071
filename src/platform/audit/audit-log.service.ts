import { Injectable } from '@nestjs/common';
import { currentContext } from '../context/index.js';
import { newId, UnitOfWork } from '../database/index.js';
import { draftLeaf, type AuditFact } from './audit-leaf.js';
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

  /** Record a fact. Inside `UnitOfWork.run`; one round trip. Throws EncodingError for a body that is not JSON. */
  async record(fact: AuditFact): Promise<void> {
    const tx = this.uow.current();
    const context = currentContext();
    const id = newId();
    const { beforeTime, body } = draftLeaf(id, fact, context);
    const { action, subject } = fact;
    await tx.query(INSERT, [id, context.projectId, action, subject.kind, subject.id, body, beforeTime]);
    tx.afterCommit.push(() => this.sequencer.nudge());
  }
}
