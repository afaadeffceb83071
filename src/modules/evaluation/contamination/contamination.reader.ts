import { Injectable } from '@nestjs/common';
import type { ContaminationOutcome, ContaminationQuestion } from '../../../domain/contamination/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { NotFoundError } from '../../../platform/errors/index.js';
import { type Page, type PageRequest, pageSize } from '../../../platform/http/page.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { lineOffset, linesFrom } from '../../datasets/index.js';
import { contaminationDigest } from './contamination-question.js';
import type { ContaminationCountView, ContaminationFinding } from './contamination.view.js';

interface CountRow {
  id: string;
  dataset_version_id: string;
  split: string;
  question_digest: string;
  outcome: ContaminationOutcome;
  digest: string;
  created_at: Date;
  created_by: string;
}

export interface AskedContamination {
  /** Of the tested split. */
  datasetVersionId: string;
  question: ContaminationQuestion;
}

/** What was counted of tested rows in training data. */
@Injectable()
export class ContaminationReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
  ) {}

  /** The answer to each question about a dataset version, in their order; null: nobody asked it. One statement. */
  async byQuestions(asked: readonly AskedContamination[]): Promise<(ContaminationCountView | null)[]> {
    if (asked.length === 0) return [];
    const digests = asked.map(({ question }) => contaminationDigest(question));
    const rows = await this.units.read((tx) =>
      tx.query<CountRow>(
        `SELECT id, dataset_version_id, split, question_digest, outcome, digest, created_at, created_by
         FROM contamination_count WHERE dataset_version_id = ANY($1::uuid[]) AND question_digest = ANY($2)`,
        [asked.map(({ datasetVersionId }) => datasetVersionId), digests],
      ),
    );
    const found = new Map(
      rows.map((row) => [`${row.dataset_version_id} ${row.question_digest}`, toView(row)]),
    );
    return asked.map(({ datasetVersionId }, i) => found.get(`${datasetVersionId} ${digests[i]}`) ?? null);
  }

  /** Every row that was found, page by page. Throws CONTAMINATION_NOT_FOUND, CURSOR_INVALID. */
  async findings(id: string, page: PageRequest): Promise<Page<ContaminationFinding>> {
    const size = pageSize(page.first);
    const start = lineOffset(page.after);
    const [row] = await this.units.read((tx) =>
      tx.query<{ findings_blob: string | null }>(
        'SELECT findings_blob FROM contamination_count WHERE id::text = lower($1)',
        [id],
      ),
    );
    if (!row) {
      throw new NotFoundError(
        'CONTAMINATION_NOT_FOUND',
        `There is no count ${JSON.stringify(id.slice(0, 100))} of contaminated rows in this project.`,
        { remedy: 'GET models/NAME/versions/VERSION/contamination names those of a model version.' },
      );
    }
    if (row.findings_blob === null) return { items: [], endCursor: null, hasNextPage: false };
    return linesFrom<ContaminationFinding>(await this.blobs.localPath(row.findings_blob), start, size);
  }
}

function toView(row: CountRow): ContaminationCountView {
  return {
    id: row.id,
    datasetVersionId: row.dataset_version_id,
    split: row.split,
    ...row.outcome,
    digest: row.digest,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
