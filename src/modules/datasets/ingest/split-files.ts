import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckSession, identifier, literal, rowsOfParquet } from '../../../platform/duckdb/index.js';
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

/** The columns of a split, stored; its encoded rows are a matter of their own. */
export interface StoredColumns {
  public: SplitManifest['public'];
  labelParquet: BlobFacts | null;
}

/** A scratch Parquet file of a split's values in key order: `row` (of the uploaded file, from 1) and `c0`, `c1`, ... in schema order. */
export async function orderRows(
  db: DuckSession,
  file: RowsFile,
  columns: readonly DatasetColumn[],
  { key }: RoleColumns,
): Promise<string> {
  const path = join(db.scratch, `ordered-${file.split.name}.parquet`);
  const values = columns.map(({ type }, i) => `${typed(type, columnAt(i))} AS ${columnAt(i)}`);
  const order = key ? `ORDER BY ${columnAt(key.index)}` : '';
  await db.run(
    `COPY (SELECT row, ${values.join(', ')} FROM ${file.from} ${order}) TO ${literal(path)}
     (${parquetOptions(columns.length, 'snappy', ORDERED_GROUP)})`,
  );
  return path;
}

/** Store the columns of a split from a file that `orderRows` made. */
export async function storeColumns(
  db: DuckSession,
  { blobs, sealedFiles }: SplitStores,
  { split, rows }: RowsFile,
  ordered: string,
  columns: readonly DatasetColumn[],
  { key, label }: RoleColumns,
): Promise<StoredColumns> {
  const shown = columns
    .map(({ name }, index) => ({ name, index }))
    .filter(({ index }) => !(split.sealed && index === label?.index));
  const path = (what: string) => join(db.scratch, `${what}-${split.name}.parquet`);
  const by = key ? [columnAt(key.index)] : shown.map(({ index }) => columnAt(index));
  const names = shown.map(({ name, index }) => `${columnAt(index)} AS ${identifier(name)}`).join(', ');
  const parts: SplitManifest['public'] = [];
  let kept: Promise<void> = Promise.resolve();
  for (const { from, to } of await cutRows(db, ordered, by, rows)) {
    const part = path(`public-${from}`);
    await db.run(
      `COPY (SELECT ${names} FROM ${rowsOfParquet(ordered, { numbered: true })}
         WHERE file_row_number >= ${from} AND file_row_number < ${to}) TO ${literal(part)} (${parquetOptions(shown.length)})`,
    );
    // It is kept while the next one is written.
    await kept;
    kept = (async () => {
      const { digest, size } = await blobs.putFile(part);
      parts.push({ digest, bytes: size, rows: to - from });
      await rm(part);
    })();
    kept.catch(() => undefined);
  }
  await kept;
  if (!split.sealed || !key || !label) return { public: parts, labelParquet: null };
  const labels = path('labels');
  await db.run(
    `COPY (SELECT ${columnAt(key.index)} AS key, ${columnAt(label.index)} AS label FROM ${rowsOfParquet(ordered)})
     TO ${literal(labels)} (${parquetOptions(2)})`,
  );
  return { public: parts, labelParquet: await sealedFiles.putFile(labels) };
}

/** What is kept of a split whose columns and encoded rows are stored. */
export async function storeManifest(
  blobs: BlobStore,
  { public: parts, labelParquet }: StoredColumns,
  { index: sorted, nodes }: WrittenRows,
): Promise<SplitFiles> {
  const manifest = { public: parts, sorted, nodes };
  return {
    manifest: await blobs.putBytes(manifestBytes(manifest)),
    chunks: chunksOf(manifest),
    labelParquet,
  };
}

/** Rows of a group of the ordered rows: a chunk is read out of few of them. */
const ORDERED_GROUP = 8192;
