import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Texts that stand nowhere else in the world, one for each row, all beginning alike: one search finds any of them. */
export class PlantedTexts {
  private readonly stem = `Qx${randomBytes(6).toString('hex')}`;
  /** Not a letter that JSON leaves alone: escaped, only the stem is as it was. */
  readonly of = (row: number): string => `${this.stem}é${row}`;

  /** The stem in every dress that it may wear. */
  readonly needles: Needle[] = textNeedles('text', this.stem);
}

/** Numbers beside each other that differ from row to row: their first digits and their first bytes are the same. */
export class PlantedNumbers {
  // Between 2^26 and 2^27 the upper 36 bits of the fraction stay as they are up to 2^-10.
  private readonly base = 2 ** 26 + 1_000_000 + randomBytes(3).readUIntBE(0, 3) + 5 / 1024;
  readonly of = (row: number): number => this.base + row * 2 ** -19;

  readonly needles: Needle[] = [
    ...textNeedles('number', String(this.base).slice(0, 11)),
    ...textNeedles('digits', String(this.base).slice(0, 11).replace('.', '')),
    { what: 'double', bytes: bytesOf(this.base).subarray(0, 6).reverse() },
    { what: 'double, big endian', bytes: bytesOf(this.base).subarray(0, 6) },
  ];
}

export interface Needle {
  what: string;
  bytes: Buffer;
}

/** A text as UTF-8, UTF-16, hexadecimal and base64. */
export function textNeedles(what: string, text: string): Needle[] {
  const plain = Buffer.from(text);
  const hex = plain.toString('hex');
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), plain])
      .toString('base64')
      .replace(/=+$/, '');
    // The ends depend on the neighbours.
    return encoded.slice(Math.ceil((shift * 4) / 3), -2);
  });
  return [
    { what, bytes: plain },
    { what: `${what} in UTF-16`, bytes: Buffer.from(text, 'utf16le') },
    { what: `${what} in hex`, bytes: Buffer.from(hex) },
    { what: `${what} in HEX`, bytes: Buffer.from(hex.toUpperCase()) },
    ...base64.map((encoded, shift) => ({
      what: `${what} in base64 at ${shift}`,
      bytes: Buffer.from(encoded),
    })),
  ];
}

function bytesOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

/** Where a planted label was found: `what` in `where`. Empty is good. */
export function found(where: string, haystack: Buffer | string, needles: readonly Needle[]): string[] {
  const bytes = typeof haystack === 'string' ? Buffer.from(haystack) : haystack;
  // One pass says that none is there, which is nearly always so.
  if (!anyOf(needles).test(bytes.toString('latin1'))) return [];
  return needles.filter((needle) => bytes.includes(needle.bytes)).map(({ what }) => `${what} in ${where}`);
}

const patterns = new WeakMap<readonly Needle[], RegExp>();

function anyOf(needles: readonly Needle[]): RegExp {
  const known = patterns.get(needles);
  if (known) return known;
  const escaped = needles.map(({ bytes }) =>
    [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  const pattern = new RegExp(escaped.join('|'));
  patterns.set(needles, pattern);
  return pattern;
}

export interface SearchedFiles {
  found: string[];
  files: number;
  bytes: number;
  /** How many were read as Parquet, too. */
  parquet: number;
}

/** Every file under some folders, as bytes; what is Parquet also as its values. */
export async function searchFiles(
  folders: readonly string[],
  needles: readonly Needle[],
): Promise<SearchedFiles> {
  const result: SearchedFiles = { found: [], files: 0, bytes: 0, parquet: 0 };
  const instance = await DuckDBInstance.create(':memory:');
  const duck = await instance.connect();
  try {
    for (const folder of folders) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const read = await whileThere(path, async () => ({
          size: (await stat(path)).size,
          ...(await searchFile(path, needles)),
        }));
        if (!read) continue;
        const { hits, start, size } = read;
        result.files += 1;
        result.bytes += size;
        result.found.push(...found(path, path, needles), ...hits);
        if (start !== 'PAR1') continue;
        const values = await parquetValues(duck, path);
        result.parquet += 1;
        result.found.push(...found(`${path} as Parquet`, values, needles));
      }
    }
  } finally {
    duck.closeSync();
    instance.closeSync();
  }
  return result;
}

/** Undefined for a file that was removed since its folder was listed. */
async function whileThere<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(path)) return undefined;
    throw error;
  }
}

const OVERLAP = 256;

async function searchFile(
  path: string,
  needles: readonly Needle[],
): Promise<{ hits: Set<string>; start: string }> {
  const hits = new Set<string>();
  let start: string | undefined;
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 }) as AsyncIterable<Buffer>) {
    start ??= chunk.toString('latin1', 0, 4);
    const window = Buffer.concat([tail, chunk]);
    for (const hit of found(path, window, needles)) hits.add(hit);
    tail = Buffer.from(window.subarray(-OVERLAP));
  }
  return { hits, start: start ?? '' };
}

/** Every value of a Parquet file, numbers also as their bytes. */
async function parquetValues(duck: DuckDBConnection, path: string): Promise<Buffer> {
  const quoted = `'${path.replaceAll("'", "''")}'`;
  const reader = await duck.runAndReadAll(`SELECT * FROM read_parquet(${quoted})`);
  const parts: Buffer[] = [];
  for (const row of reader.getRows()) {
    for (const value of row) {
      parts.push(Buffer.from(String(value)));
      if (typeof value === 'number') parts.push(bytesOf(value));
    }
  }
  return Buffer.concat(parts);
}
