import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { type Packing, packingOf, unpackFile, UnpackRefused } from '../../../platform/compression/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError, TooLargeError } from '../../../platform/errors/index.js';
import type { SplitPlan } from '../push-plan.js';
import { detectFormat, FIRST_BYTES } from './detect-format.js';
import { openCsv } from './open-csv.js';
import { openJsonLines } from './json-lines/open-json-lines.js';
import type { OpenedSplit } from './opened-split.js';
import { openParquet } from './parquet/open-parquet.js';

/** Tables of few values pack to a hundredth and less; a bomb of gzip to a thousandth. */
const MAX_RATIO = 200;
/** Whatever the ratio: what fits here harms nobody. */
const FREE_BYTES = 64 * 1024 * 1024;

/** Find out what a split's file is, unpack it where it is packed, and read its columns. Throws what is wrong with it, by its format. */
export async function openSplit(
  db: DuckSession,
  path: string,
  split: SplitPlan,
  declaredTypes: Readonly<Record<string, ColumnType>>,
  maxBytes: number,
): Promise<OpenedSplit> {
  const packing = packingOf(await firstBytes(path));
  const plain = packing === null ? path : await unpacked(db, path, packing, split.name, maxBytes);
  switch (detectFormat(await firstBytes(plain), split.format ?? null, split.name)) {
    case 'csv':
      return openCsv(db, plain, split);
    case 'jsonl':
      return openJsonLines(db, plain, split, declaredTypes);
    case 'parquet':
      return openParquet(db, plain, split, declaredTypes, maxBytes);
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function unpacked(
  db: DuckSession,
  path: string,
  packing: Packing,
  split: string,
  maxBytes: number,
): Promise<string> {
  const target = join(db.scratch, `unpacked-${split}`);
  try {
    await unpackFile(path, target, packing, { maxBytes, maxRatio: MAX_RATIO, freeBytes: FREE_BYTES });
    return target;
  } catch (error) {
    if (!(error instanceof UnpackRefused)) throw error;
    const message = `split ${split}: the ${packing} file cannot be read: ${error.message}`;
    if (error.reason === 'tooLarge')
      throw new TooLargeError('DECOMPRESSED_TOO_LARGE', message, {
        remedy: 'Push fewer rows in one file, send the file unpacked, or raise ASSAY_MAX_UPLOAD_BYTES.',
        split,
      });
    throw new InvalidInputError('COMPRESSED_FILE_DAMAGED', message, {
      remedy: 'Pack the file again, or copy it again from where it came.',
      split,
    });
  }
}
