import { EXACT_DOUBLE_LIMIT, INT64_MAX, INT64_MIN, type CellValue, type ColumnType } from './column-type.js';
import { EncodingError } from './encoding-error.js';
import { canonicalDate, canonicalNaiveTimestamp, canonicalTimestamp } from './timestamps.js';

/** The version of the encoding that this folder writes; stored with every content id. docs/encoding.md specifies it. */
export const ENCODING_VERSION = 1;

/** The first byte of a value. `m` is reserved for decimals. */
export const TAGS = {
  null: 'n',
  boolean: 'b',
  integer: 'i',
  double: 'f',
  text: 's',
  date: 'd',
  timestamp: 't',
  timestamp_naive: 'w',
  decimal: 'm',
  commitment: 'h',
} as const;

const LONE_SURROGATE = /[\ud800-\udfff]/u;
const COLON = 0x3a;
const ZERO = 0x30;
const MINUS = 0x2d;
const E = 0x65;

/** Writes `tag length ':' bytes` values one after the other into a buffer that grows, without allocating per value. */
export class ValueWriter {
  private buffer = Buffer.allocUnsafe(4096);
  private end = 0;

  reset(): void {
    this.end = 0;
  }

  /** What was written since `reset`: a view that the next `reset` overwrites. */
  view(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  /** The same, at half the cost of a Buffer. */
  written(): Uint8Array {
    return new Uint8Array(this.buffer.buffer, this.buffer.byteOffset, this.end);
  }

  /** What `view` is a view of. */
  get bytes(): Buffer {
    return this.buffer;
  }

  /** One raw byte, as hash domains need it before a row. */
  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.end++] = value;
  }

  value(type: ColumnType, value: CellValue): void {
    if (value === null) return this.ascii(TAGS.null, '');
    switch (type) {
      case 'int64':
        return this.ascii(TAGS.integer, int64Text(value));
      case 'double':
        return this.double(value);
      case 'boolean':
        if (typeof value !== 'boolean') throw mismatch(type, value);
        return this.ascii(TAGS.boolean, value ? 'true' : 'false');
      case 'text':
        if (typeof value !== 'string') throw mismatch(type, value);
        return this.text(value);
      case 'date':
        return this.ascii(TAGS.date, canonical(type, value, canonicalDate));
      case 'timestamp':
        return this.ascii(TAGS.timestamp, canonical(type, value, canonicalTimestamp));
      case 'timestamp_naive':
        return this.ascii(TAGS.timestamp_naive, canonical(type, value, canonicalNaiveTimestamp));
    }
  }

  /** A value whose text is ASCII. */
  ascii(tag: string, text: string): void {
    this.header(tag, text.length);
    this.copyAscii(text);
  }

  /** A value whose text stands in `source`, as UTF-8. */
  copy(tag: string, source: Uint8Array, at: number, length: number): void {
    this.header(tag, length);
    // A call out of JavaScript costs more than a short loop.
    const { buffer, end } = this;
    if (length > 40) buffer.set(source.subarray(at, at + length), end);
    else for (let i = 0; i < length; i++) buffer[end + i] = source[at + i]!;
    this.end = end + length;
  }

  /** How many bytes were written since `reset`. */
  get length(): number {
    return this.end;
  }

  private double(value: CellValue): void {
    if (typeof value !== 'number') throw mismatch('double', value);
    if (Number.isInteger(value) && Math.abs(value) <= EXACT_DOUBLE_LIMIT) {
      return this.ascii(TAGS.integer, value === 0 ? '0' : String(value));
    }
    const text = String(value < 0 ? -value : value);
    const dot = text.indexOf('.');
    if (dot < 0 || text.includes('e')) return this.ascii(TAGS.double, doubleText(value));
    this.fraction(value < 0, text, dot);
  }

  /** What `doubleText` makes of plain digits around a dot, copied without building it. */
  private fraction(negative: boolean, text: string, dot: number): void {
    let first = 0;
    while (text.charCodeAt(first) === ZERO || first === dot) first++;
    const places = text.length - dot - 1;
    const digits = text.length - first - (first < dot ? 1 : 0);
    this.header(TAGS.double, (negative ? 1 : 0) + digits + (places < 10 ? 3 : 4));
    const { buffer } = this;
    let { end } = this;
    if (negative) buffer[end++] = MINUS;
    for (let i = first; i < text.length; i++) if (i !== dot) buffer[end++] = text.charCodeAt(i);
    buffer[end++] = E;
    buffer[end++] = MINUS;
    if (places >= 10) buffer[end++] = ZERO + ((places / 10) | 0);
    buffer[end++] = ZERO + (places % 10);
    this.end = end;
  }

  private text(value: string): void {
    if (isAscii(value)) return this.ascii(TAGS.text, value);
    if (LONE_SURROGATE.test(value)) {
      throw new EncodingError(
        'TEXT_NOT_UNICODE',
        'the text has a lone surrogate, which has no UTF-8 form',
        value,
      );
    }
    const length = Buffer.byteLength(value, 'utf8');
    this.header(TAGS.text, length);
    this.end += this.buffer.write(value, this.end, 'utf8');
  }

  private header(tag: string, length: number): void {
    this.reserve(length + 16);
    const { buffer } = this;
    buffer[this.end++] = tag.charCodeAt(0);
    if (length < 10) {
      buffer[this.end++] = ZERO + length;
    } else if (length < 100) {
      buffer[this.end++] = ZERO + ((length / 10) | 0);
      buffer[this.end++] = ZERO + (length % 10);
    } else {
      this.copyAscii(String(length));
    }
    buffer[this.end++] = COLON;
  }

  private copyAscii(text: string): void {
    const { length } = text;
    if (length > 40) {
      this.end += this.buffer.write(text, this.end, 'latin1');
      return;
    }
    // A call out of JavaScript costs more than a short loop.
    const { buffer, end } = this;
    for (let i = 0; i < length; i++) buffer[end + i] = text.charCodeAt(i);
    this.end = end + length;
  }

  private reserve(bytes: number): void {
    if (this.end + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.end + bytes));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }
}

