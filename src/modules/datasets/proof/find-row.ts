import { open } from 'node:fs/promises';
import { inclusionProof, type NodePlace, nodeHash, verifyInclusion } from '../../../domain/merkle/index.js';
import type { OpenedSplit } from '../sorted-rows/sorted-rows.store.js';
import { leafOf, readAt, type SortedRow, type SortedRowsFile } from '../sorted-rows/sorted-rows-file.js';
import { HASH_BYTES, LOWEST_LEVEL, type SortedBlock } from '../sorted-rows/sorted-rows-format.js';

export interface FoundRow {
  /** Place in leaf order, from 0. */
  index: number;
  row: Buffer;
}

/** The row ordered so; or else its neighbours, one at an edge. Reads one block, at an edge of it two. */
export async function findRow(
  file: SortedRowsFile,
  order: Buffer,
): Promise<{ included: boolean; rows: FoundRow[] }> {
  const { blocks } = file.index;
  const at = Math.max(0, lastAtMost(blocks, order));
  const block = blocks[at]!;
  const rows = await file.rowsOf(block);
  const place = rows.findIndex((row) => Buffer.compare(row.order, order) >= 0);
  const found = (of: SortedBlock, all: readonly SortedRow[], i: number): FoundRow => ({
    index: of.first + i,
    row: all[i]!.row,
  });
  if (place >= 0 && rows[place]!.order.equals(order))
    return { included: true, rows: [found(block, rows, place)] };
  // Before the first row of all: no block is at most that.
  if (place === 0) return { included: false, rows: [found(block, rows, 0)] };
  if (place > 0) return { included: false, rows: [found(block, rows, place - 1), found(block, rows, place)] };
  const next = blocks[at + 1];
  const last = found(block, rows, rows.length - 1);
  return { included: false, rows: next ? [last, found(next, await file.rowsOf(next), 0)] : [last] };
}

/** The last block that begins at or before `order`; -1 where none does. */
function lastAtMost(blocks: readonly SortedBlock[], order: Buffer): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(Buffer.from(blocks[middle]!.low, 'base64'), order) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The inclusion proof of each row. Undefined where one does not lead to the root: something stored was changed. */
export async function provePaths(
  { rows: file, leaves }: OpenedSplit,
  found: readonly FoundRow[],
  root: Buffer,
): Promise<Buffer[][] | undefined> {
  const size = file.index.rows;
  const handle = await open(leaves, 'r');
  const groups = new Map<number, Buffer[]>();
  /** The 256 leaves around a place, or as many as there are. */
  const groupOf = async (group: number): Promise<Buffer[]> => {
    const known = groups.get(group);
    if (known) return known;
    const from = group * 2 ** LOWEST_LEVEL;
    const count = Math.min(2 ** LOWEST_LEVEL, size - from);
    const bytes = await readAt(handle, from * HASH_BYTES, count * HASH_BYTES);
    const hashes = Array.from({ length: count }, (_, i) =>
      bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
    );
    groups.set(group, hashes);
    return hashes;
  };
  const nodeAt = async ({ level, index }: NodePlace): Promise<Buffer> => {
    if (level >= LOWEST_LEVEL) return file.node(level, index);
    const width = 2 ** level;
    const perGroup = 2 ** (LOWEST_LEVEL - level);
    const from = (index % perGroup) * width;
    const group = await groupOf(Math.floor(index / perGroup));
    return perfectRoot(group.slice(from, from + width));
  };
  try {
    const proofs: Buffer[][] = [];
    for (const { index, row } of found) {
      const proof = await inclusionProof(index, size, (places) => Promise.all(places.map(nodeAt)));
      if (!verifyInclusion({ leaf: leafOf(row), index, size, proof, root })) return undefined;
      proofs.push(proof);
    }
    return proofs;
  } finally {
    await handle.close();
  }
}

function perfectRoot(hashes: Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, i) => nodeHash(level[2 * i]!, level[2 * i + 1]!));
  return level[0]!;
}
