import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packingOf } from './packing.js';
import { unpackFile, type UnpackLimits, UnpackRefused } from './unpack-file.js';

const LIMITS = { maxBytes: 1e6, maxRatio: 100, freeBytes: 1e5 };
/** Written by libzstd (python-zstandard 0.25.0, level 19, with a checksum): test/vectors/formats.py. */
const VECTOR = join(import.meta.dirname, '../../../test/vectors/formats/rows.csv.zst');
const ROWS = `id,x\n${Array.from({ length: 400 }, (_, i) => `${i},${i % 7}\n`).join('')}`;

let folder: string;
let zst: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-unpack-'));
  zst = await readFile(VECTOR);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function unpacked(packed: Buffer, limits: UnpackLimits = LIMITS): Promise<string> {
  const [path, target] = [join(folder, 'packed'), join(folder, 'plain')];
  await rm(target, { force: true });
  await writeFile(path, packed);
  await unpackFile(path, target, packingOf(packed)!, limits);
  return readFile(target, 'utf8');
}

async function refused(packed: Buffer, limits?: UnpackLimits): Promise<[string, string]> {
  const error: unknown = await unpacked(packed, limits).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnpackRefused);
  expect(await readdir(folder)).toEqual(['packed']);
  const { reason, message } = error as UnpackRefused;
  return [reason, message];
}

/** A zstd frame of one repeated byte (RFC 8878): 4 bytes for each 128 KiB. No checksum. */
function bombOf(blocks: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const block = (isLast: boolean) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUIntLE((Number(isLast) | (1 << 1) | ((1 << 17) << 3)) >>> 0, 0, 3);
    bytes[3] = 0x61;
    return bytes;
  };
  return Buffer.concat([header, ...Array.from({ length: blocks }, (_, i) => block(i === blocks - 1))]);
}
const changed = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at]! ^= 1;
  return copy;
};
const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

describe('unpackFile', () => {
  it('unpacks gzip and zstd, in one piece or several', async () => {
    expect(await unpacked(gzipSync(ROWS))).toBe(ROWS);
    expect(await unpacked(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))).toBe('a\nb\n');
    expect(await unpacked(zst)).toBe(ROWS);
    expect(await unpacked(Buffer.concat([zst, skipped, zst]))).toBe(ROWS + ROWS);
    expect(await unpacked(Buffer.concat([skipped, zst]))).toBe(ROWS);
    expect(await unpacked(bombOf(1), { ...LIMITS, freeBytes: 1e6 })).toBe('a'.repeat(1 << 17));
  });

  it('tells what is packed by its first bytes', () => {
    expect(packingOf(gzipSync('a'))).toBe('gzip');
    expect(packingOf(zst)).toBe('zstd');
    expect(packingOf(skipped)).toBe('zstd');
    for (const text of ['', 'id,x\n', 'PK\x03\x04', 'PAR1', 'P*M'])
      expect(packingOf(Buffer.from(text, 'latin1'))).toBeNull();
  });

  it.each<[string, () => Buffer, string | RegExp]>([
    ['a gzip file that was cut off', () => gzipSync(ROWS).subarray(0, -9), 'it ends before its data do'],
    ['one without its checksum', () => gzipSync(ROWS).subarray(0, -8), 'it ends before its data do'],
    ['gzip of another checksum', () => changed(gzipSync(ROWS), -8), 'its data do not have its checksum'],
    ['gzip of another length', () => changed(gzipSync(ROWS), -1), 'its data do not have its checksum'],
    [
      'text behind gzip',
      () => Buffer.concat([gzipSync(ROWS), Buffer.from('and so on')]),
      'bytes follow its data that are no gzip',
    ],
    ['gzip that is damaged', () => changed(gzipSync(ROWS), 40), /^its data/],
    ['a zstd file that was cut off', () => zst.subarray(0, -9), 'it ends in the middle of a frame'],
    ['one without its checksum', () => zst.subarray(0, -4), 'it ends in the middle of a frame'],
    ['zstd of another checksum', () => changed(zst, -2), 'its data do not have its checksum'],
    [
      'text behind zstd',
      () => Buffer.concat([zst, Buffer.from('and so on')]),
      'a frame does not begin with the mark of zstd',
    ],
  ])('refuses %s, and leaves nothing', async (_, packed, message) => {
    const [reason, found] = await refused(packed());
    expect(reason).toBe('damaged');
    expect(found).toMatch(message);
  });

  it('finds every byte of zstd that is changed, or it changes nothing', async () => {
    for (let at = 4; at < zst.length; at += 29) {
      const error: unknown = await unpacked(changed(zst, at)).then(
        (text) => expect(text).toBe(ROWS),
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toMatchObject({ reason: 'damaged' });
    }
  });

  it('stops a bomb by its ratio and by its size', async () => {
    const gzip = gzipSync(Buffer.alloc(900_000));
    expect(await refused(gzip)).toEqual(['tooLarge', expect.stringContaining('at most 100 times as many')]);
    expect(await refused(gzip, { ...LIMITS, maxRatio: 1e4, maxBytes: 5e5 })).toEqual([
      'tooLarge',
      'it unpacks to more than 500000 bytes, the most that is taken',
    ]);
    // 40 KB that would be 1.3 GB: what is written before it stops is within the limit.
    expect(await refused(bombOf(10_000))).toEqual([
      'tooLarge',
      expect.stringMatching(/more than 1000000 bytes/),
    ]);
  });
});
