import type { LeafTable } from '../../../domain/canonical/index.js';
import type { RowSpool } from './row-spool.js';
import { HASH_BYTES, LOWEST_LEVEL, type SortedIndex } from './sorted-rows-format.js';
import { type KeepChunk, RowChunkWriter } from './write-row-chunks.js';

export interface RowsToSort {
  table: LeafTable;
  spool: RowSpool;
  /** Place of the key among the columns in the order of their names; null without one. */
  key: number | null;
  /** Rows end in a commitment. */
  committed: boolean;
}

export interface WrittenRows {
  /** Merkle root, lowercase hex. */
  root: string;
  index: SortedIndex;
  /** Complete nodes of the tree: those of level 8 from left to right, then of level 9, and so on. */
  nodes: Buffer;
}

/** Keep leaves and rows in leaf order, chunk by chunk. Throws KEY_DUPLICATED. */
export async function writeSortedRows(
  { table, spool, key, committed }: RowsToSort,
  keep: KeepChunk,
): Promise<WrittenRows> {
  const levels: Buffer[][] = [];
  const taken = table.close(({ level, hash }) => {
    if (level >= LOWEST_LEVEL) (levels[level - LOWEST_LEVEL] ??= []).push(hash);
  });
  const writer = new RowChunkWriter(key, committed, keep);
  let rows = 0;
  for (;;) {
    const next = taken.next();
    if (next.done === true) {
      const chunks = await writer.end();
      const index = { rows, keyed: key !== null, committed, chunks };
      return { root: next.value, index, nodes: Buffer.concat(levels.flat()) };
    }
    const { rows: order } = next.value;
    // Views of a Buffer would cost three times as much.
    const leaves = new Uint8Array(
      next.value.leaves.buffer,
      next.value.leaves.byteOffset,
      order.length * HASH_BYTES,
    );
    for (let i = 0; i < order.length; i++) {
      const leaf = leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
      if (writer.add(spool.read(order[i]!), leaf)) await writer.flush();
    }
    rows += order.length;
  }
}
