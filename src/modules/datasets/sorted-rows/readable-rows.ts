import { fieldAt, rowLeaf } from '../../../domain/canonical/index.js';

/** No row is without bytes, whatever its values. */
export const ERASED = Buffer.alloc(0);

export const isErased = (row: Uint8Array): boolean => row.length === 0;

/** What a row that is not erased is ordered by. `key`: the place of the key among its fields; null without one. */
export const orderOf = (row: Buffer, key: number | null): Buffer =>
  key === null ? rowLeaf(row) : fieldAt(row, key);

/** The rows of an inflated block that are not erased, in leaf order. Of the others nothing is read but how long they are. */
export class ReadableRows {
  /** Where each row begins, behind its length. */
  private readonly starts: number[] = [];
  /** Its place in the split. */
  private readonly places: number[] = [];

  /** `first`: place of the block's first row in the split. */
  constructor(
    private readonly raw: Buffer,
    first: number,
    private readonly key: number | null,
  ) {
    let place = first;
    for (let at = 0; at < raw.length; place++) {
      const length = raw.readUInt32LE(at);
      if (length > 0) {
        this.starts.push(at + 4);
        this.places.push(place);
      }
      at += 4 + length;
    }
  }

  get count(): number {
    return this.starts.length;
  }

  /** Row `i` (from 0) of those that are not erased; undefined where there are not so many. */
  at(i: number): { index: number; row: Buffer } | undefined {
    const start = this.starts[i];
    if (start === undefined) return undefined;
    const length = this.raw.readUInt32LE(start - 4);
    return { index: this.places[i]!, row: this.raw.subarray(start, start + length) };
  }

  order(i: number): Buffer {
    return orderOf(this.at(i)!.row, this.key);
  }

  /** The first that is ordered at or behind `order`; `count` where none is. */
  firstFrom(order: Buffer): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(this.order(middle), order) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
