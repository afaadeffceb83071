import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, HEADER_BYTES, isSealed, SEALED_CHUNK_BYTES } from './sealed-format.js';
import { openBytes, opening, sealBytes, sealing } from './sealed-stream.js';

const KEY = randomBytes(32);
const DAMAGED = expect.objectContaining({ code: 'SEALED_FILE_DAMAGED' }) as object;

/** In pieces of `size` bytes, as a disk or a socket may give them. */
function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const seal = (plain: Buffer, size = 10_000) => buffer(Readable.from(pieces(plain, size)).pipe(sealing(KEY)));
/** Whole or not at all: what a file gives that is read to its end. */
function open(sealed: Buffer, key = KEY, size = 10_000): Promise<Buffer> {
  const opened = opening(key);
  Readable.from(pieces(sealed, size))
    .on('error', () => undefined)
    .pipe(opened);
  return buffer(opened);
}
const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
};
const chunk = (sealed: Buffer, i: number) =>
  sealed.subarray(HEADER_BYTES + i * SEALED_CHUNK_BYTES, HEADER_BYTES + (i + 1) * SEALED_CHUNK_BYTES);

const SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7];

describe('sealed bytes', () => {
  it.each(SIZES)('of %i bytes come back as they were, however they flow', async (size) => {
    const plain = randomBytes(size);
    for (const piece of [7 * CHUNK_BYTES, 65_537, 4_096]) {
      const sealed = await seal(plain, piece);
      expect(isSealed(sealed)).toBe(true);
      expect((await open(sealed, KEY, piece)).equals(plain)).toBe(true);
      expect(openBytes(KEY, sealed).equals(plain)).toBe(true);
    }
    expect((await open(sealBytes(KEY, plain))).equals(plain)).toBe(true);
  });

  it('flow in single bytes too', async () => {
    const plain = randomBytes(300);
    expect((await open(await seal(plain, 1), KEY, 1)).equals(plain)).toBe(true);
  });

  it('show nothing of themselves, and differ each time', async () => {
    const plain = Buffer.from('a label that is long enough to be found '.repeat(5_000));
    const [one, two] = [await seal(plain), await seal(plain)];
    expect(one.includes('a label')).toBe(false);
    for (let i = 0; i < 3; i++) expect(chunk(one, i).equals(chunk(two, i))).toBe(false);
    // Equal chunks of one file differ as well.
    const zeros = await seal(Buffer.alloc(3 * CHUNK_BYTES));
    expect(chunk(zeros, 0).subarray(0, 64).equals(chunk(zeros, 1).subarray(0, 64))).toBe(false);
  });

  it('do not open when any bit is changed', async () => {
    const sealed = await seal(randomBytes(2 * CHUNK_BYTES + 100));
    const places = [
      ...Array.from({ length: HEADER_BYTES }, (_, i) => i),
      HEADER_BYTES,
      HEADER_BYTES + CHUNK_BYTES - 1,
      HEADER_BYTES + CHUNK_BYTES,
      HEADER_BYTES + SEALED_CHUNK_BYTES,
      sealed.length - 17,
      sealed.length - 1,
    ];
    for (const at of places) {
      await expect(open(flipped(sealed, at)), `byte ${at}`).rejects.toEqual(DAMAGED);
      expect(() => openBytes(KEY, flipped(sealed, at))).toThrow(DAMAGED);
    }
  });

  it('do not open when they are cut off anywhere, between chunks too', async () => {
    const sealed = await seal(randomBytes(3 * CHUNK_BYTES));
    const ends = [
      0,
      1,
      8,
      HEADER_BYTES - 1,
      HEADER_BYTES,
      HEADER_BYTES + 15,
      HEADER_BYTES + 16,
      HEADER_BYTES + 1_000,
    ];
    const whole = [1, 2].map((chunks) => HEADER_BYTES + chunks * SEALED_CHUNK_BYTES);
    for (const end of [...ends, ...whole, sealed.length - 1]) {
      await expect(open(sealed.subarray(0, end)), `first ${end} bytes`).rejects.toEqual(DAMAGED);
      expect(() => openBytes(KEY, sealed.subarray(0, end))).toThrow(DAMAGED);
    }
  });

  it('do not open when chunks are swapped, repeated, left out, added or of another file', async () => {
    const sealed = await seal(randomBytes(4 * CHUNK_BYTES));
    const other = await seal(randomBytes(4 * CHUNK_BYTES));
    const header = sealed.subarray(0, HEADER_BYTES);
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => chunk(sealed, i)) as [Buffer, Buffer, Buffer, Buffer];
    const wrong = {
      swapped: [header, b, a, c, d],
      repeated: [header, a, a, b, c, d],
      'left out': [header, a, c, d],
      'first left out': [header, b, c, d],
      'the last twice': [header, a, b, c, d, d],
      'the last in the middle': [header, a, d, b, c],
      'added bytes': [header, a, b, c, d, Buffer.alloc(20)],
      'a chunk of another file': [header, a, chunk(other, 1), c, d],
      "another file's header": [other.subarray(0, HEADER_BYTES), a, b, c, d],
    };
    expect((await open(Buffer.concat([header, a, b, c, d]))).length).toBe(4 * CHUNK_BYTES);
    for (const [how, parts] of Object.entries(wrong)) {
      await expect(open(Buffer.concat(parts)), how).rejects.toEqual(DAMAGED);
      expect(() => openBytes(KEY, Buffer.concat(parts)), how).toThrow(DAMAGED);
    }
  });

  it('do not open under another key, and what is no sealed file is not taken for one', async () => {
    await expect(open(await seal(randomBytes(10)), randomBytes(32))).rejects.toEqual(DAMAGED);
    for (const text of ['', 'PAR1', 'PAR1'.repeat(50), 'ASSAYSL\u0002'.repeat(20)]) {
      expect(isSealed(Buffer.from(text, 'latin1'))).toBe(false);
      await expect(open(Buffer.from(text, 'latin1'))).rejects.toEqual(DAMAGED);
    }
  });
});
