import { rowLeaf } from '../../../domain/canonical/index.js';
import { inclusionProof, type NodePlace, nodeHash, verifyInclusion } from '../../../domain/merkle/index.js';
import type { SortedRows } from '../sorted-rows/sorted-rows.js';
import { HASH_BYTES, LOWEST_LEVEL, type RowsInOrder } from '../sorted-rows/sorted-rows-format.js';

export interface FoundRow {
  /** Place in leaf order, from 0. */
  index: number;
  row: Buffer;
  leaf: Buffer;
}

/** What of a split is ordered as something wanted, or around it. */
export interface FoundPlace {
  included: boolean;
  /** The row; or else its neighbours that are not erased, one at an edge. */
  rows: FoundRow[];
  /** Places between these whose rows are erased: the wanted one may have been among them. */
  erased: number[];
}

/** The row ordered so; or else what is around it. Reads one block, at an edge of it two. */
export async function findRow(sorted: SortedRows, order: Buffer): Promise<FoundPlace> {
  const chunks = sorted.index.chunks.filter(isReadable);
  const inChunk = Math.max(0, lastAtMost(chunks, order));
  const chunk = chunks[inChunk];
  if (!chunk) return between(undefined, undefined, sorted.index.rows);
  const blocks = (await sorted.blocksOf(chunk)).filter(isReadable);
  const at = Math.max(0, lastAtMost(blocks, order));
  const rows = await sorted.readable(blocks[at]!);
  const place = rows.firstFrom(order);
  const found = rows.at(place);
  if (found && rows.order(place).equals(order))
    return { included: true, rows: [withLeaf(found)], erased: [] };
  // Before the first row of all: no block is at most that.
  if (found) return between(rows.at(place - 1), found, sorted.index.rows);
  const behind = chunks[inChunk + 1];
  const next = blocks[at + 1] ?? (behind && (await sorted.blocksOf(behind)).find(isReadable));
  const last = rows.at(rows.count - 1);
  return between(last, next && (await sorted.readable(next)).at(0), sorted.index.rows);
}

const isReadable = ({ low }: RowsInOrder): boolean => low !== '';

type UnhashedRow = Omit<FoundRow, 'leaf'>;

const withLeaf = ({ index, row }: UnhashedRow): FoundRow => ({ index, row, leaf: rowLeaf(row) });

function between(before: UnhashedRow | undefined, after: UnhashedRow | undefined, size: number): FoundPlace {
  const from = before ? before.index + 1 : 0;
  const to = after ? after.index : size;
  return {
    included: false,
    rows: [before, after].filter((row) => row !== undefined).map(withLeaf),
    erased: Array.from({ length: to - from }, (_, i) => from + i),
  };
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

/** The inclusion proof of each leaf. Undefined where one does not lead to the root: something stored was changed. */
export async function provePaths(
  sorted: SortedRows,
  found: readonly Omit<FoundRow, 'row'>[],
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
  for (const { index, leaf } of found) {
    const proof = await inclusionProof(index, size, (places) => Promise.all(places.map(nodeAt)));
    if (!verifyInclusion({ leaf, index, size, proof, root })) return undefined;
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
