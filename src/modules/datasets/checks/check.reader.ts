import { Injectable } from '@nestjs/common';
import {
  planCheck,
  type CheckFinding,
  type CheckOutcome,
  type CheckQuestion,
} from '../../../domain/quality/index.js';
import type { CheckRequest } from '../../../domain/quality/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { NotFoundError } from '../../../platform/errors/index.js';
import { decodeCursor, type Page, type PageRequest, pageSize, toPage } from '../../../platform/http/page.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { DatasetReader } from '../dataset-reader.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { lineOffset, linesFrom } from '../lines-page.js';
import { checkedVersion, questionDigest } from './check-plan.js';
import type { CheckView } from './check.view.js';

interface CheckRow {
  id: string;
  dataset_version_id: string;
  question: CheckQuestion;
  outcome: CheckOutcome & { first: CheckFinding[] };
  digest: string;
  created_at: Date;
  created_by: string;
}

const COLUMNS = 'c.id, c.dataset_version_id, c.question, c.outcome, c.digest, c.created_at, c.created_by';

/** The answer to a question that a gate asks; or why there is none. */
export type AnsweredCheck = { check: CheckView; missing: null } | { check: null; missing: string };

/** What checks found. */
@Injectable()
export class CheckReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly blobs: BlobStore,
  ) {}

  /** Of a version, newest first. Throws DATASET_VERSION_NOT_FOUND. */
  async list(ref: string, page: PageRequest): Promise<Page<CheckView>> {
    const size = pageSize(page.first);
    const [before] = decodeCursor(page.after, 1) ?? [null];
    const { id } = await this.datasets.byRef(ref);
    const rows = await this.units.read((tx) =>
      tx.query<CheckRow>(
        `SELECT ${COLUMNS} FROM dataset_check c
         WHERE c.dataset_version_id = $1 AND ($2::text IS NULL OR c.id::text < $2) ORDER BY c.id DESC LIMIT $3`,
        [id, before, size + 1],
      ),
    );
    return toPage(rows.map(toView), size, (check) => [check.id]);
  }

  /** Those of the questions that have an answer, in the order of the questions. */
  async byQuestions(datasetVersionId: string, questions: readonly CheckQuestion[]): Promise<CheckView[]> {
    const digests = questions.map(questionDigest);
    const rows = await this.units.read((tx) =>
      tx.query<CheckRow & { question_digest: string }>(
        `SELECT ${COLUMNS}, c.question_digest FROM dataset_check c WHERE c.dataset_version_id = $1 AND c.question_digest = ANY($2)`,
        [datasetVersionId, digests],
      ),
    );
    const found = new Map(rows.map((row) => [row.question_digest, toView(row)]));
    return digests.flatMap((digest) => found.get(digest) ?? []);
  }

  /** Those of the questions that have no answer yet, in their order. */
  async unanswered(datasetVersionId: string, questions: readonly CheckQuestion[]): Promise<CheckQuestion[]> {
    const stored = await this.byQuestions(datasetVersionId, questions);
    const answered = new Set(
      stored.map(({ check, version, splits, parameters }) =>
        questionDigest({ check, version, splits, parameters }),
      ),
    );
    return questions.filter((question) => !answered.has(questionDigest(question)));
  }

  /** The answer to exactly this question about exactly this version. */
  async answer(version: DatasetVersionView, request: CheckRequest): Promise<AnsweredCheck> {
    const planned = planCheck(request, checkedVersion(version));
    if (!planned.ok) {
      const [problem] = planned.problems;
      return {
        check: null,
        missing: problem
          ? `${request.check} cannot be asked of it: ${problem.path} is ${problem.found}; expected ${problem.expected}`
          : `${request.check} would read the sealed labels of ${planned.sealed.join(', ')}`,
      };
    }
    const [check] = await this.byQuestions(version.id, [planned.question]);
    return check
      ? { check, missing: null }
      : { check: null, missing: `${request.check} was not run on it with these parameters` };
  }

  /** Everything that fails, page by page. Throws DATASET_CHECK_NOT_FOUND. */
  async findings(id: string, page: PageRequest): Promise<Page<CheckFinding>> {
    const size = pageSize(page.first);
    const start = lineOffset(page.after);
    const [row] = await this.units.read((tx) =>
      tx.query<{ findings_blob: string | null }>(
        'SELECT findings_blob FROM dataset_check WHERE id::text = lower($1)',
        [id],
      ),
    );
    if (!row) {
      throw new NotFoundError(
        'DATASET_CHECK_NOT_FOUND',
        `There is no check ${JSON.stringify(id.slice(0, 100))} in this project.`,
        { remedy: 'GET dataset-versions/NAME@VERSION/checks lists those of a version.' },
      );
    }
    if (row.findings_blob === null) return { items: [], endCursor: null, hasNextPage: false };
    return linesFrom<CheckFinding>(await this.blobs.localPath(row.findings_blob), start, size);
  }
}

function toView(row: CheckRow): CheckView {
  const { id, question, outcome, digest } = row;
  return {
    id,
    datasetVersionId: row.dataset_version_id,
    ...question,
    ...outcome,
    digest,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
