import { textOfField, fieldAt, LeafTable } from '../../../domain/canonical/index.js';
import { lookupOf } from '../provenance/subject-keys.js';
import { RowSpool } from '../sorted-rows/row-spool.js';
import { ERASED, isErased, type SortedRow, type SortedRows } from '../sorted-rows/sorted-rows.js';
import { HASH_BYTES, type SortedIndex } from '../sorted-rows/sorted-rows-format.js';
import { type KeepChunk, RowChunkWriter } from '../sorted-rows/write-row-chunks.js';
import { type WrittenRows, writeSortedRows } from '../sorted-rows/write-sorted-rows.js';

/** Places of columns among those that a row holds, in the order of their names; `key` null without one. */
export interface RowPlaces {
  key: number | null;
  subject: number;
}

/** Values of the subject column, as texts, whose lookups under the project's key are among `lookups` (lowercase hex). */
export async function subjectsAmong(
  sorted: SortedRows,
  { subject }: RowPlaces,
  lookups: ReadonlySet<string>,
  projectKey: Uint8Array,
): Promise<Set<string>> {
  const [seen, among] = [new Set<string>(), new Set<string>()];
  for await (const { row } of everyRow(sorted)) {
    const text = isErased(row) ? null : textOfField(fieldAt(row, subject));
    if (text === null || seen.has(text)) continue;
    seen.add(text);
    if (lookups.has(lookupOf(projectKey, text).toString('hex'))) among.add(text);
  }
  return among;
}

/** The same leaves in the same places, and nothing else of the rows of `subjects`. `erased`: how many these are. */
export async function eraseRows(
  sorted: SortedRows,
  places: RowPlaces,
  subjects: ReadonlySet<string>,
  keep: KeepChunk,
): Promise<{ index: SortedIndex; erased: number }> {
  const writer = new RowChunkWriter(places.key, sorted.index.committed, keep);
  let erased = 0;
  for await (const { row, leaf } of everyRow(sorted)) {
    const theirs = isOf(row, places, subjects);
    if (theirs) erased += 1;
    if (writer.add(theirs ? ERASED : row, leaf)) await writer.flush();
  }
  return { index: { ...sorted.index, chunks: await writer.end() }, erased };
}

/** The rows of a split but those of `subjects`, as a push without these would leave them. `path`: of a scratch file that there is not yet. */
export async function leaveOutRows(
  sorted: SortedRows,
  places: RowPlaces,
  subjects: ReadonlySet<string>,
  path: string,
  keep: KeepChunk,
): Promise<WrittenRows> {
  const { key } = places;
  const table = new LeafTable(key !== null);
  const spool = new RowSpool(path);
  try {
    for await (const { row, order, leaf } of everyRow(sorted)) {
      if (isErased(row) || isOf(row, places, subjects)) continue;
      table.add(leaf, key === null ? undefined : order);
      spool.add(row);
    }
    return await writeSortedRows({ table, spool, key, committed: sorted.index.committed }, keep);
  } finally {
    spool.close();
  }
}

function isOf(row: Uint8Array, { subject }: RowPlaces, subjects: ReadonlySet<string>): boolean {
  if (isErased(row)) return false;
  const text = textOfField(fieldAt(row, subject));
  return text !== null && subjects.has(text);
}

/** In leaf order, one block in memory at a time. */
async function* everyRow(sorted: SortedRows): AsyncGenerator<SortedRow & { leaf: Buffer }, void, void> {
  for (const chunk of sorted.index.chunks) {
    for (const block of await sorted.blocksOf(chunk)) {
      const leaves = await sorted.leaves(block.first, block.rows);
      for (const [i, row] of (await sorted.rowsOf(block)).entries())
        yield { ...row, leaf: leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES) };
    }
  }
}
