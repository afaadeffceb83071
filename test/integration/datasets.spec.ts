import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyRowProof } from '../../cli/verify/index.js';
import { DatasetReader, Looks } from '../../src/modules/datasets/index.js';
import { SortedRowsStore } from '../../src/modules/datasets/sorted-rows/sorted-rows.store.js';
import { SplitRows } from '../../src/modules/datasets/split-rows.js';
import { type RequestContext, runInContext } from '../../src/platform/context/index.js';
import { newId, UnitOfWork } from '../../src/platform/database/index.js';
import { serveStore } from '../../src/platform/outbound/s3-fixture.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { columnsCases } from './columns-cases.js';
import { referenceCases } from './reference-cases.js';
import { statementsOf } from './count-statements.js';

let test: TestApp;
let projectId: string;
const log: string[] = [];
const SECRET = 'SECRETLABEL';
const FOLDER = mkdtempSync(join(tmpdir(), 'assay-data-'));
const STORE = {
  region: 'eu-central-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'SECRETOFTHESTORE',
  objects: {} as Record<string, string>,
};
let store: Awaited<ReturnType<typeof serveStore>>;

beforeAll(async () => {
  store = await serveStore(STORE);
  test = await startTestApp({
    workers: true,
    log: { write: (line: string) => void log.push(line) },
    environment: {
      ASSAY_DATA_HOSTS: '127.0.0.1',
      ASSAY_DATA_FOLDER: FOLDER,
      ASSAY_DATA_BUCKETS: 'data',
      AWS_ENDPOINT_URL_S3: store.endpoint,
      AWS_REGION: STORE.region,
      AWS_ACCESS_KEY_ID: STORE.accessKeyId,
      AWS_SECRET_ACCESS_KEY: STORE.secretAccessKey,
    },
  });
  projectId = (
    await test.database.admin.query<{ id: string }>(`SELECT id FROM project WHERE name = 'default'`)
  ).rows[0]!.id;
});

afterAll(async () => {
  await test?.stop();
  store?.stop();
  rmSync(FOLDER, { recursive: true, force: true });
});

const authorization = (key = test.apiKey) => ({ authorization: `Bearer ${key}` });
const get = (path: string, key?: string) =>
  test.request.get(`/v1/projects/default${path}`).set(authorization(key));
const post = (path: string, body: object, key?: string) =>
  test.request.post(`/v1/projects/default${path}`).set(authorization(key)).send(body);
const graphql = async (query: string, variables: object = {}, key?: string) => {
  const answer = await test.request.post('/graphql').set(authorization(key)).send({ query, variables });
  expect(answer.body.errors).toBeUndefined();
  expect(answer.status).toBe(200);
  return answer.body.data;
};

async function upload(content: string): Promise<string> {
  const answer = await test.request
    .post('/v1/projects/default/uploads?filename=data.csv')
    .set({ ...authorization(), 'content-type': 'application/octet-stream' })
    .send(Buffer.from(content))
    .expect(201);
  return answer.body.id as string;
}

async function finished(id: string) {
  for (;;) {
    const { body } = await get(`/jobs/${id}?wait=30`).expect(200);
    if (!['queued', 'running'].includes(body.state)) return body;
    await sleep(20);
  }
}

type Files = Record<string, { csv: string; role?: string; sealed?: boolean; domain?: string }>;

async function push(name: string, files: Files, more: object = {}) {
  const splits = [];
  for (const [split, { csv, role = split, ...rest }] of Object.entries(files)) {
    splits.push({ name: split, role, uploadId: await upload(csv), ...rest });
  }
  const { body } = await post(`/datasets/${name}/versions`, {
    splits,
    key: 'id',
    label: 'y',
    ...more,
  }).expect(202);
  return finished(body.job.id);
}

const rows = (from: number, to: number, label: (i: number) => string | number = (i) => i % 2) =>
  `id,x,sex,y\n${Array.from({ length: to - from }, (_, i) => `${from + i},${((from + i) * 0.37).toFixed(2)},${i % 3 ? 'f' : 'm'},${label(from + i)}`).join('\n')}\n`;

