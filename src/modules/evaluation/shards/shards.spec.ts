import 'reflect-metadata';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../domain/canonical/index.js';
import type { AssayConfig } from '../../../platform/config/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { FolderBlobStore, SealedFiles } from '../../../platform/storage/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import { evaluateSplit, type EvaluatedSplit } from '../evaluate-split.js';
import { resolveProtocol } from '../protocol.js';
import { mergeShards, type DoneShard } from './merge-shards.js';
import { planShards } from './plan-shards.js';
import { reduceShard } from './reduce-shard.js';
import { ordersOf, shardBounds, shardCount } from './shard-plan.js';

const COUNTS = [1, 2, 7, 64];
let home: string;
let duck: Duck;
let stores: { blobs: FolderBlobStore; sealedFiles: SealedFiles };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-shards-'));
  const config = { home, duckMemoryMb: 512 } as AssayConfig;
  duck = new Duck(config);
  const blobs = new FolderBlobStore(config);
  stores = { blobs, sealedFiles: new SealedFiles(blobs, () => Buffer.alloc(32, 9)) };
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Split {
  /** SQL of a table with `id`, `y` and, where there are protected attributes, `sex`. */
  sql: string;
  key?: ColumnType;
  label?: ColumnType;
  classes?: string[];
  open?: string[];
  sealed?: boolean;
  attributes?: string[];
  columns?: EvaluationInput['columns'];
}

