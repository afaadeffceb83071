import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeRow,
  encodeValue,
  rowLeaf,
  sealedRowLeaf,
  sealLabel,
  splitRoot,
} from '../../../domain/canonical/index.js';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck, literal, rowsOfParts } from '../../../platform/duckdb/index.js';
import { FolderBlobStore, SealedFiles, type UploadView } from '../../../platform/storage/index.js';
import { planPush, type PushRequest } from '../push-plan.js';
import { ChunkedSortedRows } from '../sorted-rows/chunked-sorted-rows.js';
import { readManifest } from '../split-manifests.js';
import { openParts } from '../split-parts.js';
import { ingestDataset, type IngestedDataset, type IngestedSplit } from './ingest-dataset.js';

const projectKey = Buffer.alloc(32, 7);
let home: string;
let blobs: FolderBlobStore;
let duck: Duck;
let sealedFiles: SealedFiles;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-ingest-'));
  const config = AssayConfig.fromEnvironment({ ASSAY_HOME: home });
  blobs = new FolderBlobStore(config);
  duck = new Duck(config);
  sealedFiles = new SealedFiles(blobs, () => Buffer.alloc(32, 9));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function upload(content: string | Buffer): Promise<UploadView> {
  const staged = await blobs.stage(Readable.from([Buffer.from(content as string)]), { maxBytes: 1e9 });
  await staged.commit();
  const { digest, size } = staged;
  return {
    id: digest,
    digest,
    size,
    filename: 'data.csv',
    createdAt: new Date(),
    expiresAt: new Date(),
    usedUpFor: null,
  };
}

type Files = Record<string, string | Buffer>;
const ROLES: Record<string, string> = { train: 'train', holdout: 'holdout', validation: 'validation' };

async function ingest(files: Files, request: Partial<PushRequest> = {}): Promise<IngestedDataset> {
  const names = Object.keys(files);
  const uploads = await Promise.all(names.map((name) => upload(files[name]!)));
  const splits = names.map((name, i) => ({ name, role: ROLES[name] ?? 'train', uploadId: uploads[i]!.id }));
  const plan = { ...planPush('test', { splits, ...request }), parentId: null };
  return duck.with((db) =>
    ingestDataset(
      db,
      { blobs, sealedFiles },
      { plan, uploads, projectKey, maxBytes: 1e9, subjectTerms: null, progress: async () => undefined },
    ),
  );
}