const context = (): RequestContext => ({
  requestId: 'test',
  projectId,
  projectName: 'default',
  actor: { kind: 'key', id: 'test', name: 'test', permissions: new Set() },
});
const inProject = <T>(work: () => Promise<T>) => runInContext(context(), work);
const take = (datasetVersionId: string, predictionsDigest: string) =>
  inProject(() =>
    test.app
      .get(UnitOfWork)
      .run(() =>
        test.app
          .get(Looks)
          .take({ datasetVersionId, split: 'holdout', evaluationId: newId(), predictionsDigest }),
      ),
  );

describe('pushing', () => {
  it('makes a version with typed columns, sealed holdout and lineage', async () => {
    const job = await push(
      'adult',
      { train: { csv: rows(0, 50) }, holdout: { csv: rows(100, 120) } },
      { protected: ['sex'], message: 'first', source: 'survey' },
    );
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    expect(job.result).toEqual({
      datasetVersionId: expect.any(String),
      dataset: 'adult',
      version: 1,
      contentId: expect.stringMatching(/^[0-9a-f]{64}$/),
      created: true,
      splits: {
        train: { rows: 50, root: expect.any(String), sealed: false },
        holdout: { rows: 20, root: expect.any(String), sealed: true },
      },
    });
    const version = (await get('/dataset-versions/adult@1').expect(200)).body;
    expect(version).toMatchObject({
      id: job.result.datasetVersionId,
      contentId: job.result.contentId,
      encodingVersion: 1,
      message: 'first',
      source: 'survey',
      parentId: null,
      schema: {
        key: 'id',
        label: 'y',
        protected: ['sex'],
        columns: [
          { name: 'id', type: 'int64', role: 'key' },
          { name: 'x', type: 'double', role: 'feature' },
          { name: 'sex', type: 'text', role: 'protected' },
          { name: 'y', type: 'int64', role: 'label' },
        ],
      },
    });
    expect(version.splits[0].looks).toBeNull();
    expect(version.splits[1].looks).toEqual({ budget: 20, used: 0 });
    for (const ref of ['adult', 'ADULT@1', version.id])
      expect((await get(`/dataset-versions/${ref}`).expect(200)).body).toEqual(version);
    expect((await get('/datasets/adult/versions/1').expect(200)).body).toEqual(version);

    const graph = (await get('/lineage?node=dataset:adult@1').expect(200)).body;
    expect(graph.nodes.map(({ kind, depth }: { kind: string; depth: number }) => [kind, depth])).toEqual([
      ['datasetVersion', 0],
      ['upload', 1],
      ['upload', 1],
    ]);
    const { rows: entries } = await test.database.admin.query(
      'SELECT action FROM audit_leaf WHERE subject_id = $1',
      [version.id],
    );
    expect(entries).toEqual([{ action: 'dataset.version.created' }]);
  });

  it('answers the same version for the same content, and the next for other content or another parent', async () => {
    const files = { train: { csv: rows(0, 10) } };
    const first = (await push('same', files)).result;
    const reordered = rows(0, 10).trim().split('\n');
    const csv = [reordered[0], ...reordered.slice(1).reverse()].join('\r\n');
    expect((await push('same', { train: { csv } })).result).toEqual({ ...first, created: false });
    expect((await push('same', { train: { csv: rows(0, 11) } })).result).toMatchObject({
      version: 2,
      created: true,
    });
    const child = (await push('same', files, { parent: '2' })).result;
    expect(child).toMatchObject({ version: 3, created: true, contentId: first.contentId });
    expect((await push('same', files, { parent: 'same@2' })).result).toMatchObject({
      version: 3,
      created: false,
    });
    const graph = (await get('/lineage?node=dataset:same@2&direction=downstream').expect(200)).body;
    expect(graph.edges).toMatchObject([{ relation: 'derived_from', to: { id: child.datasetVersionId } }]);
    expect((await get('/datasets/same/versions?first=2').expect(200)).body).toMatchObject({
      items: [{ version: 3 }, { version: 2 }],
      hasNextPage: true,
    });
  });

  it('numbers concurrent pushes without gaps', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 4 }, (_, i) => push('busy', { train: { csv: rows(0, 5 + i) } })),
    );
    expect(jobs.map(({ result }) => result.version).sort()).toEqual([1, 2, 3, 4]);
    expect((await get('/datasets/busy').expect(200)).body.latestVersion).toBe(4);
  });

  it('refuses at once what needs no file, and leaves nothing', async () => {
    const uploadId = await upload(rows(0, 3));
    const splits = [{ name: 'train', role: 'train', uploadId }];
    const refuse = async (status: number, code: string, body: object, name = 'no') => {
      const answer = await post(`/datasets/${encodeURIComponent(name)}/versions`, body);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    };
    await refuse(400, 'NAME_INVALID', { splits }, '../x');
    await refuse(400, 'NAME_INVALID', { splits }, 'a\0b');
    await refuse(400, 'REQUEST_INVALID', { splits: [] });
    await refuse(400, 'REQUEST_INVALID', { splits, looks: 0 });
    await refuse(400, 'REQUEST_INVALID', { splits, surprise: 1 });
    await refuse(400, 'REQUEST_INVALID', { splits: [{ ...splits[0], role: 'test' }] });
    await refuse(400, 'REQUEST_INVALID', { splits: [{ ...splits[0], uploadId: '../../etc/passwd' }] });
    await refuse(404, 'UPLOAD_NOT_FOUND', { splits: [{ ...splits[0], uploadId: newId() }] });
    await refuse(404, 'DATASET_VERSION_NOT_FOUND', { splits, parent: 'adult@99' });
    await refuse(400, 'SEALED_SPLIT_NEEDS_KEY_AND_LABEL', { splits: [{ ...splits[0], role: 'holdout' }] });
    expect((await post('/datasets/no/versions', { splits }, await test.key('viewer'))).status).toBe(403);
    expect((await get('/datasets/no')).body.code).toBe('DATASET_NOT_FOUND');
  });

  it('fails with the reason, and leaves no half of a version', async () => {
    const job = await push('broken', {
      train: { csv: rows(0, 5) },
      holdout: { csv: 'id,x,sex,y\n1,1,f,0\n1,2,m,1\n' },
    });
    expect(job).toMatchObject({
      state: 'failed',
      result: null,
      error: { code: 'KEY_DUPLICATED', details: { count: 1 } },
    });
    expect((await get('/datasets/broken')).status).toBe(404);
  });
});

