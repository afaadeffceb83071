import {
  EXACT_DOUBLE_LIMIT,
  INT64_MAX,
  INT64_MIN,
  SPECIAL_DOUBLES,
  TYPE_PATTERNS,
  type CellValue,
  type ColumnType,
} from './column-type.js';
import { EncodingError } from './encoding-error.js';
import { canonicalDate, canonicalNaiveTimestamp, canonicalTimestamp } from './timestamps.js';

const INTEGER = new RegExp(`^(?:${TYPE_PATTERNS.int64})$`);
const DOUBLE = new RegExp(`^(?:${TYPE_PATTERNS.double})$`);

const EXPECTED: Record<ColumnType, string> = {
  int64: 'an integer between -2^63 and 2^63-1 without sign +, leading zeros or fraction',
  double: 'a decimal number within the range of doubles, NaN, inf or -inf',
  boolean: 'true or false',
  date: 'a day YYYY-MM-DD',
  timestamp: 'an RFC 3339 instant with zone, at most microseconds',
  timestamp_naive: 'YYYY-MM-DDTHH:MM:SS[.ffffff] without zone',
  text: 'text in well-formed Unicode',
};

/** What a field of a type has to look like, in words. */
export function expectationOf(type: ColumnType): string {
  return EXPECTED[type];
}

/** The int64 of a field, undefined for what is none. */
export function parseInt64(text: string): bigint | number | undefined {
  if (!INTEGER.test(text)) return undefined;
  if (text.length <= 15) return Number(text) + 0; // also turns -0 into 0
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

/**
 * The nearest double of a field, undefined for what is none: another form, or a number that overflows. Digits alone
 * (an integer literal) beyond 2^53 are none either unless they are exactly a double: they are identifiers more often
 * than measurements, and rounding would merge them.
 */
export function parseDouble(text: string): number | undefined {
  if (!DOUBLE.test(text)) return undefined;
  const special = SPECIAL_DOUBLES.get(text);
  if (special !== undefined) return special;
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  if (Math.abs(value) >= EXACT_DOUBLE_LIMIT && INTEGER.test(text) && BigInt(value) !== BigInt(text))
    return undefined;
  return value === 0 ? 0 : value;
}

/**
 * The value of one CSV field under a declared type. `null` (an empty unquoted field) stays null.
 * Throws EncodingError `TYPE_MISMATCH`, whose message says what was expected and whose `found` holds the text.
 */
export function parseAs(type: ColumnType, text: string | null): CellValue {
  if (text === null) return null;
  const value = parse(type, text);
  if (value === undefined) throw new EncodingError('TYPE_MISMATCH', `expected ${EXPECTED[type]}`, text);
  return value;
}

function parse(type: ColumnType, text: string): CellValue | undefined {
  switch (type) {
    case 'int64':
      return parseInt64(text);
    case 'double':
      return parseDouble(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'date':
      return canonicalDate(text);
    case 'timestamp':
      return canonicalTimestamp(text);
    case 'timestamp_naive':
      return canonicalNaiveTimestamp(text);
    case 'text':
      return text;
  }
}
