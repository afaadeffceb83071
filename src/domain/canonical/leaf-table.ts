import { TreeAppender } from '../merkle/appender.js';
import { EncodingError } from './encoding-error.js';

const LEAF_BYTES = 32;

/** Bytes one after the other, in a buffer that doubles. */
class GrowingBytes {
  length = 0;
  bytes = Buffer.alloc(1 << 16);

  push(part: Uint8Array): void {
    if (this.length + part.length > this.bytes.length) {
      const wider = Buffer.alloc(Math.max(2 * this.bytes.length, this.length + part.length));
      wider.set(this.bytes.subarray(0, this.length));
      this.bytes = wider;
    }
    this.bytes.set(part, this.length);
    this.length += part.length;
  }
}

/**
 * The leaves of a split of any size, some 50 bytes each in place of objects: what `splitRoot` computes, for millions of rows.
 * Rows come with the bytes of their encoded keys, or all without.
 */
export class LeafTable {
  private readonly leaves = new GrowingBytes();
  private readonly keys = new GrowingBytes();
  /** Where each key ends. */
  private ends = new Float64Array(1 << 10);
  private rows = 0;

  constructor(private readonly keyed: boolean) {}

  add(leaf: Uint8Array, key?: Uint8Array): void {
    if (leaf.length !== LEAF_BYTES)
      throw new RangeError(`a leaf has ${LEAF_BYTES} bytes, got ${leaf.length}`);
    if (this.keyed !== (key !== undefined)) throw new TypeError('either every row has a key, or none');
    this.leaves.push(leaf);
    if (key) {
      if (this.rows === this.ends.length) {
        const wider = new Float64Array(2 * this.ends.length);
        wider.set(this.ends);
        this.ends = wider;
      }
      this.keys.push(key);
      this.ends[this.rows] = this.keys.length;
    }
    this.rows += 1;
  }

  /** The Merkle root in lowercase hex, and the leaves in its order. Throws KEY_DUPLICATED. */
  close(): { root: string; leaves: Buffer } {
    const order = Uint32Array.from({ length: this.rows }, (_, row) => row);
    const before = (a: number, b: number) => this.compare(a, b);
    if (!isSorted(order, before)) order.sort(before);
    const sorted = Buffer.alloc(this.rows * LEAF_BYTES);
    const tree = new TreeAppender(0, [], () => undefined);
    order.forEach((row, place) => {
      if (this.keyed && place > 0 && this.compare(order[place - 1]!, row) === 0)
        throw new EncodingError('KEY_DUPLICATED', 'two rows of the split have the same key', this.keyOf(row));
      const leaf = this.leaves.bytes.subarray(row * LEAF_BYTES, (row + 1) * LEAF_BYTES);
      sorted.set(leaf, place * LEAF_BYTES);
      tree.append(leaf);
    });
    return { root: tree.root().toString('hex'), leaves: sorted };
  }

  private keyOf(row: number): Buffer {
    return Buffer.from(this.keys.bytes.subarray(row === 0 ? 0 : this.ends[row - 1]!, this.ends[row]!));
  }

  /** As Buffer.compare does, on two parts of one buffer. */
  private compare(a: number, b: number): number {
    const { bytes } = this.keyed ? this.keys : this.leaves;
    const [fromA, endA] = this.rangeOf(a);
    const [fromB, endB] = this.rangeOf(b);
    const shared = Math.min(endA - fromA, endB - fromB);
    for (let i = 0; i < shared; i++) {
      const difference = bytes[fromA + i]! - bytes[fromB + i]!;
      if (difference !== 0) return difference;
    }
    return endA - fromA - (endB - fromB);
  }

  private rangeOf(row: number): [from: number, to: number] {
    if (!this.keyed) return [row * LEAF_BYTES, (row + 1) * LEAF_BYTES];
    return [row === 0 ? 0 : this.ends[row - 1]!, this.ends[row]!];
  }
}

/** Rows mostly come in the order of their keys. */
function isSorted(order: Uint32Array, compare: (a: number, b: number) => number): boolean {
  for (let i = 1; i < order.length; i++) if (compare(order[i - 1]!, order[i]!) > 0) return false;
  return true;
}
