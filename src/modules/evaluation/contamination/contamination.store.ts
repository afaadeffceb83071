import { Injectable } from '@nestjs/common';
import { digestOf } from '../../../domain/canonical/index.js';
import type { ContaminationOutcome, ContaminationQuestion } from '../../../domain/contamination/index.js';
import { AuditLog } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, UnitOfWork } from '../../../platform/database/index.js';
import { type BlobFacts, BlobReferences } from '../../../platform/storage/index.js';
import { lockGateInputs } from '../../sources/index.js';
import { contaminationDigest } from './contamination-question.js';
import { CONTAMINATION_COUNT } from './contamination.records.js';

export interface Counted {
  question: ContaminationQuestion;
  outcome: ContaminationOutcome;
  /** A stored blob that nothing refers to yet. */
  findings: BlobFacts | null;
}

/** Keeps what was counted: once for each question. */
@Injectable()
export class ContaminationStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly references: BlobReferences,
    private readonly audit: AuditLog,
  ) {}

  /** Inside the unit of work that ends the job. Where somebody was faster, theirs is the answer. */
  async store(version: { id: string; contentId: string }, counted: readonly Counted[]): Promise<void> {
    if (counted.length === 0) return;
    // A gate may rest on them: none may appear between its look and its commit.
    await lockGateInputs(this.units.current(), 'changing');
    for (const one of counted) await this.storeOne(version, one);
  }

  private async storeOne(
    version: { id: string; contentId: string },
    { question, outcome, findings }: Counted,
  ): Promise<void> {
    const { projectId, actor } = currentContext();
    const blob = findings?.digest ?? null;
    const digest = digestOf({ contentId: version.contentId, question, outcome, findings: blob });
    const [inserted] = await this.units.current().query<{ id: string }>(
      `INSERT INTO contamination_count (id, project_id, dataset_version_id, split, question, question_digest, outcome,
         findings_blob, digest, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (dataset_version_id, question_digest) DO NOTHING RETURNING id`,
      [
        newId(),
        projectId,
        version.id,
        question.split,
        JSON.stringify(question),
        contaminationDigest(question),
        JSON.stringify(outcome),
        blob,
        digest,
        actor.name,
      ],
    );
    if (!inserted) return;
    const { id } = inserted;
    if (findings)
      await this.references.add(findings.digest, findings.size, { kind: 'contaminationCount', id });
    const { rows, possible, total } = outcome;
    await this.audit.record({
      action: 'contamination.counted',
      subject: { kind: 'contaminationCount', id },
      body: { datasetVersionId: version.id, question, rows, possible, total, digest, findingsBlob: blob },
      records: [{ kind: CONTAMINATION_COUNT, id }],
    });
  }
}
