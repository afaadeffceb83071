import type { BlobFacts, BlobStore } from '../../../platform/storage/index.js';
import type { Repeats } from './find-repeats.js';

export interface IngestedRepeats extends Omit<Repeats, 'findings'> {
  findings: BlobFacts | null;
}

/** Keep the files that list repeated rows. */
export async function storeRepeats(blobs: BlobStore, found: readonly Repeats[]): Promise<IngestedRepeats[]> {
  const kept: IngestedRepeats[] = [];
  for (const each of found) {
    const findings = each.findings === null ? null : await blobs.putFile(each.findings);
    kept.push({ ...each, findings });
  }
  return kept;
}
