import { join } from 'node:path';
import {
  type DuckSession,
  identifier,
  literal,
  type ParquetPart,
  rowsOfParts,
} from '../../platform/duckdb/index.js';
import type { BlobStore, SealedFiles } from '../../platform/storage/index.js';
import type { EvaluationInput } from './dataset-version.js';
import type { StoredPart } from './split-manifest.js';
import { readManifest } from './split-manifests.js';

/** Where the public columns of a split are, as its row in the database says. */
export interface StoredSplit {
  rows: number;
  manifest: string | null;
  /** Of versions from before there were chunks: one file. */
  public: string | null;
}

/** The Parquet files of a split's public columns, in key order. Throws BLOB_NOT_FOUND, BLOB_CORRUPT. */
export async function storedParts(blobs: BlobStore, stored: StoredSplit): Promise<StoredPart[]> {
  if (stored.manifest === null) return [{ digest: stored.public!, rows: stored.rows }];
  return (await readManifest(blobs, stored.manifest)).public;
}

/** Their local files. Throws BLOB_NOT_FOUND, BLOB_CORRUPT. */
export async function openParts(blobs: BlobStore, parts: readonly StoredPart[]): Promise<ParquetPart[]> {
  const opened: ParquetPart[] = [];
  for (const { digest, rows } of parts) opened.push({ path: await blobs.localPath(digest), rows });
  return opened;
}

/**
 * A local Parquet file with the columns `key` and `label` of a split, in key order; in the session's scratch folder where it had to be
 * opened or taken out of the public columns. Throws BLOB_NOT_FOUND, BLOB_CORRUPT, SEALED_FILE_DAMAGED.
 */
export async function openLabels(
  db: DuckSession,
  { blobs, sealedFiles }: { blobs: BlobStore; sealedFiles: SealedFiles },
  { split, labelParquet, publicParquet, keyColumn, labelColumn }: EvaluationInput,
): Promise<string> {
  if (labelParquet !== null) return sealedFiles.openedIn(db.scratch, labelParquet);
  const path = join(db.scratch, `labels-${split}.parquet`);
  const rows = rowsOfParts(await openParts(blobs, publicParquet));
  await db.run(
    `COPY (SELECT ${identifier(keyColumn)} AS key, ${identifier(labelColumn)} AS label FROM ${rows})
     TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy)`,
  );
  return path;
}