describe('pushing by reference', () =>
  referenceCases({ test: () => test, folder: FOLDER, store: STORE, log, upload, post, finished, rows }));

describe('columns and digests', () => columnsCases({ get, post, push, graphql }));

describe('sealed labels', () => {
  it('appear nowhere: not in answers, files, rows, logs or errors', async () => {
    const label = (i: number) => (i % 2 ? `${SECRET}A` : `${SECRET}B`);
    const job = await push('sealed', {
      train: { csv: rows(0, 20, (i) => (i % 2 ? 'A' : 'B')) },
      holdout: { csv: rows(30, 60, label) },
    });
    expect(job.state).toBe('succeeded');
    const bad = await push(
      'sealed',
      { holdout: { csv: rows(30, 60, label) } },
      { declaredTypes: { y: 'int64' } },
    );
    expect(bad.error.code).toBe('DATASET_TYPE_MISMATCH');
    expect(bad.error.message).toContain('not shown');

    const download = await get('/dataset-versions/sealed@1/splits/holdout/rows').buffer(true).expect(200);
    expect(download.headers['content-type']).toBe('application/vnd.apache.parquet');
    const open = await get('/dataset-versions/sealed@1/splits/train/rows').buffer(true).expect(200);
    const known = open.headers.etag as string;
    await get('/dataset-versions/sealed@1/splits/train/rows').set('if-none-match', known).expect(304);

    const answers = [
      job,
      bad,
      download.body.toString('latin1'),
      (await get('/dataset-versions/sealed@1')).body,
      (await get('/dataset-versions/sealed@1/leakage')).body,
      (await get('/lineage?node=dataset:sealed@1')).body,
    ];
    const { admin } = test.database;
    const jobs = (await admin.query('SELECT * FROM job')).rows;
    const audit = (await admin.query('SELECT * FROM audit_leaf')).rows;
    const outbox = (await admin.query('SELECT * FROM outbox')).rows;
    for (const text of [...answers, jobs, audit, outbox, log].map((each) => JSON.stringify(each)))
      expect(text).not.toContain(SECRET);
  });

  it('are read by an evaluation alone', async () => {
    const reader = test.app.get(DatasetReader);
    const { id } = await inProject(() => reader.byRef('sealed'));
    const input = await inProject(() => reader.evaluationInput(id, 'holdout'));
    expect(input).toMatchObject({
      split: 'holdout',
      rows: 30,
      sealed: true,
      keyColumn: 'id',
      keyType: 'int64',
      labelColumn: 'y',
      labelType: 'text',
    });
    expect(input.labelClasses).toEqual(['A', 'B', `${SECRET}A`, `${SECRET}B`]);
    await expect(inProject(() => reader.evaluationInput(id, 'none'))).rejects.toMatchObject({
      code: 'SPLIT_NOT_FOUND',
    });
  });
});