const shared = new ValueWriter();

/** The canonical bytes of one value: `tag length ':' bytes`. Throws EncodingError for a value its type does not have. */
export function encodeValue(type: ColumnType, value: CellValue): Buffer {
  shared.reset();
  shared.value(type, value);
  return Buffer.from(shared.view());
}

/**
 * The text of a double that does not encode as an integer: `nan`, `inf`, `-inf`, or the shortest digits that read back
 * as the same double, as an integer significand without trailing zeros, `e` and the exponent: 0.1 is `1e-1`.
 */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  const text = String(value < 0 ? -value : value);
  const e = text.indexOf('e');
  const mantissa = e < 0 ? text : text.slice(0, e);
  const dot = mantissa.indexOf('.');
  const fraction = dot < 0 ? 0 : mantissa.length - dot - 1;
  let digits = dot < 0 ? mantissa : mantissa.slice(0, dot) + mantissa.slice(dot + 1);
  let exponent = (e < 0 ? 0 : Number(text.slice(e + 1))) - fraction;
  let start = 0;
  while (digits.charCodeAt(start) === ZERO) start++;
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) end--;
  exponent += digits.length - end;
  digits = digits.slice(start, end);
  return `${value < 0 ? '-' : ''}${digits}e${exponent}`;
}

function int64Text(value: CellValue): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? '0' : String(value);
  if (typeof value === 'bigint' && value >= INT64_MIN && value <= INT64_MAX) return value.toString();
  throw mismatch('int64', value);
}

function canonical(
  type: ColumnType,
  value: CellValue,
  normalise: (text: string) => string | undefined,
): string {
  const text = typeof value === 'string' ? normalise(value) : undefined;
  if (text === undefined) throw mismatch(type, value);
  return text;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function mismatch(type: ColumnType, value: unknown): EncodingError {
  return new EncodingError('TYPE_MISMATCH', `the value is not of type ${type}`, value);
}
