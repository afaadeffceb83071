import { inclusionProof, type NodePlace, nodeHash, verifyInclusion } from '../../../domain/merkle/index.js';
import { leafOf, type SortedRow, type SortedRows } from '../sorted-rows/sorted-rows.js';
import { HASH_BYTES, LOWEST_LEVEL, type RowsInOrder } from '../sorted-rows/sorted-rows-format.js';

export interface FoundRow {
  /** Place in leaf order, from 0. */
  index: number;
  row: Buffer;
}

/** The row ordered so; or else its neighbours, one at an edge. Reads one block, at an edge of it two. */
export async function findRow(
  sorted: SortedRows,
  order: Buffer,
): Promise<{ included: boolean; rows: FoundRow[] }> {
  const { chunks } = sorted.index;
  const inChunk = Math.max(0, lastAtMost(chunks, order));
  const blocks = await sorted.blocksOf(chunks[inChunk]!);
  const at = Math.max(0, lastAtMost(blocks, order));
  const block = blocks[at]!;
  const rows = await sorted.rowsOf(block);
  const place = rows.findIndex((row) => Buffer.compare(row.order, order) >= 0);
  const found = (of: RowsInOrder, all: readonly SortedRow[], i: number): FoundRow => ({
    index: of.first + i,
    row: all[i]!.row,
  });
  if (place >= 0 && rows[place]!.order.equals(order))
    return { included: true, rows: [found(block, rows, place)] };
  // Before the first row of all: no block is at most that.
  if (place === 0) return { included: false, rows: [found(block, rows, 0)] };
  if (place > 0) return { included: false, rows: [found(block, rows, place - 1), found(block, rows, place)] };
  const behind = chunks[inChunk + 1];
  const next = blocks[at + 1] ?? (behind && (await sorted.blocksOf(behind))[0]);
  const last = found(block, rows, rows.length - 1);
  return { included: false, rows: next ? [last, found(next, await sorted.rowsOf(next), 0)] : [last] };
}

/** The last that begins at or before `order`; -1 where none does. */
function lastAtMost(blocks: readonly RowsInOrder[], order: Buffer): number {
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
  sorted: SortedRows,
  found: readonly FoundRow[],
  root: Buffer,
): Promise<Buffer[][] | undefined> {
  const size = sorted.index.rows;
  const groups = new Map<number, Buffer[]>();
  /** The 256 leaves around a place, or as many as there are. */
  const groupOf = async (group: number): Promise<Buffer[]> => {
    const known = groups.get(group);
    if (known) return known;
    const from = group * 2 ** LOWEST_LEVEL;
    const count = Math.min(2 ** LOWEST_LEVEL, size - from);
    const bytes = await sorted.leaves(from, count);
    const hashes = Array.from({ length: count }, (_, i) =>
      bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
    );
    groups.set(group, hashes);
    return hashes;
  };
  const nodeAt = async ({ level, index }: NodePlace): Promise<Buffer> => {
    if (level >= LOWEST_LEVEL) return sorted.node(level, index);
    const width = 2 ** level;
    const perGroup = 2 ** (LOWEST_LEVEL - level);
    const from = (index % perGroup) * width;
    const group = await groupOf(Math.floor(index / perGroup));
    return perfectRoot(group.slice(from, from + width));
  };
  const proofs: Buffer[][] = [];
  for (const { index, row } of found) {
    const proof = await inclusionProof(index, size, (places) => Promise.all(places.map(nodeAt)));
    if (!verifyInclusion({ leaf: leafOf(row), index, size, proof, root })) return undefined;
    proofs.push(proof);
  }
  return proofs;
}

function perfectRoot(hashes: Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, i) => nodeHash(level[2 * i]!, level[2 * i + 1]!));
  return level[0]!;
}
