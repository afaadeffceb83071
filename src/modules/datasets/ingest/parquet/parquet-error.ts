import { AssayError, InvalidInputError } from '../../../../platform/errors/index.js';
import { encrypted } from '../detect-format.js';

/** `Invalid Input Error: ...`, as DuckDB begins what it says, and thrift beneath it. */
const DUCKDB = /^(?:[A-Z][A-Za-z]* ?)+(?:Error|Exception):|^TProtocolException/;

/** What DuckDB says about a broken Parquet file, in Assay's words; it may quote a value, which may be a label that is about to be sealed. */
export function parquetError(error: unknown, split: string): unknown {
  if (error instanceof AssayError || !(error instanceof Error)) return error;
  const { message } = error;
  if (!DUCKDB.test(message) || message.startsWith('INTERRUPT')) return error;
  if (/encrypt/i.test(message)) return encrypted(split);
  if (/utf-?8|string encoding/i.test(message)) return unreadable(split, 'a text in it is not UTF-8');
  return unreadable(split, 'its footer or its pages cannot be read');
}

export const unreadable = (split: string, what: string) =>
  new InvalidInputError('PARQUET_UNREADABLE', `split ${split}: the Parquet file is damaged: ${what}`, {
    remedy: 'Write the file again, or copy it again from where it came.',
    split,
  });

export const namedType = (split: string, column: string, type: string): string =>
  `split ${split}: column ${JSON.stringify(column)} is of Parquet's type ${type}`;

export const unsupportedType = (split: string, column: string, type: string) =>
  new InvalidInputError(
    'PARQUET_TYPE_UNSUPPORTED',
    `${namedType(split, column, type)}; expected booleans, integers, floats, decimals, texts, dates or timestamps to the microsecond`,
    {
      remedy: REMEDIES[type] ?? 'Write the column as one of these types, texts among them.',
      split,
      column,
    },
  );

const REMEDIES: Readonly<Record<string, string>> = {
  'TIMESTAMP_NS WITH TIME ZONE':
    'Write instants to the microsecond (pandas and PyArrow: coerce_timestamps="us").',
  INT96: 'Write timestamps as such (Spark: spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS).',
  BLOB: 'Write texts as such (UTF8), bytes as text in hex or base64.',
};
