/**
 * The encoded rows of a split in leaf order (docs/encoding.md, section 11): blocks of rows, each deflated by itself, some of them in a
 * file, behind them the leaves of their rows, an index of the blocks as JSON, its length (uint32, big endian), and the magic.
 */
export const CHUNK_MAGIC = Buffer.from('ASSAYRC1', 'latin1');
/** One file of all blocks, as it was before there were chunks: behind the blocks the nodes of the tree from level 8 up. */
export const WHOLE_MAGIC = Buffer.from('ASSAYSR1', 'latin1');
export const TRAILER_BYTES = CHUNK_MAGIC.length + 4;
/** The lowest level of the tree that is kept: below, 256 leaves are hashed in less time than a read takes. */
export const LOWEST_LEVEL = 8;
export const HASH_BYTES = 32;

/** Rows that lie one after the other in leaf order. */
export interface RowsInOrder {
  /** Place of the first row in the split, and how many rows. */
  first: number;
  rows: number;
  /** Order keys of its first and last row that is not erased, base64: encoded keys, or leaf hashes without a key. Empty: all are erased. */
  low: string;
  high: string;
  /** SHA-256 that is equal where nothing that may be shown differs: commitments do not enter it. */
  hash: string;
}

export interface SortedBlock extends RowsInOrder {
  /** Offset of its bytes in its file, and how many. */
  at: number;
  bytes: number;
}

/** Some blocks that are stored together. */
export interface RowChunk extends RowsInOrder {
  /** Of its file, which another split may have as well. */
  digest: string;
  bytes: number;
}

/** Behind the blocks of a chunk. `first` counts from the first row of the chunk. */
export interface ChunkIndex {
  blocks: SortedBlock[];
  leavesAt: number;
}

/** What a version keeps of the order of its rows. */
export interface SortedIndex {
  rows: number;
  keyed: boolean;
  /** Rows end in a commitment to their label. */
  committed: boolean;
  chunks: RowChunk[];
}

/** The index of a file of all blocks. */
export interface WholeIndex extends Omit<SortedIndex, 'chunks'> {
  blocks: SortedBlock[];
  /** Offset of the nodes: those of level 8 from left to right, then of level 9, and so on. */
  nodesAt: number;
}

const LEAST_ROWS = 128;
const MOST_ROWS = 2048;
const MOST_BYTES = 1 << 20;
/** One leaf in 512. */
const MASK = 0x01ff;
const LEAST_CHUNK_ROWS = 512;
const MOST_CHUNK_ROWS = 1 << 15;
const MOST_CHUNK_BYTES = 1 << 25;
/** One leaf in 4,096. */
const CHUNK_MASK = 0x0fff;

const lastBits = (leaf: Uint8Array): number => (leaf[30]! << 8) | leaf[31]!;

/**
 * Whether a block ends behind this leaf. The leaf itself decides, so that a changed row moves the boundaries around it and no
 * others. Its last bits, because without keys the first ones ascend.
 */
export function endsBlock(leaf: Uint8Array, rows: number, bytes: number): boolean {
  if (rows >= MOST_ROWS || bytes >= MOST_BYTES) return true;
  return rows >= LEAST_ROWS && (lastBits(leaf) & MASK) === 0;
}

/** Whether a chunk, and its last block, ends behind this leaf; `bytes` before they are deflated. */
export function endsChunk(leaf: Uint8Array, rows: number, bytes: number): boolean {
  if (rows >= MOST_CHUNK_ROWS || bytes >= MOST_CHUNK_BYTES) return true;
  return rows >= LEAST_CHUNK_ROWS && (lastBits(leaf) & CHUNK_MASK) === 0;
}

/** How many complete nodes a level has. */
export const nodesOf = (rows: number, level: number): number => Math.floor(rows / 2 ** level);
