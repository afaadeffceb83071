import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { COMMITMENT_BYTES, fieldAt, type LeafTable } from '../../../domain/canonical/index.js';
import type { RowSpool } from './row-spool.js';
import {
  endsBlock,
  HASH_BYTES,
  LOWEST_LEVEL,
  MAGIC,
  type SortedBlock,
  type SortedIndex,
} from './sorted-rows-format.js';

export interface RowsToSort {
  table: LeafTable;
  spool: RowSpool;
  /** Place of the key among the columns in the order of their names; null without one. */
  key: number | null;
  /** Rows end in a commitment. */
  committed: boolean;
}

/** Write leaves and rows in leaf order. Answers the root over them, lowercase hex. Throws KEY_DUPLICATED. */
export async function writeSortedRows(
  { table, spool, key, committed }: RowsToSort,
  paths: { leaves: string; rows: string },
): Promise<string> {
  const leaves = await open(paths.leaves, 'wx', 0o600);
  const rows = await open(paths.rows, 'wx', 0o600);
  try {
    const levels: Buffer[][] = [];
    const taken = table.close(({ level, hash }) => {
      if (level >= LOWEST_LEVEL) (levels[level - LOWEST_LEVEL] ??= []).push(hash);
    });
    const writer = new BlockWriter(rows, key, committed);
    for (;;) {
      const next = taken.next();
      if (next.done === true) {
        await writer.end(levels.flat());
        return next.value;
      }
      const { leaves: hashes, rows: order } = next.value;
      await leaves.writeFile(hashes);
      for (let i = 0; i < order.length; i++) {
        const leaf = hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
        if (writer.add(spool.read(order[i]!), leaf)) await writer.flush();
      }
    }
  } finally {
    await leaves.close();
    await rows.close();
  }
}

class BlockWriter {
  private readonly blocks: SortedBlock[] = [];
  private parts: Buffer[] = [];
  private bytes = 0;
  private hash: Hash = createHash('sha256');
  private low: Buffer | null = null;
  private high: Buffer | null = null;
  private at = 0;
  private first = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly key: number | null,
    private readonly committed: boolean,
  ) {}

  /** Whether the block is complete. */
  add(row: Buffer, leaf: Uint8Array): boolean {
    const part = Buffer.allocUnsafe(row.length + 4);
    part.writeUInt32LE(row.length);
    part.set(row, 4);
    this.parts.push(part);
    this.bytes += part.length;
    this.hash.update(part.subarray(0, part.length - (this.committed ? COMMITMENT_BYTES : 0)));
    const order = this.key === null ? Buffer.from(leaf) : fieldAt(part.subarray(4), this.key);
    this.low ??= order;
    this.high = order;
    return endsBlock(leaf, this.parts.length, this.bytes);
  }

  async flush(): Promise<void> {
    if (!this.low || !this.high) return;
    const bytes = deflateRawSync(Buffer.concat(this.parts, this.bytes), { level: 1 });
    const block = { at: this.at, bytes: bytes.length, first: this.first, rows: this.parts.length };
    this.blocks.push({
      ...block,
      low: this.low.toString('base64'),
      high: this.high.toString('base64'),
      hash: this.hash.digest('hex'),
    });
    await this.file.writeFile(bytes);
    this.at += bytes.length;
    this.first += block.rows;
    this.parts = [];
    this.bytes = 0;
    this.hash = createHash('sha256');
    this.low = this.high = null;
  }

  async end(nodes: readonly Buffer[]): Promise<void> {
    await this.flush();
    const index: SortedIndex = {
      rows: this.first,
      keyed: this.key !== null,
      committed: this.committed,
      blocks: this.blocks,
      nodesAt: this.at,
    };
    const json = Buffer.from(JSON.stringify(index));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(json.length);
    await this.file.writeFile(Buffer.concat([...nodes, json, length, MAGIC]));
  }
}
