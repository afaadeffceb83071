import type { Readable } from 'node:stream';
import { InvalidInputError } from '../errors/index.js';

export interface BlobFacts {
  /** sha-256 of the bytes, lowercase hex: the blob's name. */
  digest: string;
  /** Bytes. */
  size: number;
}

/** Bytes that are safely on disk but have no name yet. Keep or discard each. */
export interface StagedBlob extends BlobFacts {
  /** Give it its name. After this it is found, and stays as long as something refers to it. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export interface StoredBlob extends BlobFacts {
  /** When it was last stored, by the store's clock. */
  storedAt: Date;
}

/**
 * Files named by the digest of their content, so equal content is stored once and nothing is ever overwritten. What stands
 * in no `blob_reference` and no living upload is swept after a grace period.
 */
export abstract class BlobStore {
  /**
   * Take in a stream. Throws UPLOAD_TOO_LARGE beyond `maxBytes`, STORAGE_FULL on a full disk; either leaves nothing
   * behind.
   */
  abstract stage(source: Readable, limit: { maxBytes: number }): Promise<StagedBlob>;

  /** Store a copy of a local file. */
  abstract putFile(path: string): Promise<BlobFacts>;

  /**
   * Take over a local file of the staging folder whose bytes are on disk for good and have this digest: it lies there no more. Where
   * it is gone, nothing happens.
   */
  abstract adopt(path: string, digest: string): Promise<void>;

  /** Store a few megabytes. */
  abstract putBytes(bytes: Uint8Array): Promise<BlobFacts>;

  /** Its bytes. The stream fails with BLOB_NOT_FOUND, or at its end with BLOB_CORRUPT when they are not what was stored. */
  abstract read(digest: string): Readable;

  /** A local file with its bytes, checked against the digest. Read only. Throws BLOB_NOT_FOUND or BLOB_CORRUPT. */
  abstract localPath(digest: string): Promise<string>;

  abstract exists(digest: string): Promise<boolean>;

  /** Every blob, in no order. */
  abstract list(): AsyncIterable<StoredBlob>;

  /**
   * Remove a blob unless it was stored again after `before` or `isWanted` says so at the last moment. Throws what that throws; the
   * blob is there then as before.
   */
  abstract removeIfUnused(digest: string, before: Date, isWanted: () => Promise<boolean>): Promise<boolean>;

  /** Put back a blob that a removal set aside whose process died before its end. Nothing happens where there is none. */
  abstract restore(digest: string): Promise<void>;

  /** Remove staged bytes that nobody has touched since `before`; put back what a sweeper that died had set aside. */
  abstract sweepStaging(before: Date): Promise<number>;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** `digest`, or DIGEST_INVALID: a digest becomes a file name, so nothing else may pass. */
export function checkedDigest(digest: string): string {
  if (DIGEST.test(digest)) return digest;
  throw new InvalidInputError(
    'DIGEST_INVALID',
    `not a digest: ${JSON.stringify(digest.slice(0, 80))}; expected 64 lowercase hexadecimal digits (sha-256)`,
  );
}
