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