async function refusal(files: Files, request: Partial<PushRequest> = {}) {
  const error: unknown = await ingest(files, request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error as { code: string; message: string; details: Record<string, unknown> };
}

const rowsOf = (digest: string, columns = '*') =>
  duck.with(async (db) => {
    const path = await sealedFiles.openedIn(db.scratch, digest);
    return db.rows(`SELECT ${columns} FROM read_parquet(${literal(path)})`);
  });

/** What is shown of a split: the rows of its chunks, in their order. */
async function shown({ manifest }: IngestedSplit, columns = '*') {
  const parts = (await readManifest(blobs, manifest.digest)).public;
  const from = rowsOfParts(await openParts(blobs, parts));
  return duck.with((db) => db.rows(`SELECT ${columns} FROM ${from}`));
}

const types = (ingested: IngestedDataset) =>
  Object.fromEntries(ingested.schema.columns.map(({ name, type }) => [name, type]));

describe('reading CSV', () => {
  it('tells an empty field from an empty text, and keeps quotes, commas and line breaks in fields', async () => {
    const { splits } = await ingest(
      { train: 'id,a,b\r\n1,,""\r\n2,"x ""y"", z","two\r\nlines"\r\n' },
      { key: 'id' },
    );
    expect(await shown(splits[0]!)).toEqual([
      { id: 1n, a: null, b: '' },
      { id: 2n, a: 'x "y", z', b: 'two\r\nlines' },
    ]);
  });

  it('reads a byte order mark, quoted headers, and columns in another order per split', async () => {
    const ingested = await ingest(
      { train: '\ufeff"id","a ""b""",c\n1,x,y\n', holdout: 'c,id,"a ""b"""\nq,5,p\n' },
      { key: 'id', label: 'c' },
    );
    expect(ingested.schema.columns.map(({ name }) => name)).toEqual(['id', 'a "b"', 'c']);
    expect(await shown(ingested.splits[1]!)).toEqual([{ id: 5n, 'a "b"': 'p' }]);
    expect(await rowsOf(ingested.splits[1]!.labelParquet!.digest)).toEqual([{ key: 5n, label: 'q' }]);
  });

  it('is right about quoted line breaks in a large file', async () => {
    const count = 120_000;
    const lines = Array.from({ length: count }, (_, i) => `${i},"${'z'.repeat(i % 97)}\n,,""${i}\n,"`);
    const { splits } = await ingest({ train: `id,t\n${lines.join('\n')}` }, { key: 'id' });
    expect(splits[0]!.rows).toBe(count);
    const [found] = await shown(
      splits[0]!,
      `count(*) FILTER (t = repeat('z', (id % 97)::BIGINT) || chr(10) || ',,"' || id || chr(10) || ',') AS n`,
    );
    expect(found).toEqual({ n: BigInt(count) });
  });

  it.each<[string, Files, Partial<PushRequest>]>([
    ['CSV_RAGGED', { train: 'id,a\n1,2\n3\n' }, {}],
    ['CSV_RAGGED', { train: 'id,a\n1,2,3\n' }, {}],
    ['CSV_ENCODING', { train: Buffer.from('id,a\n1,caf\xe9\n', 'latin1') }, {}],
    ['CSV_ENCODING', { train: 'id,a\n1,a\0b\n' }, {}],
    ['CSV_ENCODING', { train: Buffer.from('\ufeffid,a\n1,2\n', 'utf16le') }, {}],
    ['CSV_QUOTES', { train: 'id,a\n1,"2\n3,4\n' }, {}],
    ['CSV_QUOTES', { train: 'id,a\n1,"2"x\n' }, {}],
    ['CSV_MALFORMED', { train: 'id,a\n1,2\r\n3,4\n5,6\r\n' }, {}],
    ['CSV_LINE_TOO_LONG', { train: `id,a\n1,${'x'.repeat(2_500_000)}\n` }, {}],
    ['CSV_EMPTY', { train: '' }, {}],
    ['SPLIT_EMPTY', { train: 'id,a\n' }, {}],
    ['CSV_HEADER_DUPLICATED', { train: 'id,id\n1,2\n' }, {}],
    ['DATASET_SCHEMA_MISMATCH', { train: 'id,a\n1,2\n', validation: 'id,b\n1,2\n' }, {}],
    ['DATASET_COLUMN_UNKNOWN', { train: 'id,a\n1,2\n' }, { key: 'ID' }],
    ['DATASET_COLUMN_UNKNOWN', { train: 'id,a\n1,2\n' }, { protected: ['race'] }],
    ['DATASET_COLUMN_UNKNOWN', { train: 'id,a\n1,2\n' }, { declaredTypes: { b: 'text' } }],
    ['KEY_NULL', { train: 'id,a\n1,2\n,3\n' }, { key: 'id' }],
    ['KEY_DUPLICATED', { train: 'id,a\n1,2\n1,3\n' }, { key: 'id' }],
    ['KEY_DUPLICATED', { train: 'id,a\n0,2\n-0,3\n' }, { key: 'id' }],
    ['KEY_TYPE', { train: 'id,a\n1.5,2\n2.5,3\n' }, { key: 'id' }],
    ['LABEL_NULL', { holdout: 'id,y\n1,2\n2,\n' }, { key: 'id', label: 'y' }],
    ['LABEL_NULL', { validation: 'id,y\n1,2\n2,\n' }, { key: 'id', label: 'y' }],
  ])('refuses with %s', async (code, files, request) => {
    expect(await refusal(files, request)).toMatchObject({ kind: 'invalid', code });
  });

  it('names the line, the row, the count and the first keys', async () => {
    expect((await refusal({ train: 'id,a\n1,2\n3,4,5\n' })).message).toBe(
      'split train, line 3: found 3 fields, expected 2 as in the header',
    );
    const keys = 'id,a\nb,1\na,2\nb,3\nb,4\na,5\nc,6\n';
    expect(await refusal({ train: keys }, { key: 'id' })).toMatchObject({
      message:
        'split train: 2 keys of "id" stand in more than one row (3 rows too many): "b" in rows 1, 3, 4; "a" in rows 2, 5',
      details: { count: 2 },
    });
    expect((await refusal({ train: 'id,a\n,1\n2,2\n,3\n' }, { key: 'id' })).message).toContain(
      'empty in 2 rows; the first are rows 1, 3',
    );
  });

  it('takes missing labels in train', async () => {
    await expect(ingest({ train: 'id,y\n1,2\n2,\n' }, { key: 'id', label: 'y' })).resolves.toBeDefined();
  });

  it('takes 1,000 columns', async () => {
    const header = Array.from({ length: 1_000 }, (_, i) => `column ${i}`).join(',');
    const row = (n: number) => Array.from({ length: 1_000 }, (_, i) => i * n + 0.5).join(',');
    const { splits } = await ingest({
      train: [header, ...Array.from({ length: 300 }, (_, i) => row(i))].join('\n'),
    });
    expect(splits[0]!.rows).toBe(300);
  }, 120_000);
});

describe('typing columns', () => {
  it('sees one 1.5 at the end of a long integer column, and keeps it exactly', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},${i === 29_990 ? '1.5' : i % 10}`);
    const ingested = await ingest({ train: `id,x\n${rows.join('\n')}` }, { key: 'id' });
    expect(types(ingested)).toEqual({ id: 'int64', x: 'double' });
    const [row] = await shown(ingested.splits[0]!, 'any_value(x) FILTER (id = 29990) AS x');
    expect(row).toEqual({ x: 1.5 });
  });

  it('types over all splits together', async () => {
    const ingested = await ingest({ train: 'a,b,c\n1,true,2024-01-01\n', validation: 'a,b,c\n1.5,x,\n' });
    expect(types(ingested)).toEqual({ a: 'double', b: 'text', c: 'date' });
  });

  it('keeps leading zeros, large identifiers and mixed dates as text', async () => {
    const ingested = await ingest({
      train: 'zip,big,d,n\n01234,123456789012345678901,2024-02-30,\n1,1,2024-01-01,\n',
    });
    expect(types(ingested)).toEqual({ zip: 'text', big: 'text', d: 'text', n: 'text' });
  });

  it('checks declared types, naming row, column and value', async () => {
    const declared = await ingest({ train: 'a\n1\n' }, { declaredTypes: { a: 'text' } });
    expect(types(declared)).toEqual({ a: 'text' });
    const error = await refusal({ train: 'a,b\n1,2\nx,3\ny,4\n' }, { declaredTypes: { a: 'int64' } });
    expect(error).toMatchObject({
      code: 'DATASET_TYPE_MISMATCH',
      details: { row: 2, column: 'a', count: 2 },
    });
    expect(error.message).toContain('found "x", the first of 2 such values');
  });
});

describe('sealed splits', () => {
  const secret = 'SECRETLABEL';

  it('say nothing of a label in any error', async () => {
    const request = { key: 'id', label: 'y' };
    const cases: [string, string | Buffer, Partial<PushRequest>][] = [
      ['DATASET_TYPE_MISMATCH', `id,y\n1,1\n2,${secret}\n`, { declaredTypes: { y: 'int64' } }],
      ['CSV_RAGGED', `id,y\n1,1\n2,${secret},3\n`, {}],
      ['CSV_QUOTES', `id,y\n1,1\n2,"${secret}\n`, {}],
      ['CSV_ENCODING', Buffer.from(`id,y\n1,1\n2,${secret}\xe9\n`, 'latin1'), {}],
      ['KEY_DUPLICATED', `id,y\n1,${secret}\n1,${secret}\n`, {}],
      ['LABEL_NULL', `id,y\n1,${secret}\n2,\n`, {}],
    ];
    for (const [code, holdout, more] of cases) {
      const error = await refusal({ holdout }, { ...request, ...more });
      expect(error.code).toBe(code);
      expect(
        JSON.stringify([error.message, error.details, (error as { stack?: string }).stack]),
      ).not.toContain(secret);
    }
  });

  it('keep labels in a file of their own and commit to them under the project key', async () => {
    const { splits, schema, contentId } = await ingest(
      { holdout: 'id,x,y\n2,0.5,1\n1,1.5,0\n' },
      { key: 'id', label: 'y' },
    );
    const [split] = splits;
    expect(await shown(split!)).toEqual([
      { id: 1n, x: 1.5 },
      { id: 2n, x: 0.5 },
    ]);
    expect(await rowsOf(split!.labelParquet!.digest)).toEqual([
      { key: 1n, label: 0n },
      { key: 2n, label: 1n },
    ]);
    const open = [schema.columns[0]!, schema.columns[1]!];
    const leaf = (id: number, x: number, y: number) => ({
      key: encodeValue('int64', id),
      leaf: sealedRowLeaf(
        encodeRow(open, [id, x]),
        sealLabel(projectKey, encodeValue('int64', id), encodeValue('int64', y)),
      ),
    });
    expect(split!.root).toBe(splitRoot([leaf(2, 0.5, 1), leaf(1, 1.5, 0)]));
    const again = await ingest({ holdout: 'y,x,id\n0,1.50,1\n1,.5,2' }, { key: 'id', label: 'y' });
    expect(again.contentId).toBe(contentId);
    expect(JSON.stringify(split!.fileId)).not.toContain(split!.upload.digest);
  });

  it('keep labels from whoever has the disk and not the key, and their classes from open answers', async () => {
    const csv = (start: number, label: (i: number) => string) =>
      `id,x,y\n${Array.from({ length: 300 }, (_, i) => `${start + i},${i},${label(i)}\n`).join('')}`;
    const files = {
      train: csv(0, (i) => (i % 2 ? 'open-a' : 'open-b')),
      holdout: csv(1_000, (i) => (i % 2 ? 'open-a' : secret)),
    };
    const { splits, labelClasses } = await ingest(files, { key: 'id', label: 'y' });
    const [open, sealed] = splits.map(({ labelParquet }) => labelParquet?.digest);
    const stored = async (digest: string) => readFile(await blobs.localPath(digest));
    // Of an open split the labels stand in the public columns.
    expect(open).toBeUndefined();
    expect(Object.keys((await shown(splits[0]!))[0]!)).toContain('y');
    expect((await stored(sealed!)).subarray(0, 7).toString('latin1')).toBe('ASSAYSL');
    expect((await stored(sealed!)).includes('PAR1')).toBe(false);
    const another = new SealedFiles(blobs, () => Buffer.alloc(32, 10));
    await expect(duck.with((db) => another.openedIn(db.scratch, sealed!))).rejects.toMatchObject({
      code: 'SEALED_FILE_DAMAGED',
    });
    expect(labelClasses).toEqual({ all: ['SECRETLABEL', 'open-a', 'open-b'], open: ['open-a', 'open-b'] });
  });
});

