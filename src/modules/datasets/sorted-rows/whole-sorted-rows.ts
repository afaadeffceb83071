import { OpenFiles } from './open-files.js';
import { type PlacedBlock, SortedRows } from './sorted-rows.js';
import {
  HASH_BYTES,
  type RowChunk,
  type SortedBlock,
  TRAILER_BYTES,
  WHOLE_MAGIC,
  type WholeIndex,
} from './sorted-rows-format.js';

/** Indexes by digest: a file never changes, and reading its index costs more than reading a row. */
const indexes = new Map<string, WholeIndex>();
const KEPT_INDEXES = 32;

/** One file of all rows, and one of all leaves, as versions have that are older than chunks: each block is a chunk. */
export class WholeSortedRows extends SortedRows {
  private readonly blocks: Map<RowChunk, SortedBlock>;

  private constructor(
    private readonly paths: { rows: string; leaves: string },
    private readonly whole: WholeIndex,
    digest: string,
    key: number | null,
  ) {
    const blocks = whole.blocks.map((block): [RowChunk, SortedBlock] => [{ ...block, digest }, block]);
    const { rows, keyed, committed } = whole;
    super({ rows, keyed, committed, chunks: blocks.map(([chunk]) => chunk) }, key);
    this.blocks = new Map(blocks);
  }

  static async open(
    paths: { rows: string; leaves: string },
    digest: string,
    key: number | null,
  ): Promise<WholeSortedRows> {
    let index = indexes.get(digest);
    if (!index) {
      index = await readIndex(paths.rows);
      if (indexes.size >= KEPT_INDEXES) indexes.delete(indexes.keys().next().value!);
      indexes.set(digest, index);
    }
    return new WholeSortedRows(paths, index, digest, key);
  }

  blocksOf(chunk: RowChunk): Promise<PlacedBlock[]> {
    return Promise.resolve([{ ...this.blocks.get(chunk)!, path: this.paths.rows }]);
  }

  leaves(from: number, count: number): Promise<Buffer> {
    return this.files.read(this.paths.leaves, from * HASH_BYTES, count * HASH_BYTES);
  }

  protected nodeAt(place: number): Promise<Buffer> {
    return this.files.read(this.paths.rows, this.whole.nodesAt + place * HASH_BYTES, HASH_BYTES);
  }
}

async function readIndex(path: string): Promise<WholeIndex> {
  const files = new OpenFiles();
  try {
    const trailer = await files.read(path, -TRAILER_BYTES, TRAILER_BYTES);
    if (!trailer.subarray(4).equals(WHOLE_MAGIC)) throw new Error('this is no file of sorted rows');
    const length = trailer.readUInt32BE(0);
    const json = await files.read(path, -TRAILER_BYTES - length, length);
    return JSON.parse(json.toString('utf8')) as WholeIndex;
  } finally {
    await files.close();
  }
}
