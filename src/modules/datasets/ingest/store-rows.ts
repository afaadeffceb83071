import { type DuckSession, rowsOfParquet } from '../../../platform/duckdb/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { WrittenRows } from '../sorted-rows/write-sorted-rows.js';
import type { RoleColumns } from './check-rows.js';
import { findRepeats, type OrderedRows } from './find-repeats.js';
import { hashRows } from './hash-rows.js';
import { labelClasses, type LabelClasses } from './label-classes.js';
import type { RowsFile } from './rows-file.js';
import {
  orderRows,
  type SplitFiles,
  type SplitStores,
  storeColumns,
  type StoredColumns,
  storeManifest,
} from './split-files.js';
import { type IngestedRepeats, storeRepeats } from './store-repeats.js';

export interface StoredRows {
  /** In the order of the files. */
  splits: (SplitFiles & { root: string })[];
  repeats: IngestedRepeats[];
  labelClasses: LabelClasses;
}

/** Hash, compare and store the rows of all splits. */
export async function storeRows(
  db: DuckSession,
  stores: SplitStores,
  files: readonly RowsFile[],
  columns: readonly DatasetColumn[],
  roles: RoleColumns,
  projectKey: Uint8Array,
  progress: (fraction: number, message: string) => Promise<void>,
): Promise<StoredRows> {
  const { blobs } = stores;
  const side = await db.beside();
  // Hashing is JavaScript, the rest DuckDB: neither waits for the other.
  const [hashed, { stored, found, classes }] = await together(
    (async () => {
      const hashes: WrittenRows[] = [];
      for (const [i, file] of files.entries()) {
        await progress(0.4 + (0.5 * i) / files.length, `hashing ${file.split.name}`);
        hashes.push(await hashRows(db, blobs, file, columns, roles, projectKey));
      }
      await progress(0.9, 'comparing rows');
      return hashes;
    })(),
    (async () => {
      const ordered: OrderedRows[] = [];
      const stored: StoredColumns[] = [];
      for (const file of files) {
        const path = await orderRows(side, file, columns, roles);
        ordered.push({ ...file, from: rowsOfParquet(path) });
        stored.push(await storeColumns(side, stores, file, path, columns, roles));
      }
      const found = await findRepeats(side, ordered, columns, roles);
      return { stored, found, classes: await labelClasses(side, ordered, roles.label) };
    })(),
  );
  const splits: StoredRows['splits'] = [];
  for (const [i, rows] of hashed.entries())
    splits.push({ ...(await storeManifest(blobs, stored[i]!, rows)), root: rows.root });
  return { splits, repeats: await storeRepeats(blobs, found), labelClasses: classes };
}

/** Both, or the error of one once neither runs any more. */
async function together<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}
