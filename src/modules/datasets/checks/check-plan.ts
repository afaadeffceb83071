import { digestOf } from '../../../domain/canonical/index.js';
import {
  planCheck,
  type CheckedVersion,
  type CheckQuestion,
  type CheckRequest,
} from '../../../domain/quality/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetVersionView } from '../dataset-version.js';

/** What the job is given. */
export interface CheckPlan {
  datasetVersionId: string;
  questions: CheckQuestion[];
}

/** A version as checks see it. */
export function checkedVersion({ schema, splits }: DatasetVersionView): CheckedVersion {
  return { columns: schema.columns, splits };
}

/** What names a question: the same digest, the same answer. */
export function questionDigest(question: CheckQuestion): string {
  return digestOf(question);
}

/** The questions of requests, each once. Throws CHECK_INVALID, CHECK_READS_SEALED_LABELS. */
export function planChecks(requests: readonly CheckRequest[], version: DatasetVersionView): CheckPlan {
  const ref = `${version.dataset}@${version.version}`;
  const questions = requests.map((request, i) => {
    const planned = planCheck(request, checkedVersion(version));
    if (planned.ok) return planned.question;
    if (planned.sealed.length > 0) {
      throw new InvalidInputError(
        'CHECK_READS_SEALED_LABELS',
        `checks[${i}]: ${request.check} reads labels, and those of ${planned.sealed.join(', ')} of ${ref} are sealed`,
        {
          remedy: 'Name open splits alone: what sealed labels say is told by evaluations, which count looks.',
        },
      );
    }
    const fields = planned.problems.map(({ path, found, expected }) => ({
      path: `checks[${i}].${path}`,
      message: `found ${found}; expected ${expected}`,
    }));
    const said = fields.map(({ path, message }) => `${path}: ${message}`);
    throw new InvalidInputError(
      'CHECK_INVALID',
      `${request.check.slice(0, 60)} on ${ref}: ${said.slice(0, 5).join('; ')}`,
      {
        remedy: 'Correct the request; nothing was checked.',
        fields,
      },
    );
  });
  const distinct = new Map(questions.map((question) => [questionDigest(question), question]));
  return { datasetVersionId: version.id, questions: [...distinct.values()] };
}
