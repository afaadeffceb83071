import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConsistent, openCheckpoint, readVerifierKey } from '../../cli/verify/index.js';
import { GrowingTree } from '../../cli/verify/tree.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { AuditBench } from '../integration/audit-support.js';
import { extent, SEED } from '../support/extent.js';

/** Checked by the verifier of the command line, which shares no code with the writer. */
describe('a log that grows at random', () => {
  const random = seededRandom(SEED);
  let bench: AuditBench;
  /** By size, as they were signed. */
  const signed = new Map<number, { note: string; publicKey: string }>();
  let hashes: Buffer[];

  beforeAll(async () => {
    bench = await AuditBench.open();
    const project = await bench.newProject();
    for (let size = 0; size < extent(40, 150);) {
      const more = 1 + Math.floor(random() ** 2 * 12);
      for (let i = 0; i < more; i++) await bench.record(project, `${size + i}`);
      size += more;
      for (;;) {
        await bench.sequencer.integrate();
        const checkpoint = await bench.in(project, () => bench.proofs.checkpoint()).catch(() => undefined);
        if (checkpoint) signed.set(checkpoint.size, checkpoint);
        if (checkpoint?.size === size) break;
      }
    }
    hashes = (await bench.exportLines(project))
      .map((line) => (JSON.parse(line) as { leafHash?: string }).leafHash)
      .filter((hash) => hash !== undefined)
      .map((hash) => Buffer.from(hash, 'hex'));
  });
  afterAll(() => bench?.close());

  const rootAt = (size: number): Buffer => {
    const tree = new GrowingTree();
    for (const hash of hashes.slice(0, size)) tree.add(hash);
    return tree.root();
  };

  it('keeps to every checkpoint that it ever signed', () => {
    expect(signed.size).toBeGreaterThan(5);
    for (const [size, { note, publicKey }] of signed) {
      const checkpoint = openCheckpoint(note, [readVerifierKey(publicKey)]);
      expect([checkpoint.size, checkpoint.root.toString('hex')]).toEqual([
        size,
        rootAt(size).toString('hex'),
      ]);
    }
  });

  it('proves between any two sizes that the later begins with the earlier, and nothing else', async () => {
    const project = await bench.newProject();
    const roots = Array.from({ length: hashes.length + 1 }, (_, size) => rootAt(size));
    let pairs = 0;
    let refused = 0;
    for (let to = 1; to <= hashes.length; to++) {
      for (let from = 1; from <= to; from++) {
        const { hashes: hex } = await bench.in(project, () => bench.proofs.consistency(from, to));
        const proof = hex.map((hash) => Buffer.from(hash, 'hex'));
        const [earlier, later] = [
          { size: from, root: roots[from]! },
          { size: to, root: roots[to]! },
        ];
        expect([from, to, isConsistent(earlier, later, proof)]).toEqual([from, to, true]);
        pairs++;
        const wrong = [
          isConsistent({ ...earlier, root: flipped(earlier.root) }, later, proof),
          isConsistent(earlier, { ...later, root: flipped(later.root) }, proof),
          isConsistent(earlier, later, [...proof, roots[to]!]),
          ...(proof.length > 0
            ? [isConsistent(earlier, later, proof.slice(1)), isConsistent(earlier, later, proof.slice(0, -1))]
            : []),
          ...proof.map((_, i) =>
            isConsistent(
              earlier,
              later,
              proof.map((hash, j) => (i === j ? flipped(hash) : hash)),
            ),
          ),
          ...(from < to ? [isConsistent(earlier, { size: to, root: earlier.root }, proof)] : []),
        ];
        expect(wrong.filter(Boolean)).toEqual([]);
        refused += wrong.length;
      }
    }
    console.log(`${pairs} pairs of sizes are consistent, ${refused} changed proofs refused (seed ${SEED})`);
  });

  function flipped(hash: Buffer): Buffer {
    const other = Buffer.from(hash);
    other[Math.floor(random() * other.length)]! ^= 1 << Math.floor(random() * 8);
    return other;
  }
});
