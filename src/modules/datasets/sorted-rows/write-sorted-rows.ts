import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflateRaw, type ZlibOptions } from 'node:zlib';
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

const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

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
  private lastLeaf: Uint8Array = Buffer.alloc(0);
  private firstLeaf: Uint8Array = Buffer.alloc(0);
  /** The block before: it is packed while the next one fills. */
  private packed: Promise<void> = Promise.resolve();
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
    if (this.parts.length === 0) this.firstLeaf = leaf;
    this.lastLeaf = leaf;
    this.parts.push(part);
    this.bytes += part.length;
    return endsBlock(leaf, this.parts.length, this.bytes);
  }

  async flush(): Promise<void> {
    const { parts, first } = this;
    if (parts.length === 0) return;
    const low = this.orderOf(parts[0]!, this.firstLeaf);
    const high = this.orderOf(parts.at(-1)!, this.lastLeaf);
    const raw = Buffer.concat(parts, this.bytes);
    const hash = this.hashOf(raw);
    this.first += parts.length;
    this.parts = [];
    this.bytes = 0;
    await this.packed;
    this.packed = this.pack(raw, { first, rows: parts.length, low, high, hash });
    // Whoever waits for it gets its error; until then it is nobody's.
    this.packed.catch(() => undefined);
  }

  private async pack(raw: Buffer, block: Omit<SortedBlock, 'at' | 'bytes'>): Promise<void> {
    const bytes = await deflate(raw, { level: 1 });
    await this.file.writeFile(bytes);
    this.blocks.push({ at: this.at, bytes: bytes.length, ...block });
    this.at += bytes.length;
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
      hash.update(raw.subarray(at, end - COMMITMENT_BYTES));
      at = end;
    }
    return hash.digest('hex');
  }

  async end(nodes: readonly Buffer[]): Promise<void> {
    await this.flush();
    await this.packed;
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
