import { rm } from 'node:fs/promises';
import { type BlobFacts, safeFilename } from '../../../platform/storage/index.js';
import { copyFile } from './copy-file.js';
import { download } from './download.js';
import { downloadObject } from './download-object.js';
import { objectNamed } from './object-name.js';
import type { Fetching } from './fetching.js';
import { checkedReference, referenceError, type SplitReference } from './split-reference.js';

/** The file of a split as ingest reads it: an upload, or what a reference led to. */
export interface SplitSource {
  /** The upload; null for a reference. */
  id: string | null;
  /** SHA-256, lowercase hex. */
  digest: string;
  /** Bytes. */
  size: number;
  filename: string;
  /** Where it came from and where it lies now, in the folder of the job. */
  fetched?: { url: string; path: string };
}

/**
 * Fetch what a reference leads to and hold it to its digest. Nothing of what a host answers but a status stands in an error, nor what
 * digest was found. Throws REFERENCE_REFUSED, REFERENCE_NOT_FOUND, REFERENCE_FAILED, REFERENCE_DIGEST_DIFFERS, UPLOAD_TOO_LARGE.
 */
export async function fetchReference(
  split: string,
  reference: SplitReference,
  fetching: Fetching,
): Promise<SplitSource> {
  // Once more: the places that are allowed may be others than when the push was accepted.
  const { sha256 } = checkedReference(split, reference.url, reference.sha256, fetching);
  const { path, digest, size, name } = await fetched(split, reference.url, fetching);
  if (digest !== sha256) {
    await rm(path, { force: true });
    throw referenceError(
      'REFERENCE_DIGEST_DIFFERS',
      split,
      'what the reference leads to has another SHA-256 than the push says',
      'See whether the file was changed, and push it with the digest that it has now (sha256sum FILE).',
    );
  }
  return { id: null, digest, size, filename: safeFilename(name), fetched: { url: reference.url, path } };
}

async function fetched(
  split: string,
  reference: string,
  fetching: Fetching,
): Promise<BlobFacts & { path: string; name: string }> {
  if (reference.startsWith('s3:')) {
    const named = objectNamed(reference);
    if (typeof named === 'string') throw new Error(named);
    return { ...(await downloadObject(split, named, fetching.objectStore, fetching)), name: named.key };
  }
  const url = new URL(reference);
  const file =
    url.protocol === 'file:'
      ? await copyFile(split, url, fetching)
      : await download(split, url, { hosts: fetching.dataHosts, variable: 'ASSAY_DATA_HOSTS' }, fetching);
  return { ...file, name: decoded(url.pathname) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
