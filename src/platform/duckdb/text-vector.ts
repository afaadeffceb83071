import type { DuckDBVector } from '@duckdb/node-api';

/** DuckDB's string: its length, and up to so many bytes of text; of a longer one a prefix and where it is. */
const ITEM_BYTES = 16;
const LENGTH_BYTES = 4;
const INLINE_BYTES = 12;

/**
 * Up to 2,048 texts in DuckDB's own memory. Short ones are read there: as JavaScript strings they would cost a call and an object each.
 */
export class TextVector {
  readonly bytes: Buffer;
  /** Texts of doubles in parts, as `TextCells` of the encoding has them. */
  printed?: readonly TextVector[];
  private readonly lengths: DataView;
  /** A bit for each row that is not null; null where none is. */
  private readonly valid: Uint32Array | null;

  constructor(private readonly vector: DuckDBVector) {
    // Private fields of the vector; the tests hold them to what getItem() says.
    const { dataView, validity } = vector as unknown as {
      dataView: DataView;
      validity: { data: BigUint64Array | null };
    };
    this.lengths = dataView;
    this.bytes = Buffer.from(dataView.buffer, dataView.byteOffset, dataView.byteLength);
    const { data } = validity;
    this.valid = data && new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  }

  /** How many bytes text `row` has; -1 where it is null. */
  lengthOf(row: number): number {
    if (this.valid && ((this.valid[row >>> 5]! >>> (row & 31)) & 1) === 0) return -1;
    return this.lengths.getUint32(row * ITEM_BYTES, true);
  }

  /** Where they begin in `bytes`; -1 where they are not there. */
  startOf(row: number): number {
    return this.lengths.getUint32(row * ITEM_BYTES, true) > INLINE_BYTES
      ? -1
      : row * ITEM_BYTES + LENGTH_BYTES;
  }

  textOf(row: number): string {
    const at = this.startOf(row);
    if (at < 0) return this.vector.getItem(row) as string;
    const end = at + this.lengthOf(row);
    for (let i = at; i < end; i++) if (this.bytes[i]! > 0x7f) return this.vector.getItem(row) as string;
    return this.bytes.toString('latin1', at, end);
  }

  /** All texts; null stays null. */
  toArray(): (string | null)[] {
    return Array.from({ length: this.vector.itemCount }, (_, row) =>
      this.lengthOf(row) < 0 ? null : this.textOf(row),
    );
  }
}
