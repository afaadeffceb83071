import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue, LeafTable, RowEncoder, splitRoot } from '../../../domain/canonical/index.js';
import { mergeRows } from '../diff/merge-rows.js';
import { findRow, provePaths } from '../proof/find-row.js';
import { lookupOf } from '../provenance/subject-keys.js';
import { ChunkedSortedRows } from '../sorted-rows/chunked-sorted-rows.js';
import { RowSpool } from '../sorted-rows/row-spool.js';
import type { SortedRows } from '../sorted-rows/sorted-rows.js';
import { sortedIn } from '../sorted-rows/sorted-rows-fixture.js';
import { eraseRows, leaveOutRows, Subjects } from './erase-rows.js';

type Row = [id: number, who: string | null];

const COLUMNS = [
  { name: 'id', type: 'int64' },
  { name: 'who', type: 'text' },
] as const;
const KEY = Buffer.alloc(32, 7);

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-erase-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const order = (id: number) => encodeValue('int64', id);
const placesOf = (keyed: boolean) => ({ key: keyed ? 0 : null, subject: 1 });

async function written(rows: readonly Row[], keyed: boolean) {
  const at = join(folder, String((files += 1)));
  const encoder = new RowEncoder(COLUMNS);
  const table = new LeafTable(keyed);
  const spool = new RowSpool(`${at}-spool`);
  const leaves = rows.map((row) => {
    const each = { key: order(row[0]), leaf: encoder.leaf(row) };
    table.add(each.leaf, keyed ? each.key : undefined);
    spool.add(encoder.bytes.subarray(encoder.rowFrom, encoder.rowTo));
    return each;
  });
  const { root, sorted } = await sortedIn(at, { table, spool, key: keyed ? 0 : null, committed: false });
  spool.close();
  return { at, sorted: sorted as ChunkedSortedRows, root, leaves };
}

const subjectsOf = (...values: string[]) =>
  new Subjects(new Set(values.map((value) => lookupOf(KEY, value).toString('hex'))), KEY);

const keepIn = (at: string) => async (bytes: Buffer) => {
  const digest = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(at, digest), bytes);
  return { digest, size: bytes.length };
};

/** The split without the content of some rows, in a folder of its own, with all bytes of its files as they unpack. */
async function erased(sorted: SortedRows, nodes: Buffer, keyed: boolean, subjects: Subjects) {
  const at = await mkdtemp(join(folder, 'erased-'));
  const { index, erased: count } = await eraseRows(sorted, placesOf(keyed), subjects, keepIn(at));
  const opened = new ChunkedSortedRows({ sorted: index, nodes }, keyed ? 0 : null, (digest) =>
    Promise.resolve(join(at, digest)),
  );
  const bytes: Buffer[] = [];
  for (const name of await readdir(at)) {
    const file = await readFile(join(at, name));
    const end = file.length - 12;
    const json = file.toString('utf8', end - file.readUInt32BE(end), end);
    const { blocks } = JSON.parse(json) as {
      blocks: { at: number; bytes: number; low: string; high: string }[];
    };
    for (const { at: from, bytes: length, low, high } of blocks)
      bytes.push(
        inflateRawSync(file.subarray(from, from + length)),
        Buffer.from(low, 'base64'),
        Buffer.from(high, 'base64'),
      );
  }
  return { opened, count, bytes: Buffer.concat(bytes) };
}

const nodesOf = (sorted: ChunkedSortedRows) =>
  (sorted as unknown as { manifest: { nodes: Buffer } }).manifest.nodes;

describe('erasing rows', () => {
  // A range of keys, so that whole blocks are of nobody any more, and rows here and there.
  const who = (i: number) =>
    i >= 4_000 && i < 9_000 ? 'Range-Ann' : i % 97 === 0 ? 'Range-Ann' : `p${i % 50}`;
  const rows = Array.from({ length: 7_000 }, (_, i): Row => [10_000 + i, who(i)]);

  it.each([true, false])('keeps every leaf in its place and no content, with a key: %s', async (keyed) => {
    const { sorted, root, leaves } = await written(rows, keyed);
    const { opened, count, bytes } = await erased(sorted, nodesOf(sorted), keyed, subjectsOf('Range-Ann'));
    expect(count).toBe(rows.filter(([, name]) => name === 'Range-Ann').length);
    expect(bytes.includes('Range-Ann')).toBe(false);
    expect(bytes.includes('s2:p7')).toBe(true);
    const all = await opened.leaves(0, rows.length);
    expect(all.equals(await sorted.leaves(0, rows.length))).toBe(true);
    for (const i of [0, 1, 97, 1_999, 2_000, 2_001, 4_000, 4_999, 5_000, 6_999]) {
      const wanted = keyed ? order(rows[i]![0]) : leaves[i]!.leaf;
      const found = await findRow(opened, wanted);
      expect([i, found.included]).toEqual([i, rows[i]![1] !== 'Range-Ann']);
      const gone = found.erased.map((index) => ({ index, leaf: all.subarray(32 * index, 32 * (index + 1)) }));
      if (!found.included) expect(gone.some(({ leaf }) => leaf.equals(leaves[i]!.leaf))).toBe(true);
      expect(
        await provePaths(opened, [...found.rows, ...gone.slice(0, 5)], Buffer.from(root, 'hex')),
      ).toBeDefined();
    }
    await opened.close();
    await sorted.close();
  });

  it('of everybody leaves leaves alone', async () => {
    const { sorted } = await written(
      rows.slice(0, 700).map(([id]) => [id, 'x']),
      true,
    );
    const { opened } = await erased(sorted, nodesOf(sorted), true, subjectsOf('x'));
    expect(await findRow(opened, order(10_005))).toMatchObject({
      included: false,
      rows: [],
      erased: { length: 700 },
    });
    for await (const pair of mergeRows(opened, null, { skipEqual: true })) expect(pair).toBeUndefined();
    await Promise.all([opened, sorted].map((each) => each.close()));
  });

  it('leaves what a push without them would: root, chunks and nodes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.integer(), fc.constantFrom('a', 'b', 'c', null)), {
          minLength: 1,
          maxLength: 40,
          selector: ([id]) => id,
        }),
        fc.boolean(),
        async (some, keyed) => {
          const { sorted } = await written(some, keyed);
          const left = some.filter(([, name]) => name !== 'a');
          const pushed = await written(left, keyed);
          const at = await mkdtemp(join(folder, 'left-'));
          const subjects = subjectsOf('a', 'never');
          const made = await leaveOutRows(sorted, placesOf(keyed), subjects, join(at, 'spool'), keepIn(at));
          expect(made).toMatchObject({
            root: keyed
              ? splitRoot(pushed.leaves)
              : splitRoot({ unkeyed: pushed.leaves.map(({ leaf }) => leaf) }),
            index: pushed.sorted.index,
          });
          expect([...subjects.met]).toEqual(some.length > left.length ? ['a'] : []);
          // What is erased is on no side of a comparison, whatever is compared.
          const { opened, count } = await erased(sorted, nodesOf(sorted), keyed, subjects);
          expect(count).toBe(some.length - left.length);
          const differing = [];
          for await (const { before, after } of mergeRows(opened, pushed.sorted, { skipEqual: false }))
            if (before === null || after === null) differing.push(before ?? after);
          expect(differing).toEqual([]);
          await Promise.all([opened, sorted, pushed.sorted].map((each) => each.close()));
        },
      ),
      { numRuns: 40 },
    );
  });
});
