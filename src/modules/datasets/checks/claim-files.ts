import { checkOf, type CheckRequest } from '../../../domain/quality/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { Uploads } from '../../../platform/storage/index.js';

/** A check as a client asks for it: with an upload where it reads a file. */
export interface FileCheckRequest extends CheckRequest {
  uploadId?: string | null;
}

/** Requests whose parameters name files by digest, and how large each of them is that was uploaded for them. */
export interface ClaimedRequests {
  requests: CheckRequest[];
  files: Record<string, number>;
}

/**
 * Uploads as the digests of their bytes: the question is the same whoever sends the file. Inside UnitOfWork.run. Throws CHECK_INVALID
 * and what `Uploads.claim` throws.
 */
export async function claimFiles(
  requests: readonly FileCheckRequest[],
  uploads: Pick<Uploads, 'claimAll'>,
): Promise<ClaimedRequests> {
  const wanted = requests.flatMap(({ uploadId }) => uploadId ?? []);
  const claimed = await uploads.claimAll(wanted, 'datasetCheck');
  const files: Record<string, number> = {};
  const named = requests.map(({ uploadId, ...request }, i): CheckRequest => {
    if (uploadId === undefined || uploadId === null) return request;
    const field = checkOf(request.check)?.file;
    if (field === undefined)
      throw uploadInvalid(i, request.check, `an upload for ${request.check}`, 'nothing: it reads no file');
    const { digest, size } = claimed.get(uploadId)!;
    if (request.parameters && Object.hasOwn(request.parameters, field))
      throw uploadInvalid(i, request.check, `an upload beside ${field}`, 'one of them');
    files[digest] = size;
    return { ...request, parameters: { ...request.parameters, [field]: digest } };
  });
  return { requests: named, files };
}

function uploadInvalid(i: number, check: string, found: string, expected: string) {
  const field = { path: `checks[${i}].uploadId`, message: `found ${found}; expected ${expected}` };
  return new InvalidInputError('CHECK_INVALID', `${check.slice(0, 60)}: ${field.path}: ${field.message}`, {
    remedy: 'Correct the request; nothing was checked.',
    fields: [field],
  });
}
