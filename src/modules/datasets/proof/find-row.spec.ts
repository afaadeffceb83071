import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue, LeafTable, RowEncoder, rowLeaf, splitRoot } from '../../../domain/canonical/index.js';
import { verifyInclusion } from '../../../domain/merkle/index.js';
import { RowSpool } from '../sorted-rows/row-spool.js';
import { sortedIn } from '../sorted-rows/sorted-rows-fixture.js';
import { findRow, provePaths } from './find-row.js';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-proof-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const order = (id: number) => encodeValue('int64', id);

/** Rows 0, 2, 4, ... */
async function written(count: number) {
  const at = join(folder, String((files += 1)));
  const encoder = new RowEncoder([{ name: 'id', type: 'int64' }]);
  const table = new LeafTable(true);
  const spool = new RowSpool(`${at}-spool`);
  const all = Array.from({ length: count }, (_, i) => {
    const each = { key: order(2 * i), leaf: encoder.leaf([2 * i]) };
    table.add(each.leaf, each.key);
    spool.add(encoder.bytes.subarray(encoder.rowFrom, encoder.rowTo));
    return each;
  });
  const { sorted } = await sortedIn(folder, { table, spool, key: 0, committed: false });
  spool.close();
  return { opened: sorted, root: Buffer.from(splitRoot(all), 'hex') };
}

describe('a proof of a row', () => {
  it.each([1, 2, 3, 255, 256, 257, 512, 513, 5_000])('leads to the root, of %i rows', async (count) => {
    const { opened, root } = await written(count);
    const tried = [0, 1, 127, 128, 254, 255, 256, 257, 511, 512, 4_095, 4_096, count - 1];
    for (const i of tried.filter((each) => each < count)) {
      const found = await findRow(opened, order(2 * i));
      expect(found).toMatchObject({ included: true, rows: [{ row: order(2 * i) }] });
      const { index, row } = found.rows[0]!;
      const [proof] = (await provePaths(opened, found.rows, root))!;
      expect(verifyInclusion({ leaf: rowLeaf(row), index, size: count, proof: proof!, root })).toBe(true);
      expect(await provePaths(opened, found.rows, Buffer.alloc(32))).toBeUndefined();
    }
    await opened.close();
  });

  it('shows the neighbours of a row that is not there, one at an edge, across blocks too', async () => {
    const count = 12_000;
    const { opened } = await written(count);
    const ordered = Array.from({ length: count }, (_, i) => order(2 * i)).sort(Buffer.compare);
    const blocks = await Promise.all(opened.index.chunks.map((chunk) => opened.blocksOf(chunk)));
    const edges = blocks
      .flat()
      .map(({ high }) => Number(Buffer.from(high, 'base64').toString().split(':')[1]));
    expect(opened.index.chunks.length).toBeGreaterThan(1);
    expect(edges.length).toBeGreaterThan(2);
    for (const id of [-1, 1, 3, 777, 4_999, 99_999, ...edges.map((edge) => edge + 1)]) {
      const wanted = order(id);
      const { included, rows } = await findRow(opened, wanted);
      expect(included).toBe(false);
      const behind = ordered.findIndex((each) => Buffer.compare(each, wanted) > 0);
      const places = behind < 0 ? [count - 1] : behind === 0 ? [0] : [behind - 1, behind];
      expect(rows).toMatchObject(places.map((index) => ({ index, row: ordered[index] })));
    }
    await opened.close();
  });
});
