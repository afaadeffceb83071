import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AssayError } from '../errors/index.js';
import { diskError } from '../storage/disk-errors.js';
import { BoundedFile, type UnpackLimits } from './bounded-file.js';
import type { Packing } from './packing.js';
import { UnpackRefused } from './unpack-refused.js';
import { unzstd } from './unzstd.js';
import { ZstdRefused } from './zstd-frames.js';

export { UnpackRefused, type UnpackLimits };

/**
 * Unpack a gzip or zstd file into the new file `target`, piece by piece: what would be longer than the limits stops there, and the
 * checksums of what was packed hold. Several members or frames one behind the other are one file. When anything fails there is no
 * `target`. Throws UnpackRefused, STORAGE_FULL.
 */
export async function unpackFile(
  path: string,
  target: string,
  packing: Packing,
  limits: UnpackLimits,
): Promise<void> {
  const { size } = await stat(path);
  const file = new BoundedFile(target, size, limits);
  try {
    if (packing === 'gzip') await gunzip(path, file);
    else await unzstd(createReadStream(path), (chunk) => file.write(chunk));
    file.close();
  } catch (error) {
    file.close();
    await rm(target, { force: true });
    // A stream that is torn down may say so in place of why.
    throw refusal(file.failure ?? error, packing);
  }
}

async function gunzip(path: string, file: BoundedFile): Promise<void> {
  await pipeline(createReadStream(path), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) file.write(chunk);
  });
}

function refusal(error: unknown, packing: Packing): unknown {
  if (error instanceof UnpackRefused || error instanceof AssayError) return error;
  if (error instanceof ZstdRefused) return new UnpackRefused('damaged', error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  // Errors of zlib (Z_DATA_ERROR, Z_BUF_ERROR) and of fzstd, whose codes are small numbers.
  if (packing === 'gzip' ? String(code).startsWith('Z_') : typeof code === 'number')
    return new UnpackRefused('damaged', said(message));
  return diskError(error);
}

function said(message: string): string {
  if (/unexpected end|unexpected EOF/i.test(message)) return 'it ends before its data do';
  if (/incorrect header check/.test(message)) return 'bytes follow its data that are no gzip';
  if (/incorrect (data|length) check/.test(message)) return 'its data do not have its checksum';
  return `its data are damaged (${message})`;
}
