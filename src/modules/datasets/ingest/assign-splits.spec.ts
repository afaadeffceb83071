import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck, rowsOfParts } from '../../../platform/duckdb/index.js';
import { FolderBlobStore, SealedFiles, type UploadView } from '../../../platform/storage/index.js';
import { planPush, type PushRequest, type SplitRequest } from '../push-plan.js';
import { readManifest } from '../split-manifests.js';
import { openParts } from '../split-parts.js';
import { ingestDataset } from './ingest-dataset.js';

let home: string;
let blobs: FolderBlobStore;
let duck: Duck;
let sealedFiles: SealedFiles;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-splits-'));
  const config = AssayConfig.fromEnvironment({ ASSAY_HOME: home });
  blobs = new FolderBlobStore(config);
  duck = new Duck(config);
  sealedFiles = new SealedFiles(blobs, () => Buffer.alloc(32, 9));
});
afterAll(() => rm(home, { recursive: true, force: true }));

type By = Partial<NonNullable<PushRequest['splitBy']>>;
const TWO: Partial<SplitRequest>[] = [
  { name: 'train', share: 0.75 },
  { name: 'holdout', share: 0.25 },
];

/** One file of `rows` under `header`, split; open unless `more` says otherwise. */
async function pushed(
  header: string,
  rows: readonly string[],
  by: By,
  more: Partial<PushRequest> = {},
  isFetched = false,
) {
  const staged = await blobs.stage(Readable.from([Buffer.from(`${header}\n${rows.join('\n')}\n`)]), {
    maxBytes: 1e9,
  });
  await staged.commit();
  const { digest, size } = staged;
  const times = { createdAt: new Date(), expiresAt: new Date() };
  const upload: UploadView = { id: digest, digest, size, filename: 'all.csv', usedUpFor: null, ...times };
  const wanted: Partial<SplitRequest>[] = more.splits ?? TWO;
  const splits = wanted.map(({ name = '', uploadId = digest, sealed = false, share, format }) => {
    return { name, role: name, uploadId, sealed, share, format };
  });
  const splitBy = { method: 'random', ...by };
  const plan = { ...planPush('test', { ...more, splits, splitBy }), parentId: null };
  const url = 'https://data.example/all.csv';
  const fetched = isFetched ? { id: null, fetched: { url, path: await blobs.localPath(digest) } } : {};
  const uploads = splits.map(() => ({ ...upload, ...fetched }));
  const projectKey = Buffer.alloc(32, 7);
  const ingested = await duck.with((db) =>
    ingestDataset(
      db,
      { blobs, sealedFiles },
      { plan, uploads, projectKey, maxBytes: 1e9, subjectTerms: null, progress: async () => undefined },
    ),
  );
  const keysOf = async (name: string) => {
    const split = ingested.splits.find((each) => each.name === name)!;
    const { public: parts } = await readManifest(blobs, split.manifest.digest);
    const from = rowsOfParts(await openParts(blobs, parts));
    const found = await duck.with((db) =>
      db.rows<{ key: string }>(`SELECT CAST(#1 AS VARCHAR) AS key FROM ${from} ORDER BY 1`),
    );
    return found.map(({ key }) => key);
  };
  return { ...ingested, upload, keysOf };
}

async function refusal(...push: Parameters<typeof pushed>) {
  const error: unknown = await pushed(...push).catch((thrown: unknown) => thrown);
  return error as { code: string; message: string };
}

const KEYS = Array.from({ length: 10 }, (_, i) => `k${i}`);
const THREE = ['train', 'validation', 'holdout'].map((name, i) => ({ name, share: [0.6, 0.2, 0.2][i] }));

