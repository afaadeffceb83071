import { Transform, type TransformCallback } from 'node:stream';
import { CHUNK_BYTES, HEADER_BYTES, SEALED_CHUNK_BYTES, SealedFormat } from './sealed-format.js';

/** Seals bytes as they flow, in memory for one chunk. */
export function sealing(sealingKey: Uint8Array): Transform {
  const format = SealedFormat.create(sealingKey);
  const stream = new Chunked(
    CHUNK_BYTES,
    (chunk) => format.seal(chunk, false),
    (rest) => format.seal(rest, true),
  );
  stream.push(format.header);
  return stream;
}

/**
 * Opens sealed bytes as they flow; every byte that comes out is authenticated. Fails with SEALED_FILE_DAMAGED, at the latest at
 * the end: until then a file that was cut off is not known as such.
 */
export function opening(sealingKey: Uint8Array): Transform {
  let format: SealedFormat | undefined;
  const chunks = new Chunked(
    SEALED_CHUNK_BYTES,
    (chunk) => format!.open(chunk, false),
    (rest) => (format ?? SealedFormat.read(sealingKey, rest)).open(format ? rest : Buffer.alloc(0), true),
    {
      bytes: HEADER_BYTES,
      take: (header) => (format = SealedFormat.read(sealingKey, header)),
    },
  );
  return chunks;
}

/** A few bytes at once: names of classes, say. */
export function sealBytes(sealingKey: Uint8Array, plain: Uint8Array): Buffer {
  const format = SealedFormat.create(sealingKey);
  const parts: Buffer[] = [format.header];
  let at = 0;
  for (; plain.length - at > CHUNK_BYTES; at += CHUNK_BYTES)
    parts.push(format.seal(plain.subarray(at, at + CHUNK_BYTES), false));
  parts.push(format.seal(plain.subarray(at), true));
  return Buffer.concat(parts);
}

/** Throws SEALED_FILE_DAMAGED. */
export function openBytes(sealingKey: Uint8Array, sealed: Buffer): Buffer {
  const format = SealedFormat.read(sealingKey, sealed.subarray(0, HEADER_BYTES));
  const parts: Buffer[] = [];
  let at = HEADER_BYTES;
  for (; sealed.length - at > SEALED_CHUNK_BYTES; at += SEALED_CHUNK_BYTES)
    parts.push(format.open(sealed.subarray(at, at + SEALED_CHUNK_BYTES), false));
  parts.push(format.open(sealed.subarray(at), true));
  return Buffer.concat(parts);
}

/** Cuts what flows into chunks of `size` bytes; what is left at the end, up to a whole chunk, is the last. */
class Chunked extends Transform {
  private waiting: Buffer = Buffer.alloc(0);

  constructor(
    private readonly size: number,
    private readonly inner: (chunk: Buffer) => Buffer,
    private readonly last: (rest: Buffer) => Buffer,
    private head?: { bytes: number; take(bytes: Buffer): void },
  ) {
    super();
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.waiting = Buffer.concat([this.waiting, bytes]);
      if (this.head && this.waiting.length >= this.head.bytes) {
        this.head.take(this.waiting.subarray(0, this.head.bytes));
        this.waiting = this.waiting.subarray(this.head.bytes);
        this.head = undefined;
      }
      // Only what something follows is not the last.
      while (!this.head && this.waiting.length > this.size) {
        this.push(this.inner(this.waiting.subarray(0, this.size)));
        this.waiting = this.waiting.subarray(this.size);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.push(this.last(this.waiting));
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}
