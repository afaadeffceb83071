import { digestOf } from '../../../domain/canonical/index.js';
import {
  otherOf,
  otherProblems,
  planCheck,
  type CheckedVersion,
  type CheckQuestion,
  type CheckRequest,
} from '../../../domain/quality/index.js';
import type { PolicyProblem } from '../../../domain/policy/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { requireWhole } from '../require-whole.js';

/** What the job is given. */
export interface CheckPlan {
  datasetVersionId: string;
  questions: CheckQuestion[];
  /** Bytes of the uploaded files that they read, by digest. */
  files?: Record<string, number>;
  /** These uploads, so that whoever has to delete what was told of a version finds them by their ids. */
  uploads?: { uploadId: string }[];
}

/** A version as checks see it. */
export function checkedVersion({ schema, splits }: DatasetVersionView): CheckedVersion {
  return { columns: schema.columns, splits };
}

/** What names a question: the same digest, the same answer. */
export function questionDigest(question: CheckQuestion): string {
  return digestOf(question);
}

/**
 * The questions of requests, each once. `find` answers a version that a question names beside its own. Throws CHECK_INVALID,
 * CHECK_READS_SEALED_LABELS, VERSION_ERASED and what `find` throws.
 */
export async function planChecks(
  requests: readonly CheckRequest[],
  version: DatasetVersionView,
  find: (ref: string) => Promise<DatasetVersionView>,
): Promise<CheckPlan> {
  const ref = `${version.dataset}@${version.version}`;
  const questions: CheckQuestion[] = [];
  for (const [i, request] of requests.entries()) {
    const planned = planCheck(request, checkedVersion(version));
    if (!planned.ok) {
      if (planned.sealed.length > 0) throw readsSealed(i, request, ref, planned.sealed);
      throw checkInvalid(i, request, ref, planned.problems);
    }
    const other = otherOf(planned.question);
    if (other !== null && 'ref' in other) {
      const found = await find(other.ref);
      const problems = otherProblems(planned.question, checkedVersion(version), checkedVersion(found));
      if (problems.length > 0) throw checkInvalid(i, request, ref, problems);
      requireWhole(found, other.splits ?? undefined);
    }
    questions.push(planned.question);
  }
  const distinct = new Map(questions.map((question) => [questionDigest(question), question]));
  return { datasetVersionId: version.id, questions: [...distinct.values()] };
}

const readsSealed = (i: number, { check }: CheckRequest, ref: string, sealed: readonly string[]) =>
  new InvalidInputError(
    'CHECK_READS_SEALED_LABELS',
    `checks[${i}]: ${check} reads labels, and those of ${sealed.join(', ')} of ${ref} are sealed`,
    { remedy: 'Name open splits alone: what sealed labels say is told by evaluations, which count looks.' },
  );

function checkInvalid(i: number, { check }: CheckRequest, ref: string, problems: readonly PolicyProblem[]) {
  const fields = problems.map(({ path, found, expected }) => ({
    path: `checks[${i}].${path}`,
    message: `found ${found}; expected ${expected}`,
  }));
  const said = fields.map(({ path, message }) => `${path}: ${message}`);
  return new InvalidInputError(
    'CHECK_INVALID',
    `${check.slice(0, 60)} on ${ref}: ${said.slice(0, 5).join('; ')}`,
    { remedy: 'Correct the request; nothing was checked.', fields },
  );
}

export const fileInvalid = ({ check }: CheckQuestion, ref: string) =>
  new InvalidInputError(
    'CHECK_INVALID',
    `${check} on ${ref}: parameters name a file by its digest that was not uploaded for it, and nothing is stored that was found in it`,
    { remedy: 'Upload the file, and name it as uploadId.' },
  );
