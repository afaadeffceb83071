import { foldRange, placesOf, splitPoint, type LeafRange, type NodePlace } from './tree.js';

/** Reads stored nodes: one hash per place, in their order. Throws when one is missing. */
export type NodeReader = (places: readonly NodePlace[]) => Promise<readonly Uint8Array[]>;

/** The root of the first `size` leaves. */
export async function rootAt(size: number, read: NodeReader): Promise<Buffer> {
  return foldRange(await read(placesOf({ from: 0, to: size })));
}

/**
 * The inclusion proof of leaf `index` in the tree of `size` leaves, from the leaf's sibling to the root's child
 * (RFC 9162 section 2.1.3.1).
 */
export function inclusionProof(index: number, size: number, read: NodeReader): Promise<Buffer[]> {
  return hashesOf(inclusionRanges(index, size), read);
}

/**
 * The proof that the tree of `second` leaves begins with the tree of `first` (RFC 9162 section 2.1.4.1). From size 0
 * it is refused: everything is consistent with nothing, so nothing would be proven.
 */
export function consistencyProof(first: number, second: number, read: NodeReader): Promise<Buffer[]> {
  return hashesOf(consistencyRanges(first, second), read);
}

/** The subtrees whose hashes are the inclusion proof. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  whole(index, 0, size - 1, 'index');
  const ranges: LeafRange[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees whose hashes are the consistency proof. */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  whole(second, 1, Number.MAX_SAFE_INTEGER, 'second size');
  whole(first, 1, second, 'first size');
  const ranges: LeafRange[] = [];
  let from = 0;
  let to = second;
  while (first !== to) {
    const middle = from + splitPoint(to - from);
    if (first <= middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  // The verifier knows the first root itself when the walk never left the left edge.
  if (from > 0) ranges.push({ from, to });
  return ranges.reverse();
}

async function hashesOf(ranges: readonly LeafRange[], read: NodeReader): Promise<Buffer[]> {
  const places = ranges.map(placesOf);
  const hashes = await read(places.flat());
  let at = 0;
  return places.map(({ length }) => {
    const part = hashes.slice(at, at + length);
    at += length;
    if (part.length !== length) throw new Error(`read ${hashes.length} nodes of ${places.flat().length}`);
    return foldRange(part);
  });
}

function whole(value: number, low: number, high: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} ${value} is not an integer from ${low} to ${high}`);
  }
}
