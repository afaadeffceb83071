import { EMPTY_ROOT, nodeHash } from './hash.js';

/**
 * A perfect subtree by its place: it covers the leaves from `index * 2^level` up to `(index + 1) * 2^level`. Level 0
 * are the leaves. Perfect subtrees never change once they are full, so they are what is stored.
 */
export interface NodePlace {
  level: number;
  index: number;
}

/** Leaves from `from` (included) to `to` (not included). */
export interface LeafRange {
  from: number;
  to: number;
}

/** The root over leaf hashes, RFC 6962 section 2.1: O(n) hashes, in place of a copy of the list. */
export function treeRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  let level: Uint8Array[] = [...leaves];
  while (level.length > 1) {
    const above: Uint8Array[] = new Array((level.length + 1) >> 1);
    const pairs = level.length >> 1;
    for (let i = 0; i < pairs; i++) above[i] = nodeHash(level[2 * i]!, level[2 * i + 1]!);
    // An odd one out rises as it is.
    if (level.length % 2 === 1) above[pairs] = level[level.length - 1]!;
    level = above;
  }
  return Buffer.from(level[0]!);
}

/**
 * The perfect subtrees that make up a range, left to right. `from` has to be a multiple of the largest power of two
 * that is not more than the range's length, as it is for every subtree of an RFC 6962 tree.
 */
export function placesOf({ from, to }: LeafRange): NodePlace[] {
  const places: NodePlace[] = [];
  let at = from;
  while (at < to) {
    const level = floorLog2(to - at);
    const width = 2 ** level;
    if (at % width !== 0) throw new RangeError(`leaves ${from} to ${to} are no subtree`);
    places.push({ level, index: at / width });
    at += width;
  }
  return places;
}

/** The hash over subtrees side by side, left to right, each larger than the next. */
export function foldRange(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.length === 0) return EMPTY_ROOT;
  return Buffer.from(hashes.reduceRight((right, left) => nodeHash(left, right)));
}

/** The largest power of two less than `n`, for n > 1: where RFC 6962 splits n leaves. */
export function splitPoint(n: number): number {
  return 2 ** floorLog2(n - 1);
}

/** Exact for every safe integer n > 0, where Math.log2 rounds up just below a large power of two. */
export function floorLog2(n: number): number {
  let level = 0;
  while (2 ** (level + 1) <= n) level++;
  return level;
}
