import { join } from 'node:path';
import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';
import type { BlobFacts, BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { RoleColumns } from './check-rows.js';
import { columnAt, parquetOptions, type RowsFile } from './rows-file.js';
import { typed } from './typed-sql.js';

export interface SplitFiles {
  /** Every column under its own name and type, in key order; without the label where the split is sealed. */
  publicParquet: BlobFacts;
  /** Columns `key` and `label`, in key order, sealed where the split is; null without a key or a label. */
  labelParquet: BlobFacts | null;
  /** The leaf hashes, 32 bytes each, in leaf order. */
  leaves: BlobFacts;
  /** The encoded rows in leaf order. */
  sortedRows: BlobFacts;
}

/** Where they go: labels of sealed splits into `sealedFiles`, everything else into `blobs`. */
export interface SplitStores {
  blobs: BlobStore;
  sealedFiles: SealedFiles;
}

/** Store what is kept of a split. `hashed`: the paths of its leaves and sorted rows. */
export async function storeSplit(
  db: DuckSession,
  { blobs, sealedFiles }: SplitStores,
  file: RowsFile,
  columns: readonly DatasetColumn[],
  { key, label }: RoleColumns,
  hashed: { leaves: string; sortedRows: string },
): Promise<SplitFiles> {
  const order = key ? `ORDER BY ${typed(key.type, columnAt(key.index))}` : '';
  const shown = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ index }) => !(file.split.sealed && index === label?.index));
  const put = async (store: Pick<BlobStore, 'putFile'>, name: string, select: string, width: number) => {
    const path = join(db.scratch, `${name}-${file.split.name}.parquet`);
    await db.run(
      `COPY (SELECT ${select} FROM ${file.from} ${order}) TO ${literal(path)} (${parquetOptions(width)})`,
    );
    return store.putFile(path);
  };

  const publicParquet = await put(
    blobs,
    'public',
    shown.map(({ name, type, index }) => `${typed(type, columnAt(index))} AS ${identifier(name)}`).join(', '),
    shown.length,
  );
  const labelParquet =
    key && label
      ? await put(
          file.split.sealed ? sealedFiles : blobs,
          'labels',
          `${typed(key.type, columnAt(key.index))} AS key, ${typed(label.type, columnAt(label.index))} AS label`,
          2,
        )
      : null;
  return {
    publicParquet,
    labelParquet,
    leaves: await blobs.putFile(hashed.leaves),
    sortedRows: await blobs.putFile(hashed.sortedRows),
  };
}
