import { createHmac, hash } from 'node:crypto';
import type { CellValue, ColumnType } from './column-type.js';
import { type TextCells, writeCell } from './encode-cell.js';
import { TAGS, ValueWriter } from './encode-value.js';
import { EncodingError } from './encoding-error.js';

/** RFC 6962: a leaf's hash starts with this byte, an inner node's with 0x01. */
const LEAF = 0x00;
const LEAF_BYTE = Buffer.from([LEAF]);

export interface Column {
  name: string;
  type: ColumnType;
}

/** The order of columns, splits and everything else that has a name: by the bytes of its UTF-8 form. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** Encodes the rows of one table. Columns are put into order once; `values` come in the order of `columns`. */
export class RowEncoder {
  private readonly order: number[];
  private readonly types: ColumnType[];
  private readonly writer = new ValueWriter();

  /** Where the encoded key of the leaf that `leafOfTexts` made last stands in `bytes`. */
  keyFrom = 0;
  keyTo = 0;
  /** Where the bytes behind that leaf begin in `bytes`, with the commitment where it has one. */
  readonly rowFrom = 1;

  /** `keyColumn`: the place of the key in `columns`, where `lastKey` is asked for. */
  constructor(
    columns: readonly Column[],
    private readonly keyColumn: number | null = null,
  ) {
    this.types = columns.map(({ type }) => type);
    this.order = columns.map((_, i) => i).sort((a, b) => compareNames(columns[a]!.name, columns[b]!.name));
    for (let i = 1; i < this.order.length; i++) {
      const name = columns[this.order[i]!]!.name;
      if (name === columns[this.order[i - 1]!]!.name) {
        throw new EncodingError('COLUMN_DUPLICATED', `two columns are named ${JSON.stringify(name)}`, name);
      }
    }
  }

  /** The row's bytes: its values in column order, one after the other. */
  row(values: readonly CellValue[]): Buffer {
    this.write(values);
    return Buffer.from(this.writer.view().subarray(1));
  }

  /** The row's leaf hash, without a copy of its bytes. */
  leaf(values: readonly CellValue[]): Buffer {
    this.write(values);
    return sha256(this.writer.written());
  }

  /** The leaf hash of a row of a sealed split; `values` are those of the public columns. */
  sealedLeaf(values: readonly CellValue[], commitment: string): Buffer {
    this.write(values);
    this.writer.ascii(TAGS.commitment, checkedCommitment(commitment));
    return hash('sha256', this.writer.view(), 'buffer');
  }

  /**
   * As `leaf`, of row `row` of columns of texts, in the order of `columns`. `commit` makes the commitment of a sealed row from its encoded
   * key. Null in texts is null.
   */
  leafOfTexts(cells: readonly TextCells[], row: number, commit?: (encodedKey: Uint8Array) => string): Buffer {
    const { writer, order, types } = this;
    writer.reset();
    writer.byte(LEAF);
    for (const column of order) {
      const from = writer.length;
      writeCell(writer, types[column]!, cells[column]!, row);
      if (column === this.keyColumn) [this.keyFrom, this.keyTo] = [from, writer.length];
    }
    if (commit)
      writer.ascii(
        TAGS.commitment,
        checkedCommitment(commit(writer.bytes.subarray(this.keyFrom, this.keyTo))),
      );
    return sha256(writer.written());
  }

  /** Holds the row that was encoded last; the next one overwrites it. */
  get bytes(): Buffer {
    return this.writer.bytes;
  }

  get rowTo(): number {
    return this.writer.length;
  }

  private write(values: readonly CellValue[]): void {
    const { writer, order, types } = this;
    if (values.length !== order.length) {
      throw new EncodingError('ROW_LENGTH', `the row has ${values.length} values, expected ${order.length}`);
    }
    writer.reset();
    writer.byte(LEAF);
    for (const column of order) writer.value(types[column]!, values[column]!);
  }
}

/** The canonical bytes of one row. For many rows of one table, keep a `RowEncoder`. */
export function encodeRow(columns: readonly Column[], values: readonly CellValue[]): Buffer {
  return new RowEncoder(columns).row(values);
}

/** SHA-256(0x00 || row bytes). */
export function rowLeaf(row: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF_BYTE, row]), 'buffer');
}

/**
 * What stands for the label in a sealed split: HMAC-SHA256(project key, encoded key || encoded label) in lowercase hex.
 * Both parts are self-delimiting. Needs a key column: without one, equal labels would have equal commitments.
 */
export function sealLabel(projectKey: Uint8Array, encodedKey: Uint8Array, encodedLabel: Uint8Array): string {
  if (encodedKey.length === 0) throw new EncodingError('SEAL_NEEDS_KEY', 'a sealed split needs a key column');
  return createHmac('sha256', projectKey).update(encodedKey).update(encodedLabel).digest('hex');
}

/** The leaf of a sealed row: SHA-256(0x00 || public row bytes || 'h64:' || commitment). */
export function sealedRowLeaf(publicRow: Uint8Array, commitment: string): Buffer {
  const field = Buffer.from(`${TAGS.commitment}64:${checkedCommitment(commitment)}`, 'latin1');
  return hash('sha256', Buffer.concat([LEAF_BYTE, publicRow, field]), 'buffer');
}

/** As `hash('sha256', bytes, 'buffer')`, at half its cost. */
function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

function checkedCommitment(commitment: string): string {
  if (!/^[0-9a-f]{64}$/.test(commitment)) {
    throw new EncodingError('COMMITMENT_FORM', 'a commitment is 64 lowercase hex digits');
  }
  return commitment;
}
