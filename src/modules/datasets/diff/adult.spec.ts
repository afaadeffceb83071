import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck, type DuckSession } from '../../../platform/duckdb/index.js';
import { FolderBlobStore } from '../../../platform/storage/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { roleColumns } from '../ingest/check-rows.js';
import { hashRows } from '../ingest/hash-rows.js';
import { columnAt } from '../ingest/rows-file.js';
import { ChunkedSortedRows } from '../sorted-rows/chunked-sorted-rows.js';
import { mergeRows } from './merge-rows.js';
import { RowComparer, sameColumns, shownColumns } from './row-change.js';

const DATA = join(import.meta.dirname, '../../../../../shared/data/adult');
const there = existsSync(DATA);
if (!there) process.stderr.write('skipped: ../shared/data/adult is not there\n');

let home: string;
let duck: Duck;
let blobs: FolderBlobStore;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-adult-'));
  const config = AssayConfig.fromEnvironment({ ASSAY_HOME: home });
  duck = new Duck(config);
  blobs = new FolderBlobStore(config);
});
afterAll(() => rm(home, { recursive: true, force: true }));

type Table = string[][];

/** Every field is text: the same for every order, and fast. */
async function hashed(db: DuckSession, name: string, [header, ...rows]: Table) {
  const columns = header!.map((column): DatasetColumn => ({
    name: column,
    type: 'text',
    role: column === 'id' ? 'key' : 'feature',
  }));
  const path = join(db.scratch, `${name}.tsv`);
  await writeFile(path, rows.map((row) => row.join('\t')).join('\n'));
  const names = header!.map((_, i) => `'${columnAt(i)}': 'VARCHAR'`).join(', ');
  const from = `read_csv('${path}', header = false, delim = '\t', quote = '', columns = {${names}})`;
  const file = { split: { name, sealed: false }, from };
  const { root, index, nodes } = await hashRows(
    db,
    blobs,
    file,
    columns,
    roleColumns(columns),
    Buffer.alloc(0),
  );
  const shown = shownColumns(
    { columns, key: 'id', label: null, protected: [], group: null, time: null },
    false,
  );
  const key = shown.findIndex((column) => column.name === 'id');
  const rowsInOrder = new ChunkedSortedRows({ sorted: index, nodes }, key, (digest) =>
    blobs.localPath(digest),
  );
  return { root, columns: shown, rows: rowsInOrder };
}

describe.skipIf(!there)('the 48,842 rows of Adult', () => {
  it('have one root however they are ordered, and a changed cell is named', async () => {
    const lines = ['adult-train.csv', 'adult-test.csv'].map((file) =>
      readFileSync(join(DATA, file), 'utf8')
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(',')),
    );
    const rows = lines.flat().map((row, i) => [`r${i}`, ...row]);
    const header = ['id', ...rows[0]!.slice(1).map((_, i) => `v${i}`)];
    expect(rows).toHaveLength(48_842);
    // Rows and columns the other way round.
    const permuted = [header, ...rows].map((row) => [...row].reverse());
    const turned = [permuted[0]!, ...permuted.slice(1).reverse()];
    const other = rows.map((row) => [...row]);
    const before = other[31_415]![3]!;
    other[31_415]![3] = 'changed';

    await duck.with(async (db) => {
      const a = await hashed(db, 'given', [header, ...rows]);
      const b = await hashed(db, 'turned', turned);
      const c = await hashed(db, 'other', [header, ...other]);
      expect(b.root).toBe(a.root);
      expect(c.root).not.toBe(a.root);
      expect(sameColumns(a.columns, c.columns)).toBe(true);
      const comparer = new RowComparer(a.columns, c.columns, true);
      const found = [];
      for await (const pair of mergeRows(a.rows, c.rows, { skipEqual: true })) {
        const change = comparer.compare(pair);
        if (change) found.push(change);
      }
      expect(found).toEqual([
        {
          change: 'changed',
          key: 'r31415',
          count: 1,
          cells: [{ column: header[3], before, after: 'changed' }],
        },
      ]);
      await Promise.all([a, b, c].map((each) => each.rows.close()));
    });
  });
});
