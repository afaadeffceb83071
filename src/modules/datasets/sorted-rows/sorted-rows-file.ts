import { hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { fieldAt } from '../../../domain/canonical/index.js';
import {
  HASH_BYTES,
  LOWEST_LEVEL,
  MAGIC,
  nodesOf,
  type SortedBlock,
  type SortedIndex,
  TRAILER_BYTES,
} from './sorted-rows-format.js';

const inflate = promisify(inflateRaw);
const LEAF = Buffer.from([0]);

/** A row and what it is ordered by: its encoded key, or its leaf hash. */
export interface SortedRow {
  order: Buffer;
  row: Buffer;
}

/** Indexes by digest: a file never changes, and reading its index costs more than reading a row. */
const indexes = new Map<string, SortedIndex>();
const KEPT_INDEXES = 32;

/** Reads a file of sorted rows, whose bytes the caller has checked. */
export class SortedRowsFile {
  private constructor(
    private readonly file: FileHandle,
    readonly index: SortedIndex,
    /** Place of the key among the columns in the order of their names; null without one. */
    private readonly key: number | null,
  ) {}

  /** `key`: the place of the key among the columns in the order of their names. Close it. */
  static async open(path: string, digest: string, key: number | null): Promise<SortedRowsFile> {
    const file = await open(path, 'r');
    try {
      let index = indexes.get(digest);
      if (!index) {
        index = await readIndex(file);
        if (indexes.size >= KEPT_INDEXES) indexes.delete(indexes.keys().next().value!);
        indexes.set(digest, index);
      }
      return new SortedRowsFile(file, index, key);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The rows of a block. */
  async rowsOf(block: SortedBlock): Promise<SortedRow[]> {
    const bytes = (await inflate(await readAt(this.file, block.at, block.bytes))) as Buffer;
    const rows: SortedRow[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + 4 + bytes.readUInt32LE(at);
      const row = bytes.subarray(at + 4, end);
      rows.push({ row, order: this.key === null ? leafOf(row) : fieldAt(row, this.key) });
      at = end;
    }
    return rows;
  }

  /** Nodes of one level from LOWEST_LEVEL up. */
  async node(level: number, place: number): Promise<Buffer> {
    let before = 0;
    for (let each = LOWEST_LEVEL; each < level; each++) before += nodesOf(this.index.rows, each);
    return readAt(this.file, this.index.nodesAt + (before + place) * HASH_BYTES, HASH_BYTES);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

export const leafOf = (row: Uint8Array): Buffer => hash('sha256', Buffer.concat([LEAF, row]), 'buffer');

async function readIndex(file: FileHandle): Promise<SortedIndex> {
  const { size } = await file.stat();
  const trailer = await readAt(file, size - TRAILER_BYTES, TRAILER_BYTES);
  if (!trailer.subarray(4).equals(MAGIC)) throw new Error('this is no file of sorted rows');
  const length = trailer.readUInt32BE(0);
  const json = await readAt(file, size - TRAILER_BYTES - length, length);
  return JSON.parse(json.toString('utf8')) as SortedIndex;
}

export async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  if (bytesRead !== length) throw new Error(`read ${bytesRead} of ${length} bytes`);
  return bytes;
}
