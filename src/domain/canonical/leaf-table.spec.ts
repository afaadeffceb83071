import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeafTable } from './leaf-table.js';
import { splitRoot } from './split-root.js';

const leafOf = (text: string) => hash('sha256', text, 'buffer');

describe('LeafTable', () => {
  it('has the root of splitRoot over keyed rows, and the leaves in its order', () => {
    const keys = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 6 }), {
      selector: (key) => Buffer.from(key).toString('hex'),
      maxLength: 70,
    });
    fc.assert(
      fc.property(keys, (all) => {
        const rows = all.map((key, i) => ({ key, leaf: leafOf(`row ${i}`) }));
        const table = new LeafTable(true);
        for (const { key, leaf } of rows) table.add(leaf, key);
        const sorted = [...rows].sort((a, b) => Buffer.compare(a.key, b.key)).map(({ leaf }) => leaf);
        expect(table.close()).toEqual({ root: splitRoot(rows), leaves: Buffer.concat(sorted) });
      }),
    );
  });

  it('has the root of splitRoot over rows without keys, equal ones as often as they occur', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 70 }), (all) => {
        const unkeyed = all.map((each) => leafOf(String(each)));
        const table = new LeafTable(false);
        for (const leaf of unkeyed) table.add(leaf);
        expect(table.close().root).toBe(splitRoot({ unkeyed }));
      }),
    );
  });

  it('grows beyond its first buffers', () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => ({
      key: Buffer.from(`key ${i}`),
      leaf: leafOf(String(i)),
    }));
    const table = new LeafTable(true);
    for (const { key, leaf } of rows) table.add(leaf, key);
    expect(table.close().root).toBe(splitRoot(rows));
  });

  it('refuses a key that stands twice, and rows of two kinds', () => {
    const table = new LeafTable(true);
    for (const key of ['a', 'b', 'a']) table.add(leafOf(key), Buffer.from(key));
    expect(() => table.close()).toThrow(expect.objectContaining({ code: 'KEY_DUPLICATED' }));
    expect(() => table.add(leafOf('c'))).toThrow(TypeError);
  });
});
