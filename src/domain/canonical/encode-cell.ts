import type { ColumnType } from './column-type.js';
import { TAGS, type ValueWriter } from './encode-value.js';
import { parseAs } from './parse-value.js';

/** The fields of a column of a CSV file, in UTF-8. */
export interface TextCells {
  /** Holds those that are short. */
  bytes: Uint8Array;
  /** How many bytes field `row` has; -1 where it is null. */
  lengthOf(row: number): number;
  /** Where they begin in `bytes`; -1 where they are not there. */
  startOf(row: number): number;
  /** The field as text; it is not null. */
  textOf(row: number): string;
  /**
   * Where somebody has parsed the fields that are not in `bytes` as doubles, and printed each with the fewest digits that read back as
   * the same double: the printed texts in parts, each short. Anything for other fields.
   */
  printed?: readonly TextCells[] | undefined;
}

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const DOT = 0x2e;
const E = 0x65;
/** Decimals of up to so many digits have doubles of their own, whose shortest digits they therefore are. */
const EXACT_DIGITS = 15;
/** Of more digits none is the shortest text of a double. */
const SHORTEST_DIGITS = 17;

/**
 * Write field `row` as `ValueWriter.value` writes what `parseAs` makes of it. Throws what that throws, but of short fields of other types
 * than double only what is null or not: they have to have passed `parseAs` before.
 */
export function writeCell(writer: ValueWriter, type: ColumnType, cells: TextCells, row: number): void {
  const length = cells.lengthOf(row);
  if (length < 0) return writer.ascii(TAGS.null, '');
  const at = cells.startOf(row);
  if (at >= 0 && writeShort(writer, type, cells.bytes, at, length)) return;
  if (at < 0 && type === 'double' && cells.printed && writePrinted(writer, cells.printed, row)) return;
  writer.value(type, parseAs(type, cells.textOf(row)));
}

/** Whether it could be written without being parsed. */
function writeShort(
  writer: ValueWriter,
  type: ColumnType,
  bytes: Uint8Array,
  at: number,
  length: number,
): boolean {
  switch (type) {
    case 'text':
      writer.copy(TAGS.text, bytes, at, length);
      return true;
    case 'int64':
      if (length > EXACT_DIGITS || (bytes[at] === MINUS && bytes[at + 1] === ZERO)) return false;
      writer.copy(TAGS.integer, bytes, at, length);
      return true;
    case 'boolean':
      writer.copy(TAGS.boolean, bytes, at, length);
      return true;
    case 'date':
      writer.copy(TAGS.date, bytes, at, length);
      return true;
    case 'double':
      return writeDecimal(writer, bytes, at, at + length, EXACT_DIGITS);
    default:
      return false;
  }
}

const digits = new Uint8Array(32);

/** What a printed double may have: sign, digits, dot, exponent. */
const PRINTED_BYTES = 24;
const printed = new Uint8Array(PRINTED_BYTES);

/** False for what is printed with an exponent, and for all that is no number. */
function writePrinted(writer: ValueWriter, parts: readonly TextCells[], row: number): boolean {
  let length = 0;
  for (const part of parts) {
    const [at, bytes] = [part.startOf(row), part.lengthOf(row)];
    if (at < 0 || bytes < 0 || length + bytes > PRINTED_BYTES) return false;
    for (let i = 0; i < bytes; i++) printed[length++] = part.bytes[at + i]!;
  }
  return length > 0 && writeDecimal(writer, printed, 0, length, SHORTEST_DIGITS);
}

/** Digits around a dot; false for all else, for more digits than `most`, and for integers of more digits than all have doubles of their own. */
function writeDecimal(writer: ValueWriter, bytes: Uint8Array, at: number, to: number, most: number): boolean {
  const negative = bytes[at] === MINUS;
  let count = 0;
  let length = 0;
  let places = 0;
  let dot = false;
  if (negative) digits[length++] = MINUS;
  const sign = length;
  for (let i = negative ? at + 1 : at; i < to; i++) {
    const byte = bytes[i]!;
    if (byte === DOT) {
      if (dot) return false;
      dot = true;
      continue;
    }
    if (byte < ZERO || byte > NINE) return false;
    if (dot) places++;
    if (byte === ZERO && length === sign) continue;
    if (++count > most) return false;
    digits[length++] = byte;
  }
  if (count === 0) {
    writer.ascii(TAGS.integer, '0');
    return true;
  }
  while (places > 0 && digits[length - 1] === ZERO) {
    length--;
    places--;
  }
  if (places === 0) {
    if (count > EXACT_DIGITS) return false;
    writer.copy(TAGS.integer, digits, 0, length);
    return true;
  }
  digits[length++] = E;
  digits[length++] = MINUS;
  if (places >= 10) digits[length++] = ZERO + ((places / 10) | 0);
  digits[length++] = ZERO + (places % 10);
  writer.copy(TAGS.double, digits, 0, length);
  return true;
}