describe('hashing', () => {
  it('covers the rows in key order, whatever their order in the file', async () => {
    const a = await ingest({ train: 'id,x\n10,a\n9,\n1,""\n' }, { key: 'id' });
    const b = await ingest({ train: 'id,x\n1,""\n10,a\n9,\n' }, { key: 'id' });
    const columns = a.schema.columns;
    const row = (id: number, x: string | null) => ({
      key: encodeValue('int64', id),
      leaf: rowLeaf(encodeRow(columns, [id, x])),
    });
    expect(a.splits[0]!.root).toBe(splitRoot([row(1, ''), row(9, null), row(10, 'a')]));
    expect(b.contentId).toBe(a.contentId);
    const manifest = await readManifest(blobs, a.splits[0]!.manifest.digest);
    const sorted = new ChunkedSortedRows(manifest, 0, (digest) => blobs.localPath(digest));
    const leaves = await sorted.leaves(0, 3);
    await sorted.close();
    expect(leaves.length).toBe(96);
    const encodedOrder = [row(1, ''), row(9, null), row(10, 'a')].sort((p, q) =>
      Buffer.compare(p.key, q.key),
    );
    expect(leaves.equals(Buffer.concat(encodedOrder.map(({ leaf }) => leaf)))).toBe(true);
  });

  it('stores the rows that two versions have once, whatever is put in between, and whoever pushes them in whichever order', async () => {
    const row = (i: number, x = i % 97) => `${i},${x},${i % 7 === 0 ? 'yes' : 'no'},t${(i * i) % 1009}`;
    const rows = Array.from({ length: 24_000 }, (_, i) => row(100_000 + 2 * i));
    // 1 % changed, and 1 % put in, each in one place.
    const changed = rows.map((each, i) => (i >= 9_000 && i < 9_240 ? row(100_000 + 2 * i, 99) : each));
    changed.push(...Array.from({ length: 240 }, (_, i) => row(130_001 + 2 * i)));
    const ingested = async (lines: string[]) => {
      const { splits } = await ingest({ train: `id,x,y,t\n${lines.join('\n')}` }, { key: 'id', label: 'y' });
      return splits[0]!;
    };
    const [a, b, c] = [await ingested(rows), await ingested([...rows].reverse()), await ingested(changed)];
    expect(b.manifest).toEqual(a.manifest);
    const size = (chunks: IngestedSplit['chunks']) => chunks.reduce((sum, { size: each }) => sum + each, 0);
    const known = new Set(a.chunks.map(({ digest }) => digest));
    const fresh = c.chunks.filter(({ digest }) => !known.has(digest));
    expect(a.chunks.length).toBeGreaterThan(8);
    // Two places in a split of some ten chunks: four chunks of columns and four of rows at most.
    expect(fresh.length).toBeLessThanOrEqual(8);
    expect(size(fresh) / size(c.chunks)).toBeLessThan(0.8);
    expect(await shown(c, 'count(*)::DOUBLE AS n, count(*) FILTER (x = 99)::DOUBLE AS changed')).toEqual([
      { n: 24_240, changed: 240 },
    ]);
    const ids = await shown(c, 'id');
    expect(ids.every(({ id }, i) => i === 0 || (ids[i - 1]!.id as bigint) < (id as bigint))).toBe(true);
  });

  it('counts equal rows without a key as often as they occur', async () => {
    const once = await ingest({ train: 'x\na\nb\n' });
    const twice = await ingest({ train: 'x\nb\na\na\n' });
    expect(twice.contentId).not.toBe(once.contentId);
    const leaf = (x: string) => rowLeaf(encodeRow(once.schema.columns, [x]));
    expect(twice.splits[0]!.root).toBe(splitRoot({ unkeyed: [leaf('a'), leaf('a'), leaf('b')] }));
  });
});