describe('looks', () => {
  const files = () => ({ train: { csv: rows(0, 5) }, holdout: { csv: rows(1_000, 1_010) } });

  it('are counted up to the budget, and the same rows again refill nothing', async () => {
    const { datasetVersionId } = (await push('looked', files(), { looks: 3 })).result;
    expect(await take(datasetVersionId, 'a')).toEqual({ look: 1, budget: 3 });
    expect(await take(datasetVersionId, 'a')).toEqual({ look: 1, budget: 3 });
    expect(await take(datasetVersionId, 'b')).toEqual({ look: 2, budget: 3 });

    const again = (await push('another', { ...files(), train: { csv: rows(0, 6) } }, { looks: 1_000 }))
      .result;
    const version = (await get(`/dataset-versions/${again.datasetVersionId}`)).body;
    expect(version.splits[1].looks).toEqual({ budget: 3, used: 2 });
    expect(await take(again.datasetVersionId, 'c')).toEqual({ look: 3, budget: 3 });
    await expect(take(again.datasetVersionId, 'd')).rejects.toMatchObject({
      kind: 'conflict',
      code: 'HOLDOUT_SPENT',
      details: { remedy: expect.stringContaining('Refresh the holdout') },
    });
    expect(await take(datasetVersionId, 'b')).toEqual({ look: 2, budget: 3 });
    expect(await inProject(() => test.app.get(Looks).remaining(datasetVersionId, 'holdout'))).toEqual({
      budget: 3,
      used: 3,
      remaining: 0,
    });
    expect(await inProject(() => test.app.get(Looks).remaining(datasetVersionId, 'train'))).toBeNull();
  });

  it('taken at the same time never exceed the budget', async () => {
    const { datasetVersionId } = (await push('raced', { holdout: { csv: rows(2_000, 2_010) } }, { looks: 2 }))
      .result;
    const taken = await Promise.allSettled(
      ['a', 'b', 'c', 'd', 'e'].map((digest) => take(datasetVersionId, digest)),
    );
    const numbers = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value.look] : []));
    expect(numbers.sort()).toEqual([1, 2]);
    // The others waited their turn, and were told.
    const refused = taken.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as { code: string }).code] : [],
    );
    expect(refused).toEqual(Array(3).fill('HOLDOUT_SPENT'));
  });

  it('cannot be given back, whatever the application does', async () => {
    const give = (change: string) =>
      inProject(() =>
        test.app.get(UnitOfWork).run((tx) => tx.execute(`UPDATE holdout_budget SET ${change}`)),
      );
    await expect(give('used = 0')).rejects.toThrow('only shrinks');
    await expect(give('budget = budget + 1')).rejects.toThrow('only shrinks');
    await expect(
      inProject(() => test.app.get(UnitOfWork).run((tx) => tx.execute('DELETE FROM look'))),
    ).rejects.toThrow('permission denied');
  });
});

