import { treeRoot } from '../merkle/tree.js';
import { EncodingError } from './encoding-error.js';

export interface KeyedLeaf {
  /** The encoded key (`encodeValue` of the key column). */
  key: Uint8Array;
  leaf: Uint8Array;
}

/**
 * The Merkle root of a split, lowercase hex. With a key: over the leaves in the order of the bytes of their encoded
 * keys, which have to differ. Without: over the leaf hashes in the order of their bytes, equal ones as often as they
 * occur. No rows: SHA-256 of nothing.
 */
export function splitRoot(rows: readonly KeyedLeaf[] | { unkeyed: readonly Uint8Array[] }): string {
  const leaves = 'unkeyed' in rows ? [...rows.unkeyed].sort(Buffer.compare) : inKeyOrder(rows);
  return treeRoot(leaves).toString('hex');
}

function inKeyOrder(rows: readonly KeyedLeaf[]): Uint8Array[] {
  const sorted = [...rows].sort((a, b) => Buffer.compare(a.key, b.key));
  for (let i = 1; i < sorted.length; i++) {
    if (Buffer.compare(sorted[i - 1]!.key, sorted[i]!.key) === 0) {
      throw new EncodingError('KEY_DUPLICATED', 'two rows of the split have the same key', sorted[i]!.key);
    }
  }
  return sorted.map(({ leaf }) => leaf);
}
