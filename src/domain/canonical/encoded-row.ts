import { EncodingError } from './encoding-error.js';

const COLON = 0x3a;
const DOUBLE = 'f';
const NULL = 'n';
const COMMITMENT = /^h64:([0-9a-f]{64})$/;

/** The commitment to a sealed label as it ends a row: tag, length and 64 digits. */
export const COMMITMENT_BYTES = 68;

/**
 * The values of an encoded row, each with its tag and length, in the order of its columns' names; the commitment of a sealed row
 * is the last. Views of `row`. Throws EncodingError `ROW_FORM` for what is no row.
 */
export function fieldsOf(row: Uint8Array): Buffer[] {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.length);
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = endOfField(bytes, at);
    fields.push(bytes.subarray(at, end));
    at = end;
  }
  return fields;
}

/** The value number `index` (from 0) of an encoded row. A view of `row`. */
export function fieldAt(row: Uint8Array, index: number): Buffer {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.length);
  let at = 0;
  for (let i = 0; i < index; i++) at = endOfField(bytes, at);
  return bytes.subarray(at, endOfField(bytes, at));
}

/** A value as a CSV field would give it: null, or a text from which `parseAs` makes the same value. */
export function textOfField(field: Uint8Array): string | null {
  const bytes = Buffer.from(field.buffer, field.byteOffset, field.length);
  const tag = String.fromCharCode(bytes[0]!);
  if (tag === NULL) return null;
  const text = bytes.toString('utf8', bytes.indexOf(COLON) + 1);
  if (tag !== DOUBLE || text === 'nan' || text.endsWith('inf')) return text;
  const value = Number(text);
  // Beyond 2^53 ECMAScript writes doubles in digits alone, which would be refused as an identifier where they are not exact.
  return Number.isInteger(value) ? value.toExponential() : String(value);
}

/** The commitment that ends a sealed row. Throws EncodingError `ROW_FORM` where none does. */
export function commitmentOf(row: Uint8Array): string {
  const last = Buffer.from(row.subarray(Math.max(0, row.length - COMMITMENT_BYTES))).toString('latin1');
  const found = COMMITMENT.exec(last)?.[1];
  if (found === undefined) throw malformed();
  return found;
}

function endOfField(bytes: Buffer, at: number): number {
  const colon = bytes.indexOf(COLON, at);
  const length = Number(bytes.toString('latin1', at + 1, colon));
  const end = colon + 1 + length;
  if (colon <= at || !Number.isSafeInteger(length) || end > bytes.length) throw malformed();
  return end;
}

const malformed = () => new EncodingError('ROW_FORM', 'these bytes are no encoded row');