describe('repeated rows', () => {
  it('are counted, and listed by key page by page', async () => {
    const line = (key: number, x: number, y: number) => `${key},${x},f,${y}`;
    const train = ['id,x,sex,y', line(1, 5, 0), line(2, 5, 0), line(3, 5, 0), line(4, 7, 1)].join('\n');
    const holdout = ['id,x,sex,y', line(10, 5, 1), line(11, 7, 1), line(12, 8, 1)].join('\n');
    await push('leaky', { train: { csv: train }, holdout: { csv: holdout } });
    const leakage = (await get('/dataset-versions/leaky/leakage').expect(200)).body;
    const into = {
      inSplit: 'holdout',
      foundIn: 'train',
      total: 3,
      comparedOn: 'features',
      rows: 2,
      ignoringLabel: 2,
    };
    expect(leakage).toContainEqual({ ...into, withLabel: 1 });
    const contributor = await test.key('contributor');
    expect((await get('/dataset-versions/leaky/leakage', contributor).expect(200)).body).toContainEqual({
      ...into,
      withLabel: null,
    });
    const first = (await get('/dataset-versions/leaky/leakage/train/holdout?first=1').expect(200)).body;
    expect(first).toMatchObject({
      items: [{ row: 1, key: '10', otherRow: 1, otherKey: '1' }],
      hasNextPage: true,
    });
    const second = (
      await get(`/dataset-versions/leaky/leakage/train/holdout?first=1&after=${first.endCursor}`).expect(200)
    ).body;
    expect(second).toMatchObject({
      items: [{ row: 2, key: '11', otherRow: 4, otherKey: '4' }],
      hasNextPage: false,
    });

    for (const forged of [[3], [-1], ['a'], [0.5]]) {
      const after = Buffer.from(JSON.stringify(forged)).toString('base64url');
      const answer = await get(`/dataset-versions/leaky/leakage/train/holdout?after=${after}`).expect(400);
      expect(answer.body.code).toBe('CURSOR_INVALID');
    }

    const duplicates = (await get('/dataset-versions/leaky/duplicates').expect(200)).body;
    expect(duplicates[0]).toMatchObject({
      split: 'train',
      rows: 0,
      ignoringKey: { rows: 2, total: 4, comparedOn: 'featuresAndLabel' },
    });
    const keys = (await get('/dataset-versions/leaky/duplicates/train').expect(200)).body.items.map(
      ({ key }: { key: string }) => key,
    );
    expect(keys).toEqual(['2', '3']);
    expect((await get('/dataset-versions/leaky/duplicates/none')).body.code).toBe('SPLIT_NOT_FOUND');
    const id = (await get('/dataset-versions/leaky')).body.id as string;
    const exact = await inProject(() => test.app.get(DatasetReader).leakage(id, ['train', 'holdout']));
    expect(exact).toEqual({ exact: { rows: 2, total: 3 } });
  });
});

describe('GraphQL', () => {
  it('pushes, and answers datasets with versions, checks and lineage', async () => {
    const uploadId = await upload(rows(0, 7));
    const mutation =
      'mutation ($input: PushDatasetVersionInput!) { pushDatasetVersion(name: "graph", input: $input) { id state } }';
    const pushed = await graphql(mutation, {
      input: { splits: [{ name: 'train', role: 'train', uploadId }], key: 'id' },
    });
    expect(await finished(pushed.pushDatasetVersion.id)).toMatchObject({ state: 'succeeded' });
    const data = await graphql(`
      {
        dataset(name: "graph") {
          name
          latestVersion
          latest {
            contentId
            splits {
              name
              rows
              looks {
                used
              }
            }
          }
        }
        datasetVersion(ref: "same@3") {
          parent {
            version
          }
          duplicates {
            split
            ignoringKey {
              rows
            }
          }
          leakage {
            rows
          }
          upstream(depth: 1) {
            nodes {
              kind
            }
          }
        }
      }
    `);
    expect(data.dataset).toMatchObject({
      name: 'graph',
      latestVersion: 1,
      latest: { splits: [{ name: 'train', rows: 7, looks: null }] },
    });
    expect(data.datasetVersion).toMatchObject({
      parent: { version: 2 },
      leakage: [],
      duplicates: [{ split: 'train' }],
    });
  });

  it('costs as many statements for many datasets as for one', async () => {
    const query = (first: number) =>
      `{ datasets(first: ${first}) { items { name latest { dataset version duplicates { split } leakage { rows } upstream { nodes { label } } } } } }`;
    const one = await statementsOf(() => graphql(query(1)));
    const many = await statementsOf(() => graphql(query(8)));
    expect(many).toHaveLength(one.length);
  });
});

/** A JSON value with one of its texts, numbers or truth values changed, for each of them. */
function eachChanged(value: unknown): unknown[] {
  if (typeof value === 'string')
    return [value.endsWith('0') ? `${value.slice(0, -1)}1` : `${value.slice(0, -1)}0`];
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  if (value === null || typeof value !== 'object') return ['other'];
  return Object.entries(value).flatMap(([name, inner]) =>
    eachChanged(inner).map((changed) =>
      Array.isArray(value)
        ? value.map((each: unknown, i) => (String(i) === name ? changed : each))
        : { ...value, [name]: changed },
    ),
  );
}

