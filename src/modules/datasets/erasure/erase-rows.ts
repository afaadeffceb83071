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

/** Tells whose a row is: each value of the subject column is looked up once. */
export class Subjects {
  /** Those of the values met so far, as texts, that are theirs. */
  readonly met = new Set<string>();
  private readonly others = new Set<string>();

  /** `lookups`: theirs under the project's key, lowercase hex. */
  constructor(
    private readonly lookups: ReadonlySet<string>,
    private readonly projectKey: Uint8Array,
  ) {}

  own(row: Uint8Array, { subject }: RowPlaces): boolean {
    const text = isErased(row) ? null : textOfField(fieldAt(row, subject));
    if (text === null || this.others.has(text)) return false;
    if (this.met.has(text)) return true;
    const theirs = this.lookups.has(lookupOf(this.projectKey, text).toString('hex'));
    (theirs ? this.met : this.others).add(text);
    return theirs;
  }
}

/** The same leaves in the same places, and nothing else of the rows of `subjects`. `erased`: how many these are. */
export async function eraseRows(
  sorted: SortedRows,
  places: RowPlaces,
  subjects: Subjects,
  keep: KeepChunk,
): Promise<{ index: SortedIndex; erased: number }> {
  const writer = new RowChunkWriter(places.key, sorted.index.committed, keep);
  let erased = 0;
  for await (const { row, leaf } of everyRow(sorted)) {
    const theirs = subjects.own(row, places);
    if (theirs) erased += 1;
    if (writer.add(theirs ? ERASED : row, leaf)) await writer.flush();
  }
  return { index: { ...sorted.index, chunks: await writer.end() }, erased };
}

/** The rows of a split but those of `subjects`, as a push without these would leave them. `path`: of a scratch file that there is not yet. */
export async function leaveOutRows(
  sorted: SortedRows,
  places: RowPlaces,
  subjects: Subjects,
  path: string,
  keep: KeepChunk,
): Promise<WrittenRows> {
  const { key } = places;
  const table = new LeafTable(key !== null);
  const spool = new RowSpool(path);
  try {
    for await (const { row, order, leaf } of everyRow(sorted)) {
      if (isErased(row) || subjects.own(row, places)) continue;
      table.add(leaf, key === null ? undefined : order);
      spool.add(row);
    }
    return await writeSortedRows({ table, spool, key, committed: sorted.index.committed }, keep);
  } finally {
    spool.close();
  }
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
