import { readFile } from 'node:fs/promises';
import type { BlobStore } from '../../platform/storage/index.js';
import { parseManifest, type SplitManifest } from './split-manifest.js';

/** Manifests by digest: they never change, and each reading of a row needs one. */
const manifests = new Map<string, SplitManifest>();
const KEPT = 32;

/** Throws BLOB_NOT_FOUND, BLOB_CORRUPT. */
export async function readManifest(blobs: BlobStore, digest: string): Promise<SplitManifest> {
  const path = await blobs.localPath(digest);
  const known = manifests.get(digest);
  if (known) return known;
  const manifest = parseManifest(await readFile(path));
  if (manifests.size >= KEPT) manifests.delete(manifests.keys().next().value!);
  manifests.set(digest, manifest);
  return manifest;
}