describe('one file', () => {
  // Python's hashlib, as in domain/splitting.
  it('is split by the hashes of its keys', async () => {
    const more = { key: 'id', splits: THREE as SplitRequest[] };
    const found = await pushed(
      'id,x',
      KEYS.map((key, i) => `${key},${i}`),
      { method: 'hash', seed: 7 },
      more,
    );
    expect(await found.keysOf('train')).toEqual(['k0', 'k3', 'k5', 'k7', 'k9']);
    expect(await found.keysOf('validation')).toEqual(['k1', 'k2', 'k4', 'k6']);
    expect(await found.keysOf('holdout')).toEqual(['k8']);
    expect(found.splitBy).toEqual({
      version: 1,
      method: 'hash',
      column: 'id',
      seed: 7,
      shares: THREE.map(({ name, share }) => ({ split: name, share })),
      cuts: null,
      keyed: false,
    });
    const random = await pushed(
      'id,x',
      KEYS.map((key, i) => `${key},${i}`),
      { seed: 7 },
      more,
    );
    expect(await random.keysOf('validation')).toEqual(['k2', 'k6']);
  });

  it('gives the same version whatever the order of its rows, with a key and without', async () => {
    const rows = Array.from({ length: 24 }, (_, i) => `k${i},${i % 5},${i % 2 ? 'yes' : 'no'}`);
    const ways: [By, Partial<PushRequest>][] = [
      [{ method: 'random' }, {}],
      [{ method: 'stratified' }, { key: 'id', label: 'y' }],
      [{ method: 'group', column: 'x' }, {}],
      [{ method: 'time', column: 'x' }, {}],
    ];
    for (const [by, more] of ways) {
      const first = await pushed('id,x,y', rows, by, more);
      const [order] = fc.sample(fc.shuffledSubarray(rows, { minLength: 24 }), { numRuns: 1, seed: 3 });
      expect(order).not.toEqual(rows);
      const again = await pushed('id,x,y', order!, by, more);
      expect([by.method, again.contentId]).toEqual([by.method, first.contentId]);
      if (by.method !== 'group') continue;
      const other = await pushed('id,x,y', rows, { ...by, seed: 1 }, more);
      expect(other.contentId).not.toBe(first.contentId);
    }
  });

  it('has its labels stratified, with draws that nobody can compute where they are sealed', async () => {
    const rows = Array.from({ length: 80 }, (_, i) => `k${i},${i},${i % 4 === 0 ? 'yes' : 'no'}`);
    const splits = [TWO[0], { ...TWO[1], sealed: true }] as SplitRequest[];
    const more = { key: 'id', label: 'y', splits };
    const open = await pushed('id,x,y', rows, { method: 'stratified' }, { key: 'id', label: 'y' });
    const sealed = await pushed('id,x,y', rows, { method: 'stratified' }, more);
    for (const found of [open, sealed]) {
      const holdout = await found.keysOf('holdout');
      expect(holdout).toHaveLength(20);
      expect(holdout.filter((key) => Number(key.slice(1)) % 4 === 0)).toHaveLength(5);
    }
    expect([open.splitBy!.keyed, sealed.splitBy!.keyed]).toEqual([false, true]);
    expect(await sealed.keysOf('holdout')).not.toEqual(await open.keysOf('holdout'));
    const again = await pushed('id,x,y', rows, { method: 'stratified' }, more);
    expect(again.contentId).toBe(sealed.contentId);
    // The digest of a file with sealed labels would confirm guesses, also where it stands for an open split.
    for (const { fileId } of sealed.splits) expect(fileId).not.toBe(sealed.upload.digest);
    expect(open.splits[0]!.fileId).toBe(open.upload.digest);
    const fetched = await pushed('id,x,y', rows, { method: 'stratified' }, more, true);
    expect(fetched.contentId).toBe(sealed.contentId);
    for (const { fileId } of fetched.splits) expect(fileId).not.toBe(fetched.upload.digest);
  });

  it('keeps groups whole', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `k${i},h${i % 12}`);
    const found = await pushed('id,hospital', rows, { method: 'group' }, { group: 'hospital', key: 'id' });
    const groups = async (name: string) =>
      new Set((await found.keysOf(name)).map((key) => Number(key.slice(1)) % 12));
    const [train, holdout] = [await groups('train'), await groups('holdout')];
    expect(train.size + holdout.size).toBe(12);
    expect([...holdout].filter((group) => train.has(group))).toEqual([]);
  });

  it('is cut by time: where shares end, or where it is said', async () => {
    const days = Array.from({ length: 8 }, (_, i) => `k${i},2024-01-${String(9 - i).padStart(2, '0')}`);
    const more = { key: 'id', time: 'day' };
    const shares = await pushed('id,day', days, { method: 'time' }, more);
    expect(await shares.keysOf('holdout')).toEqual(['k0', 'k1']);
    expect(shares.splitBy!.cuts).toEqual(['2024-01-08']);
    const splits = [{ name: 'train' }, { name: 'holdout' }] as SplitRequest[];
    const cuts = await pushed('id,day', days, { method: 'time', cuts: ['2024-01-05'] }, { ...more, splits });
    expect(await cuts.keysOf('train')).toEqual(['k5', 'k6', 'k7']);
    const wrong = await refusal('id,day', days, { method: 'time', cuts: ['May'] }, { ...more, splits });
    expect(wrong).toMatchObject({ code: 'SPLIT_CUTS_INVALID' });
  });
});

