import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue, LeafTable, RowEncoder, rowLeaf } from '../../../domain/canonical/index.js';
import { mergeRows } from '../diff/merge-rows.js';
import { findRow, provePaths } from '../proof/find-row.js';
import { RowSpool } from './row-spool.js';
import { sortedIn } from './sorted-rows-fixture.js';
import { WholeSortedRows } from './whole-sorted-rows.js';

// Written by commit c248ce9: the rows with the one column `id`, 0 to 299, which is the key.
const FILE =
  'PZO7cSVBDMRk6C6eHZDzexkp/wSuVLcNi20BRQPfX19fP+PzfP+/4728t97b753vXe/d7z3vvX9+OXzGkzEyyKiMzpgZK2NnnIyQCZmQCZmQCZmQCZmQCZmQK+QKuUKukCvkCrlCrpAr5Aq5Q+6QO+QOuUPukDvkDrlD7pBnyDPkGfIMeYY8Q54hz5BnyDPkFfIKeYW8Ql4hr5BXyCvkFfIKeYe8Q94h75B3yDvkHfIOeYe8Qz4hn5BPyCfkE/IJ+YR8Qj4hn5BvyDfkG/IN+YZ8Q74h35BvyPf+/S2lPuN5XMOFq1ztmq7l2q7j0jF0DB1Dx9AxdAwdQ8fQMXQMHehABzrQgQ50oAMd6EBH6SgdpaN0lI7SUTpKR+koHa2jdbSO1tE6WkfraB2to3VMHVPH1DF1TB1Tx9QxdUwdU8fSsXQsHUvH0rF0LB1Lx9KxdGwdW8fWsXVsHVvH1rF1bB1bx9FxdBwdR8fRcXQcHUfH0XF0XB1Xx9VxdVwdV8fVcXVcHXaOnfPEwRMHTxw8cfDEwRMHTxw8cfDkD+wcO8fOsXPsHDvHzrFz7Bw7x86xc+wcO8fOsXPsHDvHzrFz7Bw7x86xc+wcO8fOsXPsHDvHzrFz7Bw7x86xc+wcO8fOsXPsHDvHzrFz7Bw7x86xc+wcO8fOsXPsHDvHzrFz7Bw7x86xc+wcO8fOsXPsHDvHzrFz7Bw7x86xc+wcO8fOsXPsHDvHzrFz7Bw7x86xc+wcO8fOsXPsnHv/AcjV1xeVMHoAm6E27+EL8sSSqZ1O3SwoM/x7e6+2GRwHeyJyb3dzIjozMDAsImtleWVkIjp0cnVlLCJjb21taXR0ZWQiOmZhbHNlLCJibG9ja3MiOlt7ImF0IjowLCJieXRlcyI6NTcxLCJmaXJzdCI6MCwicm93cyI6MzAwLCJsb3ciOiJhVEU2TUE9PSIsImhpZ2giOiJhVE02TWprNSIsImhhc2giOiIxZGRlN2ZiZmI0NjAyNWZjYTFmZTM3NzY1MzQ0Y2I4ZWIxODAzZTg3NjVjNzE0ZjM0MTQ2MzhmN2ZlMjY5YzM0In1dLCJub2Rlc0F0Ijo1NzF9AAAA20FTU0FZU1Ix';
const ROOT = 'e1facd9b7dfccd63169079afeed6edb137dc0c26505915d1d8a1fa7fc2c92518';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-whole-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The same rows as they are stored today, and more. */
async function chunked(ids: readonly number[]) {
  const encoder = new RowEncoder([{ name: 'id', type: 'int64' }]);
  const table = new LeafTable(true);
  const spool = new RowSpool(join(folder, `spool-${ids.length}`));
  for (const id of ids) {
    table.add(encoder.leaf([id]), encodeValue('int64', id));
    spool.add(encoder.bytes.subarray(encoder.rowFrom, encoder.rowTo));
  }
  const written = await sortedIn(folder, { table, spool, key: 0, committed: false });
  spool.close();
  return written;
}

describe('a file of all rows, of a version that is older than chunks', () => {
  const ids = Array.from({ length: 300 }, (_, i) => i);
  const order = (id: number) => encodeValue('int64', id);

  it('proves its rows, and differs from chunks in what differs', async () => {
    const { root, sorted: now } = await chunked(ids);
    expect(root).toBe(ROOT);
    const paths = { rows: join(folder, 'rows'), leaves: join(folder, 'leaves') };
    await writeFile(paths.rows, Buffer.from(FILE, 'base64'));
    const leaves = ids.map(order).sort(Buffer.compare).map(rowLeaf);
    await writeFile(paths.leaves, Buffer.concat(leaves));
    const old = await WholeSortedRows.open(paths, 'digest', 0);

    for (const id of [0, 7, 299]) {
      const { included, rows } = await findRow(old, order(id));
      expect(included).toBe(true);
      expect(await provePaths(old, rows, Buffer.from(ROOT, 'hex'))).toEqual(
        await provePaths(now, rows, Buffer.from(ROOT, 'hex')),
      );
    }
    expect((await findRow(old, order(300))).included).toBe(false);

    const { sorted: more } = await chunked([...ids, 300, 301]);
    const found: string[] = [];
    for await (const { before, after } of mergeRows(old, more, { skipEqual: true }))
      if (!before || !after) found.push(`${before?.toString()} ${after?.toString()}`);
    expect(found).toEqual(['undefined i3:300', 'undefined i3:301']);
    // Equal blocks are not read, whatever they are stored in.
    for await (const pair of mergeRows(old, now, { skipEqual: true })) expect(pair).toBeUndefined();
    await Promise.all([old.close(), now.close(), more.close()]);
  });
});
