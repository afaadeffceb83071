import { join } from 'node:path';
import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';
import type { BlobFacts, BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { WrittenRows } from '../sorted-rows/write-sorted-rows.js';
import { chunksOf, manifestBytes, type SplitManifest } from '../split-manifest.js';
import type { RoleColumns } from './check-rows.js';
import { cutRows } from './cut-rows.js';
import { columnAt, parquetOptions, type RowsFile } from './rows-file.js';
import { typed } from './typed-sql.js';

export interface SplitFiles {
  /** Which chunks the split is made of. */
  manifest: BlobFacts;
  /** What its manifest names, each once. */
  chunks: BlobFacts[];
  /** Columns `key` and `label` of a sealed split, in key order, sealed; null where the split is open, whose public columns have both. */
  labelParquet: BlobFacts | null;
}

/** Where they go: labels of sealed splits into `sealedFiles`, everything else into `blobs`. */
export interface SplitStores {
  blobs: BlobStore;
  sealedFiles: SealedFiles;
}

/** Store what is kept of a split beside its encoded rows. */
export async function storeSplit(
  db: DuckSession,
  { blobs, sealedFiles }: SplitStores,
  file: RowsFile,
  columns: readonly DatasetColumn[],
  { key, label }: RoleColumns,
  { index: sorted, nodes }: WrittenRows,
): Promise<SplitFiles> {
  const { name, sealed } = file.split;
  const shown = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ index }) => !(sealed && index === label?.index));
  const keyValue = key && typed(key.type, columnAt(key.index));
  const order = keyValue ? `ORDER BY ${keyValue}` : '';
  const scratch = (what: string) => join(db.scratch, `${what}-${name}.parquet`);

  const ordered = scratch('ordered');
  const select = shown.map(({ type, index }) => `${typed(type, columnAt(index))} AS ${columnAt(index)}`);
  await db.run(
    `COPY (SELECT ${select.join(', ')} FROM ${file.from} ${order}) TO ${literal(ordered)} (${parquetOptions(shown.length, 'snappy', ORDERED_GROUP)})`,
  );
  const by = key ? [columnAt(key.index)] : shown.map(({ index }) => columnAt(index));
  const parts: SplitManifest['public'] = [];
  const names = shown.map(({ name, index }) => `${columnAt(index)} AS ${identifier(name)}`).join(', ');
  for (const { from, to } of await cutRows(db, ordered, by, file.rows)) {
    const path = scratch(`public-${from}`);
    await db.run(
      `COPY (SELECT ${names} FROM read_parquet(${literal(ordered)}, file_row_number = true)
         WHERE file_row_number >= ${from} AND file_row_number < ${to}) TO ${literal(path)} (${parquetOptions(shown.length)})`,
    );
    const { digest, size } = await blobs.putFile(path);
    parts.push({ digest, bytes: size, rows: to - from });
  }

  let labelParquet: BlobFacts | null = null;
  if (sealed && keyValue && label) {
    const path = scratch('labels');
    const value = typed(label.type, columnAt(label.index));
    await db.run(
      `COPY (SELECT ${keyValue} AS key, ${value} AS label FROM ${file.from} ${order}) TO ${literal(path)} (${parquetOptions(2)})`,
    );
    labelParquet = await sealedFiles.putFile(path);
  }
  const manifest = { public: parts, sorted, nodes };
  return {
    manifest: await blobs.putBytes(manifestBytes(manifest)),
    chunks: chunksOf(manifest),
    labelParquet,
  };
}

/** Rows of a group of the ordered rows: a chunk is read out of few of them. */
const ORDERED_GROUP = 8192;