describe('is refused', () => {
  const rows = KEYS.map((key, i) => `${key},${i < 8 ? 'a' : 'b'},${i === 4 ? '' : i},${i}`);
  const cases: [string, string, By, Partial<PushRequest>?][] = [
    [
      'a group that fits nowhere',
      'SPLIT_GROUP_TOO_LARGE',
      { method: 'group', column: 'g' },
      {
        splits: [
          { name: 'train', share: 0.5 },
          { name: 'holdout', share: 0.5 },
        ] as SplitRequest[],
      },
    ],
    [
      'an empty split',
      'SPLIT_EMPTY',
      { method: 'time', column: 'm', cuts: ['99'] },
      { splits: [{ name: 'train' }, { name: 'holdout' }] as SplitRequest[] },
    ],
    ['an empty value to split by', 'SPLIT_COLUMN_NULL', { method: 'hash', column: 'n' }],
    ['a column that is not there', 'DATASET_COLUMN_UNKNOWN', { method: 'group', column: 'hospital' }],
    ['times that are texts', 'SPLIT_CUTS_INVALID', { method: 'time', column: 'g' }],
    [
      'shares that do not make 1',
      'SPLIT_SHARES_INVALID',
      {},
      {
        splits: [
          { name: 'train', share: 0.8 },
          { name: 'holdout', share: 0.3 },
        ] as SplitRequest[],
      },
    ],
    [
      'a split without a share',
      'SPLIT_SHARES_INVALID',
      {},
      { splits: [{ name: 'train', share: 0.8 }, { name: 'holdout' }] as SplitRequest[] },
    ],
    ['one split', 'SPLIT_BY_INVALID', {}, { splits: [{ name: 'train', share: 1 }] as SplitRequest[] }],
    ['an unknown method', 'SPLIT_BY_INVALID', { method: 'alphabet' }],
    ['a method without its column', 'SPLIT_BY_INVALID', { method: 'group' }],
    ['a column of random', 'SPLIT_BY_INVALID', { column: 'g' }],
    ['the label as a group', 'SPLIT_BY_INVALID', { method: 'group', column: 'g' }, { label: 'g' }],
    ['cuts that are not by time', 'SPLIT_BY_INVALID', { method: 'hash', column: 'id', cuts: ['1'] }],
    ['a seed below 0', 'SPLIT_BY_INVALID', { seed: -1 }],
    [
      'two files',
      'SPLIT_FILE_INVALID',
      {},
      { splits: [{ ...TWO[0], uploadId: 'u' }, TWO[1]] as SplitRequest[] },
    ],
    [
      'two formats',
      'SPLIT_FILE_INVALID',
      {},
      {
        splits: [
          { ...TWO[0], format: 'csv' },
          { ...TWO[1], format: 'jsonl' },
        ] as SplitRequest[],
      },
    ],
    [
      'a format of the second split only',
      'SPLIT_FILE_INVALID',
      {},
      { splits: [TWO[0], { ...TWO[1], format: 'csv' }] as SplitRequest[] },
    ],
  ];
  it.each(cases)('%s', async (_name, code, by, more) => {
    expect(await refusal('id,g,n,m', rows, by, more)).toMatchObject({ code });
  });

  it('two digests of one reference, and none where they differ in case', () => {
    const places = { dataHosts: ['data.example'] };
    const plan = (...digests: string[]) =>
      planPush(
        'test',
        {
          splitBy: { method: 'random' },
          splits: digests.map((sha256, i) => {
            return { ...TWO[i], role: 'train', reference: 'https://data.example/all.csv', sha256 };
          }) as SplitRequest[],
        },
        places,
      );
    expect(() => plan('ab'.repeat(32), 'cd'.repeat(32))).toThrow(
      expect.objectContaining({ code: 'SPLIT_FILE_INVALID' }) as Error,
    );
    expect(plan('ab'.repeat(32), 'AB'.repeat(32)).splitBy).toMatchObject({ seed: 0 });
  });

  it('a share without a way to split', () => {
    const split = { name: 'train', role: 'train', uploadId: 'u', share: 1 };
    const refused = expect.objectContaining({ code: 'SPLIT_BY_INVALID' }) as Error;
    expect(() => planPush('test', { splits: [split] })).toThrow(refused);
  });
});
