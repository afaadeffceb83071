import { TreeAppender, type StoredNode } from '../merkle/appender.js';
import { EncodingError } from './encoding-error.js';

const LEAF_BYTES = 32;
/** Rows of a page, as a power of two. */
const PAGE_BITS = 15;
const PAGE_ROWS = 1 << PAGE_BITS;

/** Some leaves in leaf order. */
export interface LeafBlock {
  /** 32 bytes each. */
  leaves: Buffer;
  /** Which rows they are of, counted from 0 in the order in which they were added. */
  rows: Uint32Array;
}

/** Bytes one after the other, in a buffer that doubles. */
class GrowingBytes {
  length = 0;
  bytes = Buffer.alloc(1 << 12);

  push(source: Uint8Array, from: number, to: number): void {
    const end = this.length + to - from;
    if (end > this.bytes.length) {
      const wider = Buffer.alloc(Math.max(2 * this.bytes.length, end));
      wider.set(this.bytes.subarray(0, this.length));
      this.bytes = wider;
    }
    // A call out of JavaScript costs more than a short loop.
    const { bytes, length } = this;
    if (to - from > 40) bytes.set(source.subarray(from, to), length);
    else for (let i = from; i < to; i++) bytes[length + i - from] = source[i]!;
    this.length = end;
  }

  /** Nothing more is pushed: leaves no room. */
  close(): void {
    this.bytes = Buffer.from(this.bytes.subarray(0, this.length));
  }
}

/** Rows are kept in pages, so that no table of all of them is ever copied to grow. */
interface Page {
  leaves: GrowingBytes;
  keys: GrowingBytes;
  /** Where each key ends; empty without keys. */
  ends: Uint32Array;
}

/**
 * The leaves of a split of any size, some 50 bytes each in place of objects: what `splitRoot` computes, for millions of rows.
 * Rows come with the bytes of their encoded keys, or all without.
 */
export class LeafTable {
  private readonly pages: Page[] = [];
  private rows = 0;
  /** Rows mostly come in the order of their keys. */
  private ascending = true;

  constructor(private readonly keyed: boolean) {}

  /** `key`: the bytes from `from` to `to` of it are the encoded key. */
  add(leaf: Uint8Array, key?: Uint8Array, from = 0, to = key?.length ?? 0): void {
    if (leaf.length !== LEAF_BYTES)
      throw new RangeError(`a leaf has ${LEAF_BYTES} bytes, got ${leaf.length}`);
    if (this.keyed !== (key !== undefined)) throw new TypeError('either every row has a key, or none');
    const page = this.pageOfNext();
    page.leaves.push(leaf, 0, LEAF_BYTES);
    if (key) {
      page.keys.push(key, from, to);
      page.ends[this.rows % PAGE_ROWS] = page.keys.length;
    }
    this.rows += 1;
    this.ascending &&= this.rows === 1 || this.compare(this.rows - 2, this.rows - 1) <= 0;
  }

  /**
   * Yields the leaves in leaf order, some at a time. Returns the Merkle root in lowercase hex. `store` gets every node of the tree
   * that is complete, leaves too. Throws KEY_DUPLICATED.
   */
  *close(store: (node: StoredNode) => void = () => undefined): Generator<LeafBlock, string, void> {
    const order = this.ascending ? null : this.sorted();
    const tree = new TreeAppender(0, [], store);
    let last = -1;
    for (let from = 0; from < this.rows; from += PAGE_ROWS) {
      const count = Math.min(PAGE_ROWS, this.rows - from);
      const block = { leaves: Buffer.alloc(count * LEAF_BYTES), rows: new Uint32Array(count) };
      for (let i = 0; i < count; i++) {
        const row = order ? order[from + i]! : from + i;
        if (this.keyed && last >= 0 && this.compare(last, row) === 0)
          throw new EncodingError(
            'KEY_DUPLICATED',
            'two rows of the split have the same key',
            this.keyOf(row),
          );
        const leaf = this.leafOf(row);
        block.leaves.set(leaf, i * LEAF_BYTES);
        block.rows[i] = row;
        tree.append(leaf);
        last = row;
      }
      yield block;
    }
    return tree.root().toString('hex');
  }

  private sorted(): Uint32Array {
    const order = new Uint32Array(this.rows);
    for (let row = 0; row < this.rows; row++) order[row] = row;
    return order.sort((a, b) => this.compare(a, b));
  }

  private pageOfNext(): Page {
    if (this.rows % PAGE_ROWS !== 0) return this.pages.at(-1)!;
    const full = this.pages.at(-1);
    full?.leaves.close();
    full?.keys.close();
    const page = {
      leaves: new GrowingBytes(),
      keys: new GrowingBytes(),
      ends: new Uint32Array(this.keyed ? PAGE_ROWS : 0),
    };
    this.pages.push(page);
    return page;
  }

  private leafOf(row: number): Uint8Array {
    const { buffer, byteOffset } = this.pages[row >>> PAGE_BITS]!.leaves.bytes;
    return new Uint8Array(buffer, byteOffset + (row % PAGE_ROWS) * LEAF_BYTES, LEAF_BYTES);
  }

  private keyOf(row: number): Buffer {
    const page = this.pages[row >>> PAGE_BITS]!;
    return Buffer.from(page.keys.bytes.subarray(this.startOf(page, row), this.endOf(page, row)));
  }

  /** As Buffer.compare does, on the keys of two rows or, without keys, on their leaves. */
  private compare(a: number, b: number): number {
    const [pageA, pageB] = [this.pages[a >>> PAGE_BITS]!, this.pages[b >>> PAGE_BITS]!];
    const bytesA = (this.keyed ? pageA.keys : pageA.leaves).bytes;
    const bytesB = (this.keyed ? pageB.keys : pageB.leaves).bytes;
    const [fromA, fromB] = [this.startOf(pageA, a), this.startOf(pageB, b)];
    const [lengthA, lengthB] = [this.endOf(pageA, a) - fromA, this.endOf(pageB, b) - fromB];
    const shared = Math.min(lengthA, lengthB);
    for (let i = 0; i < shared; i++) {
      const difference = bytesA[fromA + i]! - bytesB[fromB + i]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  private startOf({ ends }: Page, row: number): number {
    const at = row % PAGE_ROWS;
    if (!this.keyed) return at * LEAF_BYTES;
    return at === 0 ? 0 : ends[at - 1]!;
  }

  private endOf({ ends }: Page, row: number): number {
    const at = row % PAGE_ROWS;
    return this.keyed ? ends[at]! : (at + 1) * LEAF_BYTES;
  }
}
