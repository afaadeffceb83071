import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { InvalidInputError } from '../../../../platform/errors/index.js';
import { checkNames } from '../column-names.js';
import { checkWidth } from '../csv-header.js';
import { JsonProblem, rowError } from './json-problem.js';
import { JsonRowReader, type JsonColumn } from './json-row.js';

/** As long as a line of CSV may be. */
const MAX_LINE_BYTES = 2_000_000;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const LF = 0x0a;

export interface JsonTable {
  /** In the order in which their keys come first. */
  columns: readonly JsonColumn[];
  rows: number;
}

/**
 * Rewrite JSON lines as CSV without a header at `target`. The columns are all keys of all rows: a key that a row leaves out is null
 * there. Blank lines are no rows. Throws JSONL_*, COLUMN_NAME_*, TOO_MANY_COLUMNS, NUL_CHARACTER, SPLIT_EMPTY.
 */
export async function jsonLinesToCsv(path: string, target: string, split: string): Promise<JsonTable> {
  const reader = new JsonRowReader();
  const written = await rewrite(path, target, split, reader);
  checkNames(
    reader.columns.map(({ name }) => name),
    split,
  );
  // Keys that later rows brought: fields of theirs are missing from the rows above, so all is written once more.
  if (written < reader.columns.length) {
    reader.restart();
    await rewrite(path, target, split, reader);
  }
  const { rows, columns } = reader;
  if (columns.length === 0) {
    const what = rows === 0 ? 'has no row' : 'has no key in any row';
    throw new InvalidInputError('SPLIT_EMPTY', `split ${split} ${what}; expected at least one row`, {
      split,
    });
  }
  return { columns, rows };
}

/** How many columns were written of each row; rows are written until one has more than the first. */
async function rewrite(path: string, target: string, split: string, reader: JsonRowReader): Promise<number> {
  const file = await open(target, 'w', 0o600);
  try {
    let width = reader.columns.length;
    for await (const lines of wholeLines(path, reader, split)) {
      width = await writeRows(lines, file, split, reader, width);
    }
    return width;
  } finally {
    await file.close();
  }
}

async function writeRows(
  lines: Buffer,
  file: FileHandle,
  split: string,
  reader: JsonRowReader,
  width: number,
): Promise<number> {
  if (!isUtf8(lines)) throw notUtf8(lines, split, reader.rows);
  const text = lines.toString('utf8');
  const rows: string[] = [];
  let wide = width;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (!isBlank(text, start, end)) {
      if ((end - start) * 3 > MAX_LINE_BYTES && Buffer.byteLength(text.slice(start, end)) > MAX_LINE_BYTES)
        throw tooLong(split, reader.rows + 1);
      readRow(reader, text, start, end, split);
      if (reader.rows === 1 && wide === 0) wide = reader.columns.length;
      if (reader.columns.length === wide) rows.push(reader.fields.join(','));
      else checkWidth(reader.columns.length, split);
    }
    start = end + 1;
  }
  if (rows.length > 0) await file.write(`${rows.join('\n')}\n`);
  return wide;
}

function readRow(reader: JsonRowReader, text: string, start: number, end: number, split: string): void {
  try {
    reader.read(text, start, end);
  } catch (error) {
    throw error instanceof JsonProblem ? rowError(error, split, reader.rows) : error;
  }
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}

/** A file in pieces that end with a line. */
async function* wholeLines(path: string, reader: JsonRowReader, split: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    let bytes = Buffer.concat([rest, chunk as Buffer]);
    if (isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) bytes = bytes.subarray(3);
    isFirst = false;
    const end = bytes.lastIndexOf(LF) + 1;
    if (end > 0) yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
    if (rest.length > MAX_LINE_BYTES) throw tooLong(split, reader.rows + 1);
  }
  if (rest.length > 0) yield rest;
}

const tooLong = (split: string, row: number) =>
  new InvalidInputError('JSONL_LINE_TOO_LONG', `split ${split}, row ${row}: the line is longer than 2 MB`, {
    remedy: 'Write one object per line; store long texts elsewhere and push references to them.',
    split,
    row,
  });

function notUtf8(lines: Buffer, split: string, before: number): InvalidInputError {
  let row = before;
  for (let start = 0; start < lines.length;) {
    const found = lines.indexOf(LF, start);
    const line = lines.subarray(start, found < 0 ? lines.length : found);
    if (!/^[ \t\r]*$/.test(line.toString('latin1'))) row += 1;
    if (!isUtf8(line)) break;
    start += line.length + 1;
  }
  return new InvalidInputError(
    'JSONL_ENCODING',
    `split ${split}, row ${row}: found bytes that are not UTF-8`,
    {
      remedy: 'Save the file in UTF-8.',
      split,
      row,
    },
  );
}
