import type { SplitManifest } from '../split-manifest.js';
import { type PlacedBlock, SortedRows } from './sorted-rows.js';
import {
  CHUNK_MAGIC,
  type ChunkIndex,
  HASH_BYTES,
  type RowChunk,
  TRAILER_BYTES,
} from './sorted-rows-format.js';

/** Indexes of chunks by digest: chunks never change. */
const indexes = new Map<string, ChunkIndex>();
const KEPT_INDEXES = 4096;
const TAIL_BYTES = 1 << 14;

/** Rows in chunks. `pathOf`: the local file of a chunk, which has been checked. */
export class ChunkedSortedRows extends SortedRows {
  constructor(
    private readonly manifest: Pick<SplitManifest, 'sorted' | 'nodes'>,
    key: number | null,
    private readonly pathOf: (digest: string) => Promise<string>,
  ) {
    super(manifest.sorted, key);
  }

  async blocksOf(chunk: RowChunk): Promise<PlacedBlock[]> {
    const path = await this.pathOf(chunk.digest);
    const { blocks } = await this.indexOf(chunk, path);
    return blocks.map((block) => ({ ...block, first: block.first + chunk.first, path }));
  }

  async leaves(from: number, count: number): Promise<Buffer> {
    const { chunks } = this.index;
    const parts: Buffer[] = [];
    const to = from + count;
    for (let at = lastFrom(chunks, from); at < chunks.length && chunks[at]!.first < to; at++) {
      const chunk = chunks[at]!;
      const path = await this.pathOf(chunk.digest);
      const { leavesAt } = await this.indexOf(chunk, path);
      const start = Math.max(from, chunk.first) - chunk.first;
      const end = Math.min(to, chunk.first + chunk.rows) - chunk.first;
      parts.push(await this.files.read(path, leavesAt + start * HASH_BYTES, (end - start) * HASH_BYTES));
    }
    return Buffer.concat(parts);
  }

  protected nodeAt(place: number): Promise<Buffer> {
    const { nodes } = this.manifest;
    return Promise.resolve(nodes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES));
  }

  private async indexOf({ digest, bytes }: RowChunk, path: string): Promise<ChunkIndex> {
    const known = indexes.get(digest);
    if (known) return known;
    // Most indexes are shorter: one read, and none that asks how long the file is.
    let tail = Math.min(bytes, TAIL_BYTES);
    let end = await this.files.read(path, bytes - tail, tail);
    if (!end.subarray(-CHUNK_MAGIC.length).equals(CHUNK_MAGIC))
      throw new Error('this is no chunk of sorted rows');
    const length = end.readUInt32BE(tail - TRAILER_BYTES);
    if (length + TRAILER_BYTES > tail) {
      tail = length + TRAILER_BYTES;
      end = await this.files.read(path, bytes - tail, tail);
    }
    const json = end.subarray(tail - TRAILER_BYTES - length, tail - TRAILER_BYTES);
    const index = JSON.parse(json.toString('utf8')) as ChunkIndex;
    if (indexes.size >= KEPT_INDEXES) indexes.delete(indexes.keys().next().value!);
    indexes.set(digest, index);
    return index;
  }
}

/** The chunk that row `place` is in. */
function lastFrom(chunks: readonly RowChunk[], place: number): number {
  let [low, high] = [0, chunks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (chunks[middle]!.first <= place) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
