import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TreeAppender } from './appender.js';
import { EMPTY_ROOT, leafHash, nodeHash } from './hash.js';
import { consistencyProof, inclusionProof, rootAt, type NodeReader } from './proof.js';
import { floorLog2, splitPoint, treeRoot, type NodePlace } from './tree.js';
import { verifyConsistency, verifyInclusion } from './verify.js';

/** Inputs and roots as certificate-transparency publishes them; the file says where the proofs come from. */
const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/merkle.json', import.meta.url), 'utf8'),
) as {
  leaves: string[];
  roots: string[];
  inclusion: { index: number; size: number; proof: string[] }[];
  consistency: { first: number; second: number; proof: string[] }[];
};
const leaves = vectors.leaves.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const roots = vectors.roots.map((hex) => Buffer.from(hex, 'hex'));

/** RFC 6962 section 2.1 word by word. */
function naiveRoot(of: readonly Uint8Array[]): Buffer {
  if (of.length === 0) return EMPTY_ROOT;
  if (of.length === 1) return Buffer.from(of[0]!);
  let k = 1;
  while (k * 2 < of.length) k *= 2;
  return nodeHash(naiveRoot(of.slice(0, k)), naiveRoot(of.slice(k)));
}

/** Appends leaves, keeping the stored nodes and a reader of them. */
function grow(
  of: readonly Uint8Array[],
  batches: number[] = [of.length],
): { read: NodeReader; root: Buffer } {
  const stored = new Map<string, Buffer>();
  const at = ({ level, index }: NodePlace) => `${level}/${index}`;
  let size = 0;
  let root = EMPTY_ROOT;
  for (const batch of batches) {
    const edge = TreeAppender.edgeOf(size).map((place) => stored.get(at(place))!);
    const appender = new TreeAppender(size, edge, (node) => stored.set(at(node), node.hash));
    for (const leaf of of.slice(size, size + batch)) appender.append(leaf);
    size = appender.size;
    root = appender.root();
  }
  return { root, read: (places) => Promise.resolve(places.map((place) => stored.get(at(place))!)) };
}

const someLeaves = (count: number) =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const hex = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('hex'));

describe('published vectors', () => {
  it('has the published roots', () => {
    for (let size = 0; size <= 8; size++) {
      expect(treeRoot(leaves.slice(0, size))).toEqual(roots[size]);
      expect(grow(leaves.slice(0, size)).root).toEqual(roots[size]);
    }
    expect(roots[8]!.toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  it.each(vectors.inclusion)('proves leaf $index of $size', async ({ index, size, proof }) => {
    const hashes = await inclusionProof(index, size, grow(leaves).read);
    expect(hex(hashes)).toEqual(proof);
    expect(verifyInclusion({ leaf: leaves[index]!, index, size, proof: hashes, root: roots[size]! })).toBe(
      true,
    );
  });

  it.each(vectors.consistency)('proves that $second begins with $first', async ({ first, second, proof }) => {
    const hashes = await consistencyProof(first, second, grow(leaves).read);
    expect(hex(hashes)).toEqual(proof);
    const claim = { first, second, firstRoot: roots[first]!, secondRoot: roots[second]!, proof: hashes };
    expect(verifyConsistency(claim)).toBe(true);
  });
});

describe('appending', () => {
  it('gives the naive root however the leaves are batched', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, async (batches) => {
        const of = someLeaves(batches.reduce((sum, batch) => sum + batch, 0));
        const { read, root } = grow(of, batches);
        expect(root).toEqual(naiveRoot(of));
        expect(treeRoot(of)).toEqual(root);
        expect(await rootAt(of.length, read)).toEqual(root);
      }),
    );
  });

  it('refuses an edge of another size', () => {
    expect(() => new TreeAppender(3, [EMPTY_ROOT], () => undefined)).toThrow('has 2 nodes, got 1');
  });
});

describe('proofs', () => {
  const of = someLeaves(130);
  const { read } = grow(of);

  it('verify, and nothing else does', async () => {
    const pair = fc
      .tuple(fc.nat(129), fc.nat(129))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const);
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(31), async ([index, size], byte) => {
        const proof = await inclusionProof(index, size, read);
        const claim = { leaf: of[index]!, index, size, proof, root: naiveRoot(of.slice(0, size)) };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, proof: [...proof, EMPTY_ROOT] })).toBe(false);
        expect(verifyInclusion({ ...claim, leaf: flipped(claim.leaf, byte) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: flipped(claim.root, byte) })).toBe(false);
        if (size > 1) {
          expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
          expect(verifyInclusion({ ...claim, index: index === 0 ? 1 : index - 1 })).toBe(false);
          const wrong = proof.map((hash, i) => (i === byte % proof.length ? flipped(hash, byte) : hash));
          expect(verifyInclusion({ ...claim, proof: wrong })).toBe(false);
        }
      }),
    );
  });

  it('of consistency verify, and nothing else does', async () => {
    const pair = fc
      .tuple(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 130 }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(31), async ([first, second], byte) => {
        const proof = await consistencyProof(first, second, read);
        const firstRoot = naiveRoot(of.slice(0, first));
        const claim = { first, second, firstRoot, secondRoot: naiveRoot(of.slice(0, second)), proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, firstRoot: flipped(firstRoot, byte) })).toBe(false);
        expect(verifyConsistency({ ...claim, secondRoot: flipped(claim.secondRoot, byte) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, EMPTY_ROOT] })).toBe(false);
        const wrong = proof.map((hash, i) => (i === byte % proof.length ? flipped(hash, byte) : hash));
        if (proof.length > 0) expect(verifyConsistency({ ...claim, proof: wrong })).toBe(false);
      }),
    );
  });

  it('are refused from size 0, and out of range', async () => {
    const nothing = { first: 0, firstRoot: EMPTY_ROOT, proof: [] };
    expect(verifyConsistency({ ...nothing, second: 0, secondRoot: EMPTY_ROOT })).toBe(false);
    expect(verifyConsistency({ ...nothing, second: 8, secondRoot: roots[8]! })).toBe(false);
    expect(() => consistencyProof(0, 0, read)).toThrow(RangeError);
    expect(() => consistencyProof(0, 8, read)).toThrow('first size 0');
    expect(() => consistencyProof(9, 8, read)).toThrow(RangeError);
    expect(() => inclusionProof(8, 8, read)).toThrow('index 8');
    await expect(inclusionProof(0, 8, () => Promise.resolve([]))).rejects.toThrow('read 0 nodes of 3');
  });
});

describe('tree arithmetic', () => {
  it('is exact for large sizes', () => {
    expect(floorLog2(2 ** 49 - 1)).toBe(48);
    expect(floorLog2(2 ** 49)).toBe(49);
    expect(splitPoint(2 ** 49)).toBe(2 ** 48);
    expect(splitPoint(2 ** 49 + 1)).toBe(2 ** 49);
    expect(TreeAppender.edgeOf(2 ** 49 - 1)).toHaveLength(49);
  });
});

function flipped(hash: Uint8Array, byte: number): Buffer {
  const copy = Buffer.from(hash);
  copy[byte]! ^= 1;
  return copy;
}
