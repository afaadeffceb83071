import { InvalidInputError } from '../../../platform/errors/index.js';
import { checkedReference, type DataPlaces, type SplitReference } from './split-reference.js';

/** What a push says of the file of a split. Absent and null are the same. */
export interface SplitFileRequest {
  uploadId?: string | null;
  reference?: string | null;
  sha256?: string | null;
}

/** One file: an upload, or a reference with its digest. Throws SPLIT_FILE_INVALID, REFERENCE_INVALID, REFERENCE_REFUSED. */
export function fileOfSplit(
  split: string,
  { uploadId = null, reference = null, sha256 = null }: SplitFileRequest,
  places: DataPlaces,
): { uploadId: string | null; reference: SplitReference | null } {
  if (uploadId !== null && reference === null && sha256 === null) return { uploadId, reference };
  if (uploadId === null && reference !== null)
    return { uploadId, reference: checkedReference(split, reference, sha256, places) };
  const named = uploadId === null ? 'no file' : 'an upload, and a reference or sha256 as well';
  throw new InvalidInputError(
    'SPLIT_FILE_INVALID',
    `split ${split} names ${named}; expected uploadId, or reference and sha256`,
    { remedy: 'Upload the file and send its uploadId, or send reference and sha256.' },
  );
}