describe('a diff', () => {
  const cell = (column: string, before: string | null, after: string | null) => ({ column, before, after });
  const opened = rows(0, 1200);
  // One cell of train, and labels and one cell of the sealed split.
  const changed = opened.replace('\n700,259.00,', '\n700,0.25,');
  const sealed = rows(5000, 5040, (i) => (i === 5007 ? 'LABELA' : i % 2));
  const resealed = rows(5000, 5040, (i) => (i === 5009 ? 'LABELB' : i % 2)).replace('\n5003,', '\n6003,');

  beforeAll(async () => {
    await push(
      'diffed',
      { train: { csv: opened }, holdout: { csv: sealed } },
      { declaredTypes: { y: 'text' } },
    );
    await push(
      'diffed',
      { train: { csv: changed }, holdout: { csv: resealed } },
      { declaredTypes: { y: 'text' } },
    );
  });

  it('names the rows and cells that differ, and of sealed splits nothing of a label, whoever asks', async () => {
    const viewer = await test.key('viewer');
    const auditor = await test.key('auditor');
    for (const key of [viewer, auditor]) {
      const diff = await get('/dataset-versions/diffed@1/diff/diffed@2', key).expect(200);
      expect(diff.body).toMatchObject({ identical: false, columns: [] });
      const side = { role: expect.any(String), domain: null, root: expect.any(String) };
      expect(diff.body.splits).toEqual([
        {
          split: 'train',
          change: 'changed',
          reason: null,
          before: { ...side, rows: 1200, sealed: false },
          after: { ...side, rows: 1200, sealed: false },
          labelsCompared: true,
          added: 0,
          removed: 0,
          changed: 1,
          cells: [{ column: 'x', rows: 1 }],
        },
        {
          split: 'holdout',
          change: 'changed',
          reason: null,
          before: { ...side, rows: 40, sealed: true },
          after: { ...side, rows: 40, sealed: true },
          labelsCompared: false,
          added: 1,
          removed: 1,
          changed: 0,
          cells: [],
        },
      ]);
      const train = await get('/dataset-versions/diffed@1/diff/diffed@2/train', key).expect(200);
      expect(train.body).toMatchObject({
        items: [{ change: 'changed', key: '700', count: 1, cells: [cell('x', '259', '0.25')] }],
        hasNextPage: false,
      });
      const first = await get('/dataset-versions/diffed@1/diff/diffed@2/holdout?first=1', key).expect(200);
      expect(first.body.items).toEqual([
        {
          change: 'removed',
          key: '5003',
          count: 1,
          cells: [
            cell('id', '5003', null),
            cell('sex', expect.any(String), null),
            cell('x', expect.any(String), null),
          ],
        },
      ]);
      expect(first.body.hasNextPage).toBe(true);
      const rest = await get(
        `/dataset-versions/diffed@1/diff/diffed@2/holdout?after=${first.body.endCursor}`,
        key,
      ).expect(200);
      expect(rest.body).toMatchObject({ items: [{ change: 'added', key: '6003' }], hasNextPage: false });
    }
  });

  it('answers GraphQL alike, finds no difference of a version with itself, and refuses what cannot be', async () => {
    const query = `query ($ref: String!, $other: String!) {
      datasetDiff(ref: $ref, other: $other) { identical splits { split change changed } }
      datasetDiffRows(ref: $ref, other: $other, split: "train", first: 1) { items { key cells { column after } } }
    }`;
    expect(await graphql(query, { ref: 'diffed@2', other: 'diffed@1' })).toEqual({
      datasetDiff: {
        identical: false,
        splits: [
          { split: 'train', change: 'changed', changed: 1 },
          { split: 'holdout', change: 'changed', changed: 0 },
        ],
      },
      datasetDiffRows: { items: [{ key: '700', cells: [{ column: 'x', after: '259' }] }] },
    });
    expect((await graphql(query, { ref: 'diffed@1', other: 'diffed@1' })).datasetDiff).toEqual({
      identical: true,
      splits: ['train', 'holdout'].map((split) => ({ split, change: 'same', changed: 0 })),
    });
    const refused = async (path: string, status: number, code: string) =>
      expect((await get(`/dataset-versions/${path}`).expect(status)).body.code).toBe(code);
    await refused('diffed@1/diff/diffed@9', 404, 'DATASET_VERSION_NOT_FOUND');
    await refused('diffed@1/diff/diffed@2/nowhere', 404, 'SPLIT_NOT_FOUND');
    const strange = Buffer.from('["a",1]').toString('base64url');
    await refused(`diffed@1/diff/diffed@2/train?after=${strange}`, 400, 'CURSOR_INVALID');
  });

  it('is proved under its key in whatever form that is asked for', async () => {
    const auditor = await test.key('auditor');
    const ofKeys = (...keys: string[]) => ({
      train: { csv: `id,x,y\n${keys.map((key, i) => `${key},${i},${i % 2}\n`).join('')}` },
    });
    for (const [name, keys, asked, included] of [
      ['instants', ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00.5Z'], '2024-01-01T01:00:00+01:00', true],
      ['instants', [], '2024-01-02 00:00:00.500Z', true],
      ['instants', [], '2024-01-01t06:00:00.000000z', false],
      ['numbers', ['0', '-7', '9223372036854775807'], '-0', true],
      ['numbers', [], '8', false],
      ['numbers', [], '9223372036854775807', true],
      ['texts', ['"a b"', '%00', '"né"'], 'né', true],
      ['texts', [], '', false],
    ] as const) {
      if (keys.length > 0)
        expect(await push(name, ofKeys(...keys)), name).toMatchObject({ state: 'succeeded' });
      const path = `/dataset-versions/${name}@1/splits/train/proof?key=${encodeURIComponent(asked)}`;
      const { body } = await get(path, auditor).expect(200);
      const failed = verifyRowProof(body).checks.filter(({ ok }) => !ok);
      expect([asked, body.included, failed]).toEqual([asked, included, []]);
    }
    for (const key of ['nan?', '2024-13-01T00:00:00Z', '\0'])
      await get(
        `/dataset-versions/instants@1/splits/train/proof?key=${encodeURIComponent(key)}`,
        auditor,
      ).expect(400);
  });

  it('comes with proofs of rows that are there and that are not, which verify offline', async () => {
    const proofOf = async (split: string, key: string, as?: string) => {
      const answer = await get(`/dataset-versions/diffed@2/splits/${split}/proof?key=${key}`, as).expect(200);
      return answer.body;
    };
    const auditor = await test.key('auditor');
    for (const [split, key, included, count] of [
      ['train', '700', true, 1],
      ['train', '-5', false, 2],
      ['train', '90000', false, 1],
      ['holdout', '5009', true, 1],
      ['holdout', '5003', false, 2],
    ] as const) {
      const proof = await proofOf(split, key, auditor);
      expect(verifyRowProof(proof).checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(proof).toMatchObject({ key, included, audit: { body: { dataset: 'diffed', version: 2 } } });
      expect(proof.rows).toHaveLength(count);
      expect(JSON.stringify(proof)).not.toContain('LABEL');
    }
    // One text, number or truth value of the row's part changed: no proof any more.
    for (const [split, key] of [
      ['train', '701'],
      ['holdout', '5003'],
    ] as const) {
      const whole = await proofOf(split, key, auditor);
      for (const part of ['contentId', 'content', 'key', 'included', 'rows'])
        for (const changed of eachChanged(whole[part]))
          expect([part, changed, verifyRowProof({ ...whole, [part]: changed }).ok]).toEqual([
            part,
            changed,
            false,
          ]);
      const [first, ...others] = whole.rows;
      for (const rows of [[], others, [first, first], [...others, first]])
        if (JSON.stringify(rows) !== JSON.stringify(whole.rows))
          expect(verifyRowProof({ ...whole, rows }).ok).toBe(false);
    }
    const contributor = await test.key('contributor');
    const query = `query ($key: String) {
      rowProof(ref: "diffed@2", split: "train", key: $key) { contentId split key included rows { index values hashes } }
    }`;
    const { contentId, split, key, included, rows } = await proofOf('train', '700', auditor);
    expect((await graphql(query, { key: '700' })).rowProof).toMatchObject({
      ...{ contentId, split, key, included },
      rows: (rows as { index: number; values: object; hashes: string[] }[]).map((row) => ({
        ...{ index: row.index, values: row.values, hashes: row.hashes },
      })),
    });
    const shown = await proofOf('train', '700', contributor);
    expect(shown.rows[0]).toMatchObject({ values: { id: '700', x: '0.25', y: '0' }, commitment: null });
    expect(shown.audit.body).toBeNull();
    expect(verifyRowProof(shown).ok).toBe(true);
    const refused = async (query: string, status: number, code: string, key?: string) =>
      expect((await get(`/dataset-versions/diffed@2/splits/${query}`, key).expect(status)).body.code).toBe(
        code,
      );
    await refused('holdout/proof?key=5009', 403, 'ROW_PROOF_SEALED', contributor);
    await refused('train/proof?key=a', 400, 'ROW_WANTED_INVALID');
    await refused('train/proof', 400, 'ROW_WANTED_INVALID');
    await refused('none/proof?key=1', 404, 'SPLIT_NOT_FOUND');
  });

  it('is of what the log vouches for alone; sorted rows of before are made from the stored rows', async () => {
    const asked = '/dataset-versions/diffed@1/diff/diffed@2';
    const read = () =>
      inProject(async () => {
        const version = await test.app.get(DatasetReader).byRef('diffed@1');
        const found = [];
        for (const split of version.splits) {
          const sorted = await test.app.get(SortedRowsStore).open(version, split);
          const blocks = await Promise.all(sorted.index.chunks.map((chunk) => sorted.blocksOf(chunk)));
          const rows = await Promise.all(blocks.flat().map((block) => sorted.rowsOf(block)));
          found.push(rows.flat().map(({ order, row }) => [order.toString(), row.toString()]));
          await sorted.close();
        }
        return found;
      });
    const stored = await read();
    const { train: open, holdout: sealed } = await inProject(async () => ({
      train: await test.app.get(SplitRows).file('diffed@1', 'train'),
      holdout: await test.app.get(SplitRows).file('diffed@1', 'holdout'),
    }));
    await test.database.admin.query(
      `ALTER TABLE dataset_split ADD COLUMN kept text;
       UPDATE dataset_split SET kept = manifest_digest, manifest_digest = NULL, public_size = 1, leaves_digest = repeat('0', 64),
         public_digest = CASE WHEN sealed THEN '${sealed.digest}' ELSE '${open.digest}' END`,
    );
    let made: string[][][];
    try {
      expect((await get(asked)).body.code).toBe('RECORD_ALTERED');
      made = await read();
    } finally {
      await test.database.admin.query(
        `UPDATE dataset_split SET manifest_digest = kept, public_size = NULL, leaves_digest = NULL, public_digest = NULL;
         ALTER TABLE dataset_split DROP COLUMN kept`,
      );
    }
    // Of the sealed split without commitments.
    const [train, holdout] = stored;
    expect(train).toHaveLength(1200);
    expect(made).toEqual([
      train,
      holdout!.map(([order, row]) => [order, row!.replace(/h64:[0-9a-f]{64}$/, '')]),
    ]);
    await get(asked).expect(200);
  });
});

describe('projects', () => {
  it('do not see each other', async () => {
    const other = await test.newProject('elsewhere');
    for (const path of [
      'datasets/adult',
      'dataset-versions/adult@1',
      'dataset-versions/adult@1/splits/train/rows',
    ]) {
      await test.request.get(`/v1/projects/elsewhere/${path}`).set(authorization(other.apiKey)).expect(404);
    }
    const answer = await test.request
      .get('/v1/projects/elsewhere/datasets')
      .set(authorization(other.apiKey))
      .expect(200);
    expect(answer.body.items).toEqual([]);
    const splits = [{ name: 'train', role: 'train', uploadId: await upload(rows(0, 3)) }];
    const stolen = await test.request
      .post('/v1/projects/elsewhere/datasets/x/versions')
      .set(authorization(other.apiKey))
      .send({ splits });
    expect(stolen.body.code).toBe('UPLOAD_NOT_FOUND');
  });
});

describe('100,000 rows by 10 columns', () => {
  it('are pushed whole', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, i) =>
        `${i},${(i * 0.37).toFixed(3)},t${i % 1000},${i % 2 === 0},2024-01-0${(i % 9) + 1},${Math.sqrt(i)},x,${i * 3},${i % 5},${i % 2}`,
    );
    const uploadId = await upload(`id,a,b,c,d,e,f,g,h,y\n${lines.join('\n')}\n`);
    const { body } = await post('/datasets/large/versions', {
      splits: [{ name: 'holdout', role: 'holdout', uploadId }],
      key: 'id',
      label: 'y',
    }).expect(202);
    const job = await finished(body.job.id);
    expect(job.result).toMatchObject({ splits: { holdout: { rows: 100_000 } } });
  });
});
