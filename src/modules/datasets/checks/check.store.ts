import { Injectable } from '@nestjs/common';
import { digestOf } from '../../../domain/canonical/index.js';
import {
  type CheckFinding,
  type CheckOutcome,
  type CheckQuestion,
  fileOf,
} from '../../../domain/quality/index.js';
import { AuditLog } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, UnitOfWork } from '../../../platform/database/index.js';
import { type BlobFacts, BlobReferences } from '../../../platform/storage/index.js';
import { DATASET_CHECK } from '../dataset.records.js';
import { lockGateInputs } from '../../sources/index.js';
import { questionDigest } from './check-plan.js';

/** What a scan gave. Its findings are a stored blob that nothing refers to yet. */
export interface Checked {
  question: CheckQuestion;
  outcome: CheckOutcome & { first: CheckFinding[] };
  findings: BlobFacts | null;
}

/** Keeps what checks found: once for each question. */
@Injectable()
export class CheckStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly references: BlobReferences,
    private readonly audit: AuditLog,
  ) {}

  /** Inside the unit of work that ends the job. Where somebody was faster, theirs is the answer. */
  async store(
    version: { id: string; contentId: string },
    checked: readonly Checked[],
    files: Readonly<Record<string, number>>,
  ): Promise<void> {
    if (checked.length === 0) return;
    // A gate may rest on them: none may appear between its look and its commit.
    await lockGateInputs(this.units.current(), 'changing');
    for (const one of checked) await this.storeOne(version, one, files);
  }

  private async storeOne(
    version: { id: string; contentId: string },
    { question, outcome, findings }: Checked,
    files: Readonly<Record<string, number>>,
  ): Promise<void> {
    const { projectId, actor } = currentContext();
    const blob = findings?.digest ?? null;
    const digest = digestOf({ contentId: version.contentId, question, outcome, findings: blob });
    const asked = questionDigest(question);
    const [inserted] = await this.units.current().query<{ id: string }>(
      `INSERT INTO dataset_check (id, project_id, dataset_version_id, question, question_digest, status, failing, outcome,
         findings_blob, digest, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (dataset_version_id, question_digest) DO NOTHING RETURNING id`,
      [
        newId(),
        projectId,
        version.id,
        JSON.stringify(question),
        asked,
        outcome.status,
        outcome.failing,
        JSON.stringify(outcome),
        blob,
        digest,
        actor.name,
      ],
    );
    if (!inserted) return;
    const { id } = inserted;
    if (findings) await this.references.add(findings.digest, findings.size, { kind: 'datasetCheck', id });
    const file = fileOf(question);
    // What it read, so that it can be computed again.
    if (file !== null) await this.references.add(file, files[file]!, { kind: 'datasetCheck', id });
    const { status, failing, total } = outcome;
    await this.audit.record({
      action: 'dataset.checked',
      subject: { kind: 'datasetCheck', id },
      body: { datasetVersionId: version.id, question, status, failing, total, digest, findingsBlob: blob },
      records: [{ kind: DATASET_CHECK, id }],
    });
  }
}
