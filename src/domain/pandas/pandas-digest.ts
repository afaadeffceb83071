import { createHash } from 'node:crypto';
import { compareNames } from '../canonical/index.js';
import { type PandasColumn, readColumn } from './read-column.js';
import { siphash } from './siphash.js';

/** Rows that MLflow hashes; of the rest it only counts. */
const MAX_ROWS = 10_000;
/** Of a file with no more, `read_csv` types each column in one piece. */
export const MAX_CELLS = 250_000;

export interface CsvColumn {
  name: string;
  /** As CSV has them; null: an empty field. */
  cells: readonly (string | null)[];
}

/**
 * What MLflow (1.29 to 3.6, `compute_pandas_digest`) calls `pandas.read_csv` of a file with these columns, in the file's order: 8 hexadecimal
 * digits. Null where that is not certain: no rows, more than `MAX_CELLS` cells, or what `readColumn` is unsure of.
 */
export function pandasDigest(columns: readonly CsvColumn[]): string | null {
  const rows = columns[0]?.cells.length ?? 0;
  if (rows === 0 || rows * columns.length > MAX_CELLS) return null;
  // pandas skips empty lines, and gives columns without names others.
  if (columns.length === 1 && columns[0]!.cells.includes(null)) return null;
  if (columns.some(({ name }) => name.trim() === '')) return null;
  const read: { name: string; column: NonNullable<PandasColumn> }[] = [];
  for (const { name, cells } of columns) {
    const column = readColumn(cells, MAX_ROWS);
    if (column === 'unsure') return null;
    if (column !== null) read.push({ name, column });
  }
  // The union of two indexes is sorted, unless one is empty.
  if (new Set(read.map(({ column }) => column.kind)).size > 1)
    read.sort((a, b) => compareNames(a.name, b.name));
  const head = Math.min(rows, MAX_ROWS);
  const index = BigUint64Array.from({ length: head }, (_, i) => BigInt(i));
  const hashes = [...read.map(({ column }) => hashOf(column)), redistribute(index)];
  const md5 = createHash('md5').update(combine(hashes, head));
  const count = Buffer.alloc(8);
  count.writeBigInt64LE(BigInt(rows));
  md5.update(count);
  for (const { name } of columns) md5.update(name, 'utf8');
  return md5.digest('hex').slice(0, 8);
}

function hashOf(column: NonNullable<PandasColumn>): BigUint64Array {
  if (column.kind === 'number') return redistribute(column.words);
  const known = new Map<string, bigint>();
  const words = BigUint64Array.from(column.texts, (text) => {
    const hash = known.get(text) ?? siphash(Buffer.from(text, 'utf8'));
    known.set(text, hash);
    return hash;
  });
  return redistribute(words);
}

/** The finalizer of splitmix64, of every word. */
function redistribute(words: BigUint64Array): BigUint64Array {
  return words.map((word) => {
    let x = word;
    x = BigInt.asUintN(64, (x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
    x = BigInt.asUintN(64, (x ^ (x >> 27n)) * 0x94d049bb133111ebn);
    return x ^ (x >> 31n);
  });
}

/** `combine_hash_arrays`: as Python hashes a tuple, little-endian. */
function combine(hashes: readonly BigUint64Array[], rows: number): Buffer {
  const out = new BigUint64Array(rows).fill(0x345678n);
  let factor = 1000003n;
  for (const [i, hash] of hashes.entries()) {
    for (let row = 0; row < rows; row++) out[row] = BigInt.asUintN(64, (out[row]! ^ hash[row]!) * factor);
    factor += BigInt(82520 + 2 * (hashes.length - i));
  }
  const bytes = Buffer.alloc(8 * rows);
  for (const [row, word] of out.entries()) bytes.writeBigUInt64LE(BigInt.asUintN(64, word + 97531n), 8 * row);
  return bytes;
}
