/**
 * A file of the encoded rows of a split in leaf order (docs/encoding.md, section 11): blocks of rows, each deflated by itself, the
 * nodes of the tree from level 8 up, an index of both as JSON, its length (uint32, big endian), and the magic.
 */
export const MAGIC = Buffer.from('ASSAYSR1', 'latin1');
export const TRAILER_BYTES = MAGIC.length + 4;
/** The lowest level of the tree that is kept: below, 256 leaves are hashed in less time than a read takes. */
export const LOWEST_LEVEL = 8;
export const HASH_BYTES = 32;

export interface SortedBlock {
  /** Offset of its bytes in the file, and how many. */
  at: number;
  bytes: number;
  /** Place of its first row in the split, and how many rows. */
  first: number;
  rows: number;
  /** Order keys of its first and last row, base64: encoded keys, or leaf hashes without a key. */
  low: string;
  high: string;
  /** SHA-256 over the rows without commitments, each behind its length: equal where nothing that may be shown differs. */
  hash: string;
}

export interface SortedIndex {
  rows: number;
  keyed: boolean;
  /** Rows end in a commitment to their label. */
  committed: boolean;
  blocks: SortedBlock[];
  /** Offset of the nodes: those of level 8 from left to right, then of level 9, and so on. */
  nodesAt: number;
}

const LEAST_ROWS = 128;
const MOST_ROWS = 2048;
const MOST_BYTES = 1 << 20;
/** One leaf in 512. */
const MASK = 0x01ff;

/**
 * Whether a block ends behind this leaf. The leaf itself decides, so that a changed row moves the boundaries around it and no
 * others. Its last bits, because without keys the first ones ascend.
 */
export function endsBlock(leaf: Uint8Array, rows: number, bytes: number): boolean {
  if (rows >= MOST_ROWS || bytes >= MOST_BYTES) return true;
  return rows >= LEAST_ROWS && (((leaf[30]! << 8) | leaf[31]!) & MASK) === 0;
}

/** How many complete nodes a level has. */
export const nodesOf = (rows: number, level: number): number => Math.floor(rows / 2 ** level);
