import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeafTable, type LeafBlock } from './leaf-table.js';
import { splitRoot } from './split-root.js';

const leafOf = (text: string) => hash('sha256', text, 'buffer');

function closed(table: LeafTable): { root: string; leaves: Buffer } {
  const blocks: Buffer[] = [];
  const taken = table.close();
  for (;;) {
    const next = taken.next();
    if (next.done === true) return { root: next.value, leaves: Buffer.concat(blocks) };
    blocks.push(next.value.leaves);
  }
}

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
        expect(closed(table)).toEqual({ root: splitRoot(rows), leaves: Buffer.concat(sorted) });
      }),
    );
  });

  it('has the root of splitRoot over rows without keys, equal ones as often as they occur', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 70 }), (all) => {
        const unkeyed = all.map((each) => leafOf(String(each)));
        const table = new LeafTable(false);
        for (const leaf of unkeyed) table.add(leaf);
        expect(closed(table).root).toBe(splitRoot({ unkeyed }));
      }),
    );
  });

  it.each([true, false])('holds more rows than one page, in order or not (keys: %s)', (keyed) => {
    const rows = Array.from({ length: 70_000 }, (_, i) => ({
      key: Buffer.from(`key ${String(i).padStart(6, '0')}${'.'.repeat(i % 3)}`),
      leaf: leafOf(String(i)),
    }));
    const inOrder = keyed ? rows : [...rows].sort((a, b) => Buffer.compare(a.leaf, b.leaf));
    const expected = {
      root: keyed ? splitRoot(rows) : splitRoot({ unkeyed: rows.map(({ leaf }) => leaf) }),
      leaves: Buffer.concat(inOrder.map(({ leaf }) => leaf)),
    };
    for (const given of [inOrder, [...inOrder].reverse()]) {
      const table = new LeafTable(keyed);
      for (const { key, leaf } of given) table.add(leaf, keyed ? key : undefined);
      const found = closed(table);
      expect(found.root).toBe(expected.root);
      expect(found.leaves.equals(expected.leaves)).toBe(true);
    }
  });

  it('says which row each leaf is of, and hands over the nodes of the tree', () => {
    const table = new LeafTable(true);
    const keys = ['c', 'a', 'd', 'b'];
    for (const key of keys) table.add(leafOf(key), Buffer.from(key));
    const nodes: string[] = [];
    const { value } = table.close(({ level, index }) => nodes.push(`${level}/${index}`)).next();
    expect([...(value as LeafBlock).rows].map((row) => keys[row])).toEqual(['a', 'b', 'c', 'd']);
    expect(nodes).toEqual(['0/0', '0/1', '1/0', '0/2', '0/3', '1/1', '2/0']);
  });

  it('refuses a key that stands twice, and rows of two kinds', () => {
    const table = new LeafTable(true);
    for (const key of ['a', 'b', 'a']) table.add(leafOf(key), Buffer.from(key));
    expect(() => closed(table)).toThrow(expect.objectContaining({ code: 'KEY_DUPLICATED' }));
    expect(() => table.add(leafOf('c'))).toThrow(TypeError);
  });
});
