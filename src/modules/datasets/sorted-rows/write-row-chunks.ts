import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, type ZlibOptions } from 'node:zlib';
import { COMMITMENT_BYTES, fieldAt } from '../../../domain/canonical/index.js';
import { isErased } from './sorted-rows.js';
import {
  CHUNK_MAGIC,
  type ChunkIndex,
  endsBlock,
  endsChunk,
  HASH_BYTES,
  type RowChunk,
  type RowsInOrder,
  type SortedBlock,
} from './sorted-rows-format.js';

const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

/** Keeps the bytes of a chunk; answers their digest. */
export type KeepChunk = (bytes: Buffer) => Promise<{ digest: string; size: number }>;

/** Chunks that are packed and kept at once. */
const AT_ONCE = 2;

/** Cuts rows that come in leaf order into blocks and chunks. Some are packed and kept while the next one fills. */
export class RowChunkWriter {
  private readonly chunks: Promise<RowChunk>[] = [];
  private blocks: { raw: Buffer; facts: RowsInOrder }[] = [];
  private leaves: Uint8Array[] = [];
  /** Rows of the block that is filled, each behind its length; an erased one has none. */
  private block = Buffer.allocUnsafe(1 << 17);
  private rows = 0;
  private bytes = 0;
  /** Those of the block that are not erased. */
  private readable = 0;
  private firstAt = 0;
  private lastAt = 0;
  private chunkBytes = 0;
  private firstLeaf: Uint8Array = Buffer.alloc(0);
  private lastLeaf: Uint8Array = Buffer.alloc(0);
  /** Rows before the chunk, and before the block. */
  private chunkFirst = 0;
  private first = 0;

  constructor(
    /** Place of the key among the columns in the order of their names; null without one. */
    private readonly key: number | null,
    private readonly committed: boolean,
    private readonly keep: KeepChunk,
  ) {}

  /** Whether a chunk is complete. */
  add(row: Uint8Array, leaf: Uint8Array): boolean {
    const end = this.bytes + 4 + row.length;
    if (end > this.block.length) {
      const wider = Buffer.allocUnsafe(Math.max(end, 2 * this.block.length));
      this.block.copy(wider, 0, 0, this.bytes);
      this.block = wider;
    }
    this.block.writeUInt32LE(row.length, this.bytes);
    this.block.set(row, this.bytes + 4);
    if (!isErased(row)) {
      if (this.readable === 0) [this.firstLeaf, this.firstAt] = [leaf, this.bytes];
      [this.lastLeaf, this.lastAt] = [leaf, this.bytes];
      this.readable += 1;
    }
    this.rows += 1;
    this.leaves.push(leaf);
    this.bytes = end;
    const complete = endsChunk(leaf, this.leaves.length, this.chunkBytes + this.bytes);
    if (complete || endsBlock(leaf, this.rows, this.bytes)) this.endBlock();
    return complete;
  }

  async flush(): Promise<void> {
    if (this.rows > 0) this.endBlock();
    const { blocks, leaves, chunkFirst: first } = this;
    if (blocks.length === 0) return;
    [this.blocks, this.leaves, this.chunkBytes, this.chunkFirst] = [[], [], 0, this.first];
    await this.chunks.at(-AT_ONCE);
    const chunk = this.pack(blocks, Buffer.concat(leaves, leaves.length * HASH_BYTES), first);
    // Whoever waits for it gets its error; until then it is nobody's.
    chunk.catch(() => undefined);
    this.chunks.push(chunk);
  }

  async end(): Promise<RowChunk[]> {
    await this.flush();
    return Promise.all(this.chunks);
  }

  private endBlock(): void {
    const { rows } = this;
    const raw = Buffer.from(this.block.subarray(0, this.bytes));
    const some = this.readable > 0;
    const low = some ? this.orderOf(raw.subarray(this.firstAt), this.firstLeaf) : '';
    const high = some ? this.orderOf(raw.subarray(this.lastAt), this.lastLeaf) : '';
    const first = this.first - this.chunkFirst;
    this.blocks.push({ raw, facts: { first, rows, low, high, hash: this.hashOf(raw) } });
    this.first += rows;
    this.chunkBytes += this.bytes;
    [this.rows, this.bytes, this.readable] = [0, 0, 0];
  }

  private async pack(
    blocks: readonly { raw: Buffer; facts: RowsInOrder }[],
    leaves: Buffer,
    first: number,
  ): Promise<RowChunk> {
    const packed = await Promise.all(blocks.map(({ raw }) => deflate(raw, { level: 1 })));
    const index: ChunkIndex = { blocks: [], leavesAt: 0 };
    for (const [i, { facts }] of blocks.entries()) {
      const { length } = packed[i]!;
      index.blocks.push({ ...facts, at: index.leavesAt, bytes: length } satisfies SortedBlock);
      index.leavesAt += length;
    }
    const json = Buffer.from(JSON.stringify(index));
    const { digest, size } = await this.keep(
      Buffer.concat([...packed, leaves, json, uint32(json.length), CHUNK_MAGIC]),
    );
    return {
      digest,
      bytes: size,
      first,
      rows: leaves.length / HASH_BYTES,
      low: index.blocks.find(({ low }) => low !== '')?.low ?? '',
      high: index.blocks.findLast(({ high }) => high !== '')?.high ?? '',
      hash: createHash('sha256')
        .update(index.blocks.map(({ hash }) => hash).join(''))
        .digest('hex'),
    };
  }

  private orderOf(part: Buffer, leaf: Uint8Array): string {
    const order = this.key === null ? Buffer.from(leaf) : fieldAt(part.subarray(4), this.key);
    return order.toString('base64');
  }

  private hashOf(raw: Buffer): string {
    const hash = createHash('sha256');
    if (!this.committed) return hash.update(raw).digest('hex');
    for (let at = 0; at < raw.length;) {
      const end = at + 4 + raw.readUInt32LE(at);
      hash.update(raw.subarray(at, end === at + 4 ? end : end - COMMITMENT_BYTES));
      at = end;
    }
    return hash.digest('hex');
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
