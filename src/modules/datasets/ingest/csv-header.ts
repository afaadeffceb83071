import { open } from 'node:fs/promises';
import { InvalidInputError, TooLargeError } from '../../../platform/errors/index.js';

/** What DuckDB's writer and readers hold within one job's memory, and what it takes in time, end here. */
export const MAX_COLUMNS = 2_000;
export const MAX_NAME_LENGTH = 500;
const MAX_HEADER_BYTES = 2_000_000;

/** The column names of a CSV file's first record. Errors name the split, never a row. */
export async function readHeader(path: string, split: string): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(MAX_HEADER_BYTES);
    const { bytesRead } = await file.read(buffer, 0, MAX_HEADER_BYTES, 0);
    return parseHeader(buffer.subarray(0, bytesRead), split);
  } finally {
    await file.close();
  }
}

/** As readHeader, of the file's first bytes. */
export function parseHeader(bytes: Uint8Array, split: string): string[] {
  const start = textStart(Buffer.from(bytes), split);
  const end = recordEnd(bytes, start);
  if (end === undefined) {
    throw new InvalidInputError(
      'CSV_HEADER_INVALID',
      `split ${split}: the first line has no end within ${MAX_HEADER_BYTES} bytes`,
      {
        remedy: 'Check for a quote that is never closed in the header.',
      },
    );
  }
  let record: string;
  try {
    record = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end));
  } catch {
    throw encoding(split, 'the header is not UTF-8');
  }
  return checked(fieldsOf(record, split), split);
}

const SIGNATURES: [bytes: number[], what: string][] = [
  [[0xff, 0xfe], 'UTF-16'],
  [[0xfe, 0xff], 'UTF-16'],
  [[0x1f, 0x8b], 'a gzip file'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP or Excel file'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
];

function textStart(bytes: Buffer, split: string): number {
  if (bytes.length === 0)
    throw new InvalidInputError('CSV_EMPTY', `split ${split}: the file is empty; expected a header and rows`);
  for (const [signature, what] of SIGNATURES) {
    if (signature.every((byte, i) => bytes[i] === byte)) throw encoding(split, `the file is ${what}`);
  }
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function recordEnd(bytes: Uint8Array, start: number): number | undefined {
  let quoted = false;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x22) quoted = !quoted;
    else if (!quoted && (byte === 0x0a || byte === 0x0d)) return i;
  }
  return quoted || bytes.length >= MAX_HEADER_BYTES ? undefined : bytes.length;
}

/** RFC 4180: fields between commas, quotes around a field, two quotes for one inside. */
function fieldsOf(record: string, split: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const match = field.exec(record);
    if (!match) {
      throw new InvalidInputError(
        'CSV_HEADER_INVALID',
        `split ${split}: column name ${fields.length + 1} of the header has a stray quote`,
      );
    }
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return fields;
  }
}

const NOT_A_NAME = /^-?[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?$|^-[0-9]+$/;

/** Throws TOO_MANY_COLUMNS, for files of any format. */
export function checkWidth(columns: number, split: string): void {
  if (columns <= MAX_COLUMNS) return;
  throw new TooLargeError(
    'TOO_MANY_COLUMNS',
    `split ${split} has ${columns} columns; at most ${MAX_COLUMNS} are taken`,
    {
      remedy:
        'Keep wide vectors in a file of their own and push the columns that gates and evaluations read.',
    },
  );
}

function checked(names: string[], split: string): string[] {
  checkWidth(names.length, split);
  if (names.length === 1 && /[;\t|]/.test(names[0]!)) {
    throw new InvalidInputError(
      'CSV_DELIMITER',
      `split ${split}: the header has no comma but another separator`,
      {
        remedy: 'Write the file with commas between fields.',
      },
    );
  }
  const empty = names.findIndex((name) => name.trim() === '');
  if (empty >= 0)
    throw missing(split, `column ${empty + 1} of ${names.length} has no name in the first line`);
  const data = names.find((name) => NOT_A_NAME.test(name));
  if (data !== undefined)
    throw missing(split, `the first line has the value ${data} where a column name is expected`);
  const seen = new Map<string, string>();
  for (const name of names) {
    if (name.length > MAX_NAME_LENGTH || name.includes('\0')) {
      throw new InvalidInputError(
        'CSV_HEADER_INVALID',
        `split ${split}: a column name has ${name.length} characters; expected at most ${MAX_NAME_LENGTH} and no NUL`,
      );
    }
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new InvalidInputError(
        'CSV_HEADER_DUPLICATED',
        `split ${split}: ${other === name ? `two columns are named ${JSON.stringify(name)}` : `columns ${JSON.stringify(other)} and ${JSON.stringify(name)} differ only in case`}`,
        { remedy: 'Give each column a name of its own; if the first line is data, put a header before it.' },
      );
    }
    seen.set(name.toLowerCase(), name);
  }
  return names;
}

const missing = (split: string, what: string) =>
  new InvalidInputError('CSV_HEADER_MISSING', `split ${split}: ${what}`, {
    remedy: 'Put a line with the column names first.',
  });

const encoding = (split: string, what: string) =>
  new InvalidInputError('CSV_ENCODING', `split ${split}: ${what}; expected CSV text in UTF-8`, {
    remedy: 'Save the file as CSV in UTF-8.',
  });