async function store({ sql, key = 'int64', label = 'int64', classes = ['0', '1'], ...rest }: Split) {
  const { open = classes, sealed = false, attributes = ['sex'], columns = [] } = rest;
  return duck.with(async (db): Promise<EvaluationInput> => {
    const put = async (name: string, select: string) => {
      const path = join(db.scratch, name);
      await db.copyToParquet(`${select} FROM (${sql}) ORDER BY id`, path);
      return path;
    };
    const [counted] = await db.rows<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM (${sql})`);
    const labels = await put('labels', 'SELECT id AS key, y AS label');
    // Files of different lengths, whose ends are no ends of shards.
    const parts: EvaluationInput['publicParquet'] = [];
    const ends = [0, 1, Math.ceil(counted!.rows / 3), counted!.rows].filter(
      (end, i, all) => end > (all[i - 1] ?? -1),
    );
    for (const [i, from] of ends.slice(0, -1).entries()) {
      const rows = ends[i + 1]! - from;
      const path = join(db.scratch, `public-${i}`);
      await db.copyToParquet(
        `SELECT * EXCLUDE (y) FROM (${sql}) ORDER BY id LIMIT ${rows} OFFSET ${from}`,
        path,
      );
      parts.push({ digest: (await stores.blobs.putFile(path)).digest, rows });
    }
    return {
      split: 'holdout',
      role: 'holdout',
      domain: null,
      rows: counted!.rows,
      sealed,
      root: 'ab'.repeat(32),
      keyColumn: 'id',
      keyType: key,
      labelColumn: 'y',
      labelType: label,
      labelClasses: classes,
      openClasses: open,
      protected: attributes,
      columns,
      publicParquet: parts,
      labelParquet: (sealed ? await stores.sealedFiles.putFile(labels) : await stores.blobs.putFile(labels))
        .digest,
    };
  });
}

async function put(content: string): Promise<{ digest: string }> {
  const path = join(home, 'upload');
  await writeFile(path, content);
  return stores.blobs.putFile(path);
}

type Asked = Parameters<typeof resolveProtocol>[0];

const whole = (input: EvaluationInput, upload: { digest: string }, asked: Asked = {}) =>
  duck.with((db) => evaluateSplit(db, stores, input, upload, resolveProtocol(asked, input)));

async function sharded(input: EvaluationInput, upload: { digest: string }, count: number, asked: Asked = {}) {
  const protocol = resolveProtocol(asked, input);
  const plan = await duck.with((db) => planShards(db, stores, input, upload, protocol, count));
  if (!plan) throw new Error('nothing was dealt out');
  const done: DoneShard[] = [];
  // As the queue would have it: in any order, each through JSON.
  for (const order of ordersOf(plan, input.rows, { datasetVersionId: 'v', protocol }).reverse()) {
    const told = JSON.parse(JSON.stringify(order)) as typeof order;
    done.push({ order: told, result: await duck.with((db) => reduceShard(db, stores, input, told)) });
  }
  return duck.with((db) => mergeShards(db, stores, input, done));
}

/** What a refusal says; never resolves to anything for what is not refused. */
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('was not refused'),
    ({ code, message, details }: { code: string; message: string; details: object }) => ({
      code,
      message,
      details,
    }),
  );

/** All but the salt of sealed evidence, which is random. */
const facts = ({ evidence, evidenceDigest, predictionsDigest, report, input }: EvaluatedSplit) => ({
  evidence: { ...evidence, salt: undefined },
  ...(input.sealed ? {} : { evidenceDigest }),
  predictionsDigest,
  report,
});

async function storedRows({ predictions }: EvaluatedSplit): Promise<unknown[]> {
  const path = await stores.blobs.localPath(predictions.digest);
  return duck.with((db) => db.rows(`SELECT * FROM read_parquet('${path}')`));
}

const PEOPLE = `SELECT i::BIGINT * 3 AS id, (hash(i) % 3 = 0)::BIGINT AS y, CASE WHEN i % 5 < 2 THEN 'f' WHEN i % 5 < 4 THEN 'm' END AS sex FROM range(500) t(i)`;
const KEYS = Array.from({ length: 500 }, (_, i) => i * 3);
const row = (key: number | string) => `${key},${Number(key) % 2},${((Number(key) * 7919) % 1000) / 1000}`;
/** In an order that is not the split's. */
const csv = (keys: readonly (number | string)[]) =>
  ['id,prediction,score', ...[...keys].reverse().map(row)].join('\n') + '\n';

const feature = (name: string, type: ColumnType) => ({ name, type, role: 'feature' as const });

describe('a split that is evaluated in shards', () => {
  it.each([true, false])(
    'has the digests and stored rows of the split evaluated whole (sealed: %s)',
    async (sealed) => {
      const input = await store({ sql: PEOPLE, sealed });
      const upload = await put(csv(KEYS));
      const expected = await whole(input, upload);
      for (const count of sealed ? COUNTS : [2, 7]) {
        const merged = await sharded(input, upload, count);
        expect(facts(merged)).toEqual(facts(expected));
        expect(await storedRows(merged)).toEqual(await storedRows(expected));
      }
    },
  );

  it('cuts the scores of every shard at the median of them all', async () => {
    const input = await store({ sql: PEOPLE });
    // The first rows have the low scores, so that no shard has the median of all.
    const upload = await put(['id,score', ...KEYS.map((key, i) => `${key},${i / 500}`)].join('\n'));
    const asked: Asked = { threshold: 'median' };
    const expected = await whole(input, upload, asked);
    expect(facts(await sharded(input, upload, 7, asked))).toEqual(facts(expected));
    const [[a, b], [c, d]] = expected.evidence.confusion as [[number, number], [number, number]];
    expect([a + c, b + d]).toEqual([250, 250]);
  });

  it('has them whatever the types of keys and labels, and whatever is said of the classes', async () => {
    const cases: [Split, (i: number) => string][] = [
      // Text keys, three classes, of which one stands in sealed splits alone; and a word that is no class.
      [
        {
          sql: `SELECT 'k' || hash(i) AS id, ['a', 'b', 'c'][1 + i % 3] AS y FROM range(300) t(i)`,
          key: 'text', label: 'text', classes: ['a', 'b', 'c'], open: [], sealed: true, attributes: [],
        },
        (i) => ['a', 'b', 'zzz'][i % 3]!,
      ],
      // Keys that differ by little, below and above 0.
      [
        {
          sql: `SELECT (i - 150) / 7.0::DOUBLE AS id, i % 2 = 0 AS y FROM range(300) t(i)`,
          key: 'double', label: 'boolean', classes: ['false', 'true'], attributes: [],
        },
        (i) => String(i % 3 === 0),
      ],
    ]; // prettier-ignore
    for (const [split, says] of cases) {
      const input = await store(split);
      const keys = await duck.with((db) =>
        db.rows<{ id: string }>(`SELECT id::VARCHAR AS id FROM (${split.sql}) t ORDER BY hash(id)`),
      );
      const upload = await put(['id,prediction', ...keys.map(({ id }, i) => `${id},${says(i)}`)].join('\n'));
      const expected = await whole(input, upload);
      for (const count of [2, 7]) expect(facts(await sharded(input, upload, count))).toEqual(facts(expected));
    }
  });

  it.each([
    { sealed: true, count: 2 },
    { sealed: false, count: 7 },
  ])(
    'has the slices and the worst slices of the split evaluated whole (sealed: $sealed, shards: $count)',
    async ({ sealed, count }) => {
      // Numbers in the order of the keys, so that every shard has its own; texts that shards have not all; empty cells.
      const sql = `SELECT *, CASE WHEN id % 21 < 15 THEN id END AS age, CASE WHEN id < 300 THEN 'north' WHEN id > 1200 THEN 'south' END AS region,
        id % 2 = 0 AS even, CASE WHEN id % 4 = 0 THEN 'nan'::DOUBLE ELSE (hash(id) % 1000) / 7.0 END AS income FROM (${PEOPLE})`;
      const columns = [
        feature('age', 'int64'), feature('region', 'text'), feature('even', 'boolean'), feature('income', 'double'),
      ]; // prettier-ignore
      const input = await store({ sql, sealed, columns });
      const upload = await put(csv(KEYS));
      const asked = {
        slices: [
          { name: 'first rows alone', where: 'age < 100' },
          { name: 'nobody', where: "region = 'west'" },
          ...Array.from({ length: sealed ? 1 : 31 }, (_, i) => ({ name: `older than ${i}`, where: `age > ${i * 50} OR region IS NULL` })),
          { name: 'rich', where: 'income >= 70.5 AND even = TRUE' },
        ],
        search: { minimumRows: 20 },
      }; // prettier-ignore
      const expected = await whole(input, upload, asked);
      const slices = expected.evidence.slices!;
      expect(slices.map(({ evidence }) => evidence.n).sort((a, b) => a - b).slice(0, 2)).toEqual([0, 25]); // prettier-ignore
      expect(expected.evidence.search!.tried).toBeGreaterThan(20);
      expect(facts(await sharded(input, upload, count, asked))).toEqual(facts(expected));
    },
  );

  it('has the errors of a regression, whole and in slices', async () => {
    const sql = `SELECT i::BIGINT * 3 AS id, (hash(i) % 1000) / 7.0 AS y, i % 2 = 0 AS even FROM range(500) t(i)`;
    const columns = [feature('even', 'boolean')];
    const input = await store({ sql, label: 'double', classes: [], attributes: [], columns });
    const says = KEYS.map((key) => `${key},${((key * 7919) % 1000) / 7}`);
    const upload = await put(['id,prediction', ...says].join('\n'));
    const asked = { task: 'regression' as const, slices: [{ name: 'even', where: 'even = TRUE' }] };
    const expected = await whole(input, upload, asked);
    expect(expected.evidence.slices![0]!.evidence.regression!.errors!.absolute).toMatchObject({ n: 250 });
    for (const count of [2, 7])
      expect(facts(await sharded(input, upload, count, asked))).toEqual(facts(expected));
  });

  it('hands no slice over twice, and none that its shards do not have', async () => {
    const input = await store({ sql: PEOPLE });
    const upload = await put(csv(KEYS));
    const protocol = resolveProtocol({ slices: [{ name: 'women', where: "sex = 'f'" }] }, { ...input });
    const plan = (await duck.with((db) => planShards(db, stores, input, upload, protocol, 2)))!;
    const done: DoneShard[] = [];
    for (const order of ordersOf(plan, input.rows, { datasetVersionId: 'v', protocol }))
      done.push({ order, result: await duck.with((db) => reduceShard(db, stores, input, order)) });
    const [first, second] = done as [DoneShard, DoneShard];
    const without = { ...second, result: { ...second.result, slices: undefined } };
    const merge = (shards: DoneShard[]) => duck.with((db) => mergeShards(db, stores, input, shards));
    await expect(merge([first, without])).rejects.toThrow('did not hand over');
  });

  it('is refused in the same words, with the counts and first keys of all shards', async () => {
    const input = await store({ sql: PEOPLE });
    const some = KEYS.filter((key) => key % 4 !== 1);
    const wrong = [
      csv(some),
      csv([...KEYS, ...some.slice(20, 220)]),
      csv([...KEYS, -5, 1, 2, 700, 1e6]),
      csv([...KEYS, 'x', '']),
      csv(KEYS).replaceAll(/,0\.1\d*$/gm, ',NaN'),
      csv(KEYS)
        .replaceAll(/,0\.1\d*$/gm, ',1.1')
        .replaceAll(/,0\.2\d*$/gm, ','),
      csv(KEYS).replaceAll(/,1,/g, ',maybe,'),
      // More than one thing at once: the first check decides, wherever the rows are.
      csv([...some, -5, ...some.slice(0, 3)]).replaceAll(/,0\.1\d*$/gm, ',NaN'),
    ];
    const codes: string[] = [];
    for (const [i, content] of wrong.entries()) {
      const upload = await put(content);
      const expected = await refusal(whole(input, upload));
      codes.push(expected.code);
      expect(await refusal(sharded(input, upload, i % 2 === 0 ? 7 : 2))).toEqual(expected);
    }
    expect(codes).toEqual([
      'PREDICTIONS_MISSING', 'PREDICTIONS_KEY_DUPLICATED', 'PREDICTIONS_KEY_UNKNOWN', 'PREDICTIONS_KEY_EMPTY',
      'SCORE_NAN', 'SCORE_EMPTY', 'PREDICTION_CLASS_UNKNOWN', 'PREDICTIONS_KEY_DUPLICATED',
    ]); // prettier-ignore
  });

  it('refuses files and labels that the whole split refuses, before anything is dealt out', async () => {
    const input = await store({ sql: PEOPLE });
    const broken = await put(`${csv(KEYS)}5,"x"y,0.5\n`);
    expect(await refusal(sharded(input, broken, 7))).toEqual(await refusal(whole(input, broken)));
    const unlabelled = await store({ sql: PEOPLE.replace('hash(i) % 3 = 0', 'nullif(hash(i) % 3, 2) = 0') });
    const upload = await put(csv(KEYS));
    const expected = await refusal(whole(unlabelled, upload));
    expect(expected.code).toBe('LABEL_EMPTY');
    expect(await refusal(sharded(unlabelled, upload, 7))).toEqual(expected);
  });

  it('leaves no label readable in what its shards hand over', async () => {
    const sql = `SELECT i::BIGINT AS id, CASE WHEN i % 2 = 0 THEN 'PLANTEDYES' ELSE 'PLANTEDNO' END AS y FROM range(64) t(i)`;
    const input = await store({ sql, label: 'text', classes: ['PLANTEDNO', 'PLANTEDYES'], open: [], sealed: true, attributes: [] }); // prettier-ignore
    await sharded(
      input,
      await put('id,score\n' + Array.from({ length: 64 }, (_, i) => `${i},0.5`).join('\n')),
      7,
    );
    for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      expect([entry.name, bytes.includes('PLANTED')]).toEqual([entry.name, false]);
    }
  });

  it('misses no shard and counts none twice', async () => {
    const input = await store({ sql: PEOPLE });
    const upload = await put(csv(KEYS));
    const protocol = resolveProtocol({}, input);
    const plan = (await duck.with((db) => planShards(db, stores, input, upload, protocol, 3)))!;
    const done: DoneShard[] = [];
    for (const order of ordersOf(plan, input.rows, { datasetVersionId: 'v', protocol }))
      done.push({ order, result: await duck.with((db) => reduceShard(db, stores, input, order)) });
    const merge = (shards: DoneShard[]) => duck.with((db) => mergeShards(db, stores, input, shards));
    await expect(merge(done.slice(0, 2))).rejects.toThrow('leave off at row 333 of 500');
    await expect(merge([done[0]!, done[2]!])).rejects.toThrow('leave off at row 166 of 500');
    await expect(merge([...done, done[1]!])).rejects.toThrow('leave off');
  });
});

describe('shardCount and shardBounds', () => {
  it('cut every split into at most 64 shards that are even and leave out no row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (rows, most) => {
        const count = shardCount(rows, most);
        const bounds = shardBounds(rows, count);
        expect([bounds[0], bounds.at(-1), bounds.length]).toEqual([0, rows, count + 1]);
        const sizes = bounds.slice(1).map((to, i) => to - bounds[i]!);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        if (count < 64) expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
        expect(count === 1).toBe(rows <= most);
      }),
    );
  });
});
