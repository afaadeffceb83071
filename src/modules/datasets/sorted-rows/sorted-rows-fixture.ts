import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChunkedSortedRows } from './chunked-sorted-rows.js';
import type { SortedRows } from './sorted-rows.js';
import { type RowsToSort, writeSortedRows } from './write-sorted-rows.js';

/** Rows in chunks whose files lie in `folder`, for specs. */
export async function sortedIn(
  folder: string,
  rows: RowsToSort,
): Promise<{ root: string; sorted: SortedRows }> {
  mkdirSync(folder, { recursive: true });
  const pathOf = (digest: string) => join(folder, digest);
  const { root, index, nodes } = await writeSortedRows(rows, async (bytes) => {
    const digest = createHash('sha256').update(bytes).digest('hex');
    await writeFile(pathOf(digest), bytes);
    return { digest, size: bytes.length };
  });
  const sorted = new ChunkedSortedRows({ sorted: index, nodes }, rows.key, (digest) =>
    Promise.resolve(pathOf(digest)),
  );
  return { root, sorted };
}