describe('repeated rows', () => {
  const pair = ({ repeats }: IngestedDataset, inSplit: string, foundIn: string) =>
    repeats.find((repeat) => repeat.inSplit === inSplit && repeat.foundIn === foundIn)!;
  const train = 'id,x,n,y\n1,a,1.0,0\n2,a,1,0\n3,a,1,1\n4,,2,0\n';
  const other = 'id,x,n,y\n9,a,1.00,0\n8,"",2,0\n7,,2,1\n';

  it('compare values, not texts, on all columns but the key', async () => {
    const ingested = await ingest(
      { train, validation: other },
      { key: 'id', label: 'y', declaredTypes: { n: 'double' } },
    );
    expect(pair(ingested, 'train', 'train')).toMatchObject({
      rows: 1,
      ignoringLabel: 2,
      withLabel: 1,
      total: 4,
      comparedOn: 'featuresAndLabel',
    });
    expect(pair(ingested, 'validation', 'train')).toMatchObject({
      rows: 1,
      ignoringLabel: 2,
      withLabel: 1,
      total: 3,
    });
    expect(pair(ingested, 'train', 'validation')).toMatchObject({
      rows: 2,
      ignoringLabel: 4,
      withLabel: 2,
      total: 4,
    });
    const { findings } = pair(ingested, 'validation', 'train');
    expect(await readFile(await blobs.localPath(findings!.digest), 'utf8')).toBe(
      '{"row":1,"key":"9","otherRow":1,"otherKey":"1"}\n',
    );
  });

  it('leave the label out where a split is sealed', async () => {
    const ingested = await ingest(
      { train, holdout: other },
      { key: 'id', label: 'y', declaredTypes: { n: 'double' } },
    );
    expect(pair(ingested, 'holdout', 'train')).toMatchObject({
      rows: 2,
      ignoringLabel: 2,
      withLabel: 1,
      comparedOn: 'features',
    });
    const lines = await readFile(
      await blobs.localPath(pair(ingested, 'holdout', 'train').findings!.digest),
      'utf8',
    );
    expect(lines.trim().split('\n')).toHaveLength(2);
  });

  it('are none of anybody’s business when there is nothing but key and label', async () => {
    expect((await ingest({ holdout: 'id,y\n1,0\n2,0\n' }, { key: 'id', label: 'y' })).repeats).toEqual([]);
  });
});

