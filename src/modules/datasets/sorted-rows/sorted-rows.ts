import { promisify } from 'node:util';
import { inflateRaw, inflateRawSync } from 'node:zlib';
import { OpenFiles } from './open-files.js';
import { isErased, orderOf, ReadableRows } from './readable-rows.js';
import {
  nodesOf,
  LOWEST_LEVEL,
  type RowChunk,
  type SortedBlock,
  type SortedIndex,
} from './sorted-rows-format.js';

export { ERASED, isErased } from './readable-rows.js';

const inflate = promisify<Buffer, Buffer>(inflateRaw);

/** A row and what it is ordered by: its encoded key, or its leaf hash. Of an erased one both are empty, and its leaf is all there is. */
export interface SortedRow {
  order: Buffer;
  row: Buffer;
}

/** A block, and the file it is in. */
export interface PlacedBlock extends SortedBlock {
  path: string;
}

/** The rows of a split in leaf order, whose files were checked. Close it. */
export abstract class SortedRows {
  protected readonly files = new OpenFiles();

  constructor(
    readonly index: SortedIndex,
    /** The place of the key among the columns in the order of their names; null without one. */
    private readonly key: number | null,
  ) {}

  /** The blocks of a chunk. */
  abstract blocksOf(chunk: RowChunk): Promise<PlacedBlock[]>;

  /** The leaf hashes from place `from` on, 32 bytes each. */
  abstract leaves(from: number, count: number): Promise<Buffer>;

  /** Node number `place` in the order in which they are stored. */
  protected abstract nodeAt(place: number): Promise<Buffer>;

  /** The rows of a block that are not erased, cut out one by one as they are asked for. */
  async readable(block: PlacedBlock): Promise<ReadableRows> {
    // Of one block alone, handing it to another thread takes longer than unpacking it.
    return new ReadableRows(inflateRawSync(await this.packed(block)), block.first, this.key);
  }

  async rowsOf(block: PlacedBlock): Promise<SortedRow[]> {
    const raw = await inflate(await this.packed(block));
    const rows: SortedRow[] = [];
    for (let start = 0; start < raw.length;) {
      const end = start + 4 + raw.readUInt32LE(start);
      const row = raw.subarray(start + 4, end);
      const order = isErased(row) ? row : orderOf(row, this.key);
      rows.push({ row, order });
      start = end;
    }
    return rows;
  }

  /** Nodes of one level from LOWEST_LEVEL up. */
  node(level: number, place: number): Promise<Buffer> {
    let before = 0;
    for (let each = LOWEST_LEVEL; each < level; each++) before += nodesOf(this.index.rows, each);
    return this.nodeAt(before + place);
  }

  close(): Promise<void> {
    return this.files.close();
  }

  private packed({ path, at, bytes }: PlacedBlock): Promise<Buffer> {
    return this.files.read(path, at, bytes);
  }
}
