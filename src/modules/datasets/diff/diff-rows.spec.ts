import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue, LeafTable, RowEncoder, splitRoot } from '../../../domain/canonical/index.js';
import { RowSpool } from '../sorted-rows/row-spool.js';
import type { SortedRows } from '../sorted-rows/sorted-rows.js';
import { sortedIn } from '../sorted-rows/sorted-rows-fixture.js';
import { mergeRows, type Places } from './merge-rows.js';
import { type RowChange, RowComparer } from './row-change.js';

type Row = [id: number, value: string | null];
const COLUMNS = [
  { name: 'id', type: 'int64', role: 'key' },
  { name: 'v', type: 'text', role: 'feature' },
] as const;

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-diff-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(rows: readonly Row[], keyed = true): Promise<SortedRows> {
  const at = join(folder, String((files += 1)));
  const encoder = new RowEncoder(COLUMNS);
  const table = new LeafTable(keyed);
  const spool = new RowSpool(`${at}-spool`);
  const leaves = rows.map(([id, value]) => {
    const key = encodeValue('int64', id);
    const leaf = encoder.leaf([id, value]);
    table.add(leaf, keyed ? key : undefined);
    spool.add(encoder.bytes.subarray(encoder.rowFrom, encoder.rowTo));
    return { key, leaf };
  });
  const key = keyed ? 0 : null;
  const { root, sorted } = await sortedIn(folder, { table, spool, key, committed: false });
  spool.close();
  expect(root).toBe(splitRoot(keyed ? leaves : { unkeyed: leaves.map(({ leaf }) => leaf) }));
  expect((await sorted.leaves(0, rows.length)).length).toBe(32 * rows.length);
  return sorted;
}

async function changes(
  before: SortedRows,
  after: SortedRows,
  options: { skipEqual?: boolean; from?: Places } = {},
): Promise<(RowChange & { next: Places })[]> {
  const comparer = new RowComparer(COLUMNS, COLUMNS, before.index.keyed);
  const found: (RowChange & { next: Places })[] = [];
  for await (const pair of mergeRows(before, after, { skipEqual: true, ...options })) {
    const change = comparer.compare(pair);
    if (change) found.push({ ...change, next: pair.next });
  }
  return found;
}

/** The same by a map, in no order. */
function expected(before: readonly Row[], after: readonly Row[]): object[] {
  const [old, now] = [new Map(before), new Map(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const [a, b] = [old.get(id), now.get(id)];
    const key = String(id);
    if (a === undefined)
      return [{ change: 'added', key, cells: [cell('id', null, key), cell('v', null, b ?? null)] }];
    if (b === undefined)
      return [{ change: 'removed', key, cells: [cell('id', key, null), cell('v', a, null)] }];
    return a === b ? [] : [{ change: 'changed', key, cells: [cell('v', a, b)] }];
  });
}
const cell = (column: string, before: string | null, after: string | null) => ({ column, before, after });
const bare = ({ change, key, cells }: RowChange) => ({ change, key, cells });
const byKey = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

describe('the rows that differ', () => {
  it('are what a comparison by key finds, whatever the blocks and wherever a page begins', async () => {
    const value = fc.option(fc.constantFrom('', 'a', 'b'));
    const table = fc.uniqueArray(fc.tuple(fc.integer({ min: -20, max: 40 }), value), {
      selector: ([id]) => id,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(table, table, fc.nat(10), async (before, after, page) => {
        const [a, b] = [await written(before), await written(after)];
        const all = await changes(a, b);
        expect(all.map(bare).sort(byKey)).toEqual(expected(before, after).sort(byKey));
        const from = all[page]?.next;
        if (from) expect(await changes(a, b, { from })).toEqual(all.slice(page + 1));
        await Promise.all([a.close(), b.close()]);
      }),
      { numRuns: 60 },
    );
  });

  it('without keys are what one side has more often', async () => {
    const a = await written([[1, 'x'], [1, 'x'], [2, 'y'], [3, 'z']], false); // prettier-ignore
    const b = await written([[1, 'x'], [3, 'z'], [4, 'w'], [4, 'w'], [4, 'w']], false); // prettier-ignore
    const found = await changes(a, b);
    expect(
      found
        .map(({ change, count, cells }) => [change, count, cells.map(({ before, after }) => before ?? after)])
        .sort(),
    ).toEqual([
      ['added', 3, ['4', 'w']],
      ['removed', 1, ['1', 'x']],
      ['removed', 1, ['2', 'y']],
    ]);
    await Promise.all([a.close(), b.close()]);
  });

  it('cost the blocks that differ: one changed cell of 30,000 rows, one row put in, one taken out', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i): Row => [i, `value ${i}`]);
    const after = rows.map((row): Row => [...row]);
    after[12_345]![1] = 'other';
    after.splice(20_000, 1);
    after.push([90_000, 'new']);
    const [a, b] = [await written(rows), await written([...after].reverse())];
    expect(a.index.chunks.length).toBeGreaterThan(4);
    const shared = new Set(a.index.chunks.map(({ digest }) => digest));
    const fresh = b.index.chunks.filter(({ digest }) => !shared.has(digest));
    expect(fresh.length).toBeLessThan(5);
    const read: number[] = [];
    for (const file of [a, b]) {
      const rowsOf = file.rowsOf.bind(file);
      file.rowsOf = (block) => (read.push(block.rows), rowsOf(block));
    }
    const found = await changes(a, b);
    expect(found.map(({ change, key }) => [change, key])).toEqual([
      ['changed', '12345'],
      ['removed', '20000'],
      ['added', '90000'],
    ]);
    expect(found[0]!.cells).toEqual([cell('v', 'value 12345', 'other')]);
    expect(read.reduce((sum, each) => sum + each, 0)).toBeLessThan(30_000 / 4);
    expect((await changes(a, b, { skipEqual: false })).map(bare)).toEqual(found.map(bare));
    await Promise.all([a.close(), b.close()]);
  });
});

describe('a comparison of rows', () => {
  const [id, v] = COLUMNS;
  const row = (type: 'int64' | 'double' | 'text', value: never) =>
    new RowEncoder([{ name: 'v', type }]).row([value]);
  const pair = { order: Buffer.from('i1:1'), count: 1, next: [0, 0] as Places };

  it('takes columns by name, and a value of another type as the same where its text is', () => {
    const comparer = new RowComparer([{ ...v, type: 'int64' }], [v], true);
    const compare = (before: Buffer, after: Buffer) => comparer.compare({ ...pair, before, after });
    expect(compare(row('int64', 7 as never), row('text', '7' as never))).toBeNull();
    expect(compare(row('int64', 7 as never), row('text', '07' as never))?.cells).toEqual([
      cell('v', '7', '07'),
    ]);
    expect(compare(row('int64', null as never), row('text', '' as never))?.cells).toEqual([
      cell('v', null, ''),
    ]);
  });

  it('says nothing of a column that one side does not show, nor of a commitment', () => {
    const comparer = new RowComparer([id], COLUMNS, true);
    const before = Buffer.from(`i1:1h64:${'0'.repeat(64)}`);
    expect(comparer.compare({ ...pair, before, after: Buffer.from('i1:1s1:a') })).toBeNull();
    expect(comparer.compare({ ...pair, before, after: null })?.cells).toEqual([cell('id', '1', null)]);
  });
});
