import { InvalidInputError } from '../../../platform/errors/index.js';
import type { SplitFormat } from '../split-format.js';

/** Bytes of a file that tell its format. */
export const FIRST_BYTES = 4096;

const PARQUET = 'PAR1';
const ENCRYPTED_PARQUET = 'PARE';

const PDF = '%PDF-';
const UNREAD: [mark: string, what: string][] = [
  ['PK\x03\x04', 'a ZIP or Excel file'],
  ['PK\x05\x06', 'an empty ZIP file'],
  ['\xd0\xcf\x11\xe0', 'an Excel or Word file of before 2007'],
  ['\xfd7zXZ\x00', 'an xz file'],
  ['BZh', 'a bzip2 file'],
  ['\x04"M\x18', 'an LZ4 file'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z file'],
  ['ARROW1', 'an Arrow or Feather file'],
  ['Obj\x01', 'an Avro file'],
  ['ORC', 'an ORC file'],
  ['\x89HDF\r\n\x1a\n', 'an HDF5 file'],
  ['SQLite format 3\x00', 'a SQLite database'],
  [PDF, 'a PDF file'],
];
const PACKED: [mark: string, what: string][] = [
  ['\x1f\x8b', 'packed twice'],
  ['\x28\xb5\x2f\xfd', 'packed twice'],
];

/**
 * What a file is, by its first bytes, after unpacking. Declared CSV may begin with a brace. Throws FORMAT_UNSUPPORTED,
 * FORMAT_MISMATCH, PARQUET_ENCRYPTED.
 */
export function detectFormat(first: Buffer, declared: SplitFormat | null, split: string): SplitFormat {
  const begins = (mark: string) => first.subarray(0, mark.length).toString('latin1') === mark;
  // A CSV file may begin with PARENT or ORCHARD; behind the mark of a binary file stand bytes that no text has.
  const isBinary = /[\x00-\x08]/.test(first.toString('latin1'));
  if (begins(ENCRYPTED_PARQUET) && isBinary) throw encrypted(split);
  if (begins(PARQUET)) return agreed('parquet', declared, split);
  for (const [mark, what] of [...UNREAD, ...PACKED]) {
    if (begins(mark) && (isBinary || mark === PDF)) throw unsupported(split, what);
  }
  if (declared === 'csv') return 'csv';
  const text = /^(?:\xef\xbb\xbf)?[ \t\r\n]*(\{|\[[ \t\r\n]*\{)?/.exec(first.toString('latin1'))?.[1];
  if (text?.startsWith('[')) throw unsupported(split, 'a JSON array');
  return agreed(text === undefined ? 'csv' : 'jsonl', declared, split);
}

const NAMES: Record<SplitFormat, string> = { csv: 'CSV', jsonl: 'JSON lines', parquet: 'Parquet' };

function agreed(found: SplitFormat, declared: SplitFormat | null, split: string): SplitFormat {
  if (declared === null || declared === found) return found;
  throw new InvalidInputError(
    'FORMAT_MISMATCH',
    `split ${split} is declared ${declared}, but its file ${found === 'parquet' ? 'is Parquet' : `begins as ${NAMES[found]} does`}`,
    { remedy: 'Name the right file or format, or leave the format out: it is seen from the file.', split },
  );
}

const unsupported = (split: string, what: string) =>
  new InvalidInputError(
    'FORMAT_UNSUPPORTED',
    `split ${split}: the file is ${what}; expected CSV, JSON lines (one object per line) or Parquet, as it is or packed with gzip or zstd`,
    { remedy: 'Save the rows in one of these formats, one file for each split.', split },
  );

export const encrypted = (split: string) =>
  new InvalidInputError('PARQUET_ENCRYPTED', `split ${split}: the Parquet file is encrypted`, {
    remedy: 'Write it without encryption: Assay has no key for it.',
    split,
  });
