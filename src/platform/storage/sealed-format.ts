import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AssayError } from '../errors/index.js';

/**
 * The form in which sealed labels lie on disk, as text for docs/encoding.md:
 *
 *     file   := header || chunk ... || last chunk
 *     header := "ASSAYSL" || version 0x01 || salt (16 bytes) || nonce prefix (7 bytes)
 *     chunk  := AES-256-GCM of at most 65,536 bytes || tag (16 bytes)
 *
 * The file's key is HKDF-SHA256(project's sealing key, salt, "assay/sealed-file/v1"). The nonce of a chunk is prefix || its
 * number (uint32, big endian, from 0) || 1 for the last chunk and 0 for others, as in STREAM (Hoang, Reyhanitabar, Rogaway,
 * Vizár 2015); the header is the additional data of every chunk. So a chunk that is changed, moved, repeated, left out or cut off,
 * or of another file, does not open.
 */
const MAGIC = Buffer.from('ASSAYSL\u0001', 'latin1');
const SALT = 16;
const PREFIX = 7;
const TAG = 16;

export const HEADER_BYTES = MAGIC.length + SALT + PREFIX;
/** Plain bytes of every chunk but the last, which may be shorter, also empty. */
export const CHUNK_BYTES = 65_536;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG;

/** Seals or opens the chunks of one file, in their order. */
export class SealedFormat {
  private counter = 0;
  private readonly key: Buffer;

  private constructor(
    sealingKey: Uint8Array,
    readonly header: Buffer,
  ) {
    const salt = header.subarray(MAGIC.length, MAGIC.length + SALT);
    this.key = Buffer.from(hkdfSync('sha256', sealingKey, salt, 'assay/sealed-file/v1', 32));
  }

  /** A new file: nothing in it is used twice, so sealing the same bytes again gives other bytes. */
  static create(sealingKey: Uint8Array): SealedFormat {
    return new SealedFormat(sealingKey, Buffer.concat([MAGIC, randomBytes(SALT + PREFIX)]));
  }

  /** By the first HEADER_BYTES of a file. Throws SEALED_FILE_DAMAGED. */
  static read(sealingKey: Uint8Array, header: Buffer): SealedFormat {
    if (header.length !== HEADER_BYTES || !isSealed(header)) throw damaged('it does not begin as one');
    return new SealedFormat(sealingKey, Buffer.from(header));
  }

  seal(plain: Uint8Array, last: boolean): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.key, this.nextNonce(last)).setAAD(this.header);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws SEALED_FILE_DAMAGED for anything but the next chunk of this file under this key. */
  open(chunk: Uint8Array, last: boolean): Buffer {
    if (chunk.length < TAG) throw damaged('it is cut off');
    const number = this.counter;
    const decipher = createDecipheriv('aes-256-gcm', this.key, this.nextNonce(last), { authTagLength: TAG });
    decipher.setAAD(this.header).setAuthTag(chunk.subarray(chunk.length - TAG));
    const plain = decipher.update(chunk.subarray(0, chunk.length - TAG));
    try {
      return Buffer.concat([plain, decipher.final()]);
    } catch {
      throw damaged(`part ${number} was changed, or another key sealed it`);
    }
  }

  private nextNonce(last: boolean): Buffer {
    const nonce = Buffer.alloc(PREFIX + 5);
    this.header.copy(nonce, 0, MAGIC.length + SALT);
    // Beyond 2^32 chunks (256 TiB) this throws.
    nonce.writeUInt32BE(this.counter++, PREFIX);
    nonce[PREFIX + 4] = last ? 1 : 0;
    return nonce;
  }
}

/** Whether bytes begin as a sealed file does. */
export function isSealed(start: Uint8Array): boolean {
  return Buffer.from(start.subarray(0, MAGIC.length)).equals(MAGIC);
}

export const damaged = (how: string) =>
  new AssayError('internal', 'SEALED_FILE_DAMAGED', `a file of sealed labels cannot be opened: ${how}`, {
    remedy: 'restore blobs and keys of this installation from one and the same backup',
  });