const ADULT = join(import.meta.dirname, '../../../../../shared/data/adult');
const hasAdult = existsSync(ADULT);
if (!hasAdult) console.error(`SKIPPED: the Adult acceptance test needs ${ADULT}`);

describe.skipIf(!hasAdult)('Adult (UCI)', () => {
  const columns =
    'age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,capital_gain,capital_loss,hours_per_week,native_country,income';
  const file = (name: string) => {
    const lines = readFileSync(join(ADULT, name), 'utf8').trim().split('\n');
    return `id,${columns}\n${lines.map((line, i) => `${i},${line.replace(/, /g, ',').replace(/\.\r?$/, '')}`).join('\n')}\n`;
  };
  const request = { key: 'id', label: 'income', protected: ['race', 'sex'] };
  const counts = ({ repeats }: IngestedDataset) =>
    Object.fromEntries(
      repeats.map(({ inSplit, foundIn, rows, withLabel }) => [`${inSplit} in ${foundIn}`, [rows, withLabel]]),
    );

  it('has 24 duplicates in train, and 23 rows of test stand in train', async () => {
    const ingested = await ingest(
      { train: file('adult-train.csv'), validation: file('adult-test.csv') },
      request,
    );
    expect(ingested.splits.map(({ rows }) => rows)).toEqual([32_561, 16_281]);
    // No row of the 23 stands twice in test: of both files together 24 + 5 + 23 = 52 are duplicates.
    expect(counts(ingested)).toMatchObject({
      'train in train': [24, 24],
      'validation in validation': [5, 5],
      'validation in train': [23, 23],
    });
  });

  it('without fnlwgt, 2,586 rows of test stand in train', async () => {
    const without = (name: string) => file(name).replaceAll(/^((?:[^,]*,){3})[^,]*,/gm, '$1');
    const ingested = await ingest(
      { train: without('adult-train.csv'), validation: without('adult-test.csv') },
      request,
    );
    expect(counts(ingested)['validation in train']).toEqual([2_586, 2_586]);
  });

  it('has 26 with the test split sealed, whose labels are left out', async () => {
    const ingested = await ingest(
      { train: file('adult-train.csv'), holdout: file('adult-test.csv') },
      request,
    );
    expect(counts(ingested)).toMatchObject({ 'train in train': [24, 24], 'holdout in train': [26, 23] });
    for (const { digest } of ingested.splits[1]!.chunks) {
      const stored = await readFile(await blobs.localPath(digest));
      expect(createHash('sha256').update(stored).digest('hex')).toBe(digest);
      expect(stored.includes('>50K')).toBe(false);
    }
  });
});
