import { hash } from 'node:crypto';

/** The root of a tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

const LEAF = Buffer.from([0x00]);

/** RFC 6962 leaf hash: SHA-256(0x00 || data). */
export function leafHash(data: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF, data]), 'buffer');
}

const pair = Buffer.alloc(65);
pair[0] = 0x01;

/** RFC 6962 node hash: SHA-256(0x01 || left || right), both 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== 32 || right.length !== 32) throw new RangeError('a hash has 32 bytes');
  pair.set(left, 1);
  pair.set(right, 33);
  // As 'buffer', at half its cost.
  return Buffer.from(hash('sha256', pair, 'binary'), 'latin1');
}
