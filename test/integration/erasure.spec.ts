import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { verifyRowProof } from '../../cli/verify/index.js';
import { Comparisons } from '../../src/modules/evaluation/index.js';
import { runInContext } from '../../src/platform/context/index.js';
import { newId } from '../../src/platform/database/index.js';
import { ApiClient } from '../support/api-client.js';
import { found, type Needle, PlantedTexts, searchFiles, textNeedles } from '../support/planted-labels.js';
import { policyDocument } from './gated-project.js';
import { goneOf, processesOf } from '../support/processes-of.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

/** One person's rows, in two versions and two splits, with texts that stand nowhere else; then the person asks for erasure. */

const ANN = 'ann-4711@example.org';
const planted = { feature: new PlantedTexts(), key: new PlantedTexts(), label: new PlantedTexts() };
const NEEDLES: Needle[] = [
  ...planted.feature.needles,
  ...planted.key.needles,
  ...planted.label.needles,
  ...textNeedles('subject', ANN),
];
/** Training rows are in several chunks, of which one has the person's. */
const ROWS = { train: 4_000, holdout: 40 };

type Row = Record<'id' | 'person' | 'note' | 'x' | 'y', string>;
const rows = (split: keyof typeof ROWS, change: (i: number) => Partial<Row> = () => ({})): Row[] =>
  Array.from({ length: ROWS[split] }, (_, i) => {
    const theirs = i < 40 && i % 13 === 5;
    return {
      id: theirs ? planted.key.of(i) + split : `${split}-${i}`,
      person: theirs ? ANN : `person-${i % 7}`,
      note: theirs ? planted.feature.of(0) : `note ${i}`,
      x: theirs ? '1' : String(i % 3),
      y: theirs && split === 'holdout' ? planted.label.of(i) : i % 2 ? 'yes' : 'no',
      ...change(i),
    };
  });
const csv = (all: readonly Row[]) =>
  `id,person,note,x,y\n${all.map(({ id, person, note, x, y }) => [id, person, note, x, y].join(',')).join('\n')}\n`;
const without = (all: readonly Row[]) => all.filter(({ person }) => person !== ANN);
const SECOND = (i: number) => (i === 1 ? { x: '77' } : {});
const theirId = (split: string) => planted.key.of(5) + split;

let test: TestApp;
let api: ApiClient;
/** A proof that somebody kept, and how the version was before. */
let kept: object;
let before: { contentId: string };
/** Of two models on people@1. */
const evaluations: string[] = [];

async function push(name: string, of: (split: keyof typeof ROWS) => Row[], body: object = {}) {
  const splits = [];
  for (const split of ['train', 'holdout'] as const)
    splits.push({
      name: split,
      role: split,
      sealed: split === 'holdout',
      uploadId: await api.upload(csv(of(split))),
    });
  return api.job<{ datasetVersionId: string; contentId: string; version: number }>(
    `datasets/${name}/versions`,
    {
      splits,
      key: 'id',
      label: 'y',
      subject: 'person',
      ...body,
    },
  );
}

const proofOf = (ref: string, split: string, key: string) =>
  api.get<{ included: boolean; rows: unknown[]; erased: { index: number }[] }>(
    `dataset-versions/${ref}/splits/${split}/proof?key=${encodeURIComponent(key)}`,
  );

/** Evaluates a model on the holdout of people@1; the id of the evaluation. */
async function judge(modelVersion: string): Promise<string> {
  const guesses = rows('holdout').map(({ id }, i) => `${id},${i % 2 ? 'yes' : 'no'}`);
  const uploadId = await api.upload(`id,prediction\n${guesses.join('\n')}\n`);
  const predictions = [{ split: 'holdout', uploadId }];
  const asked = { modelVersion, datasetVersion: 'people@1', predictions };
  return (await api.job<{ evaluationId: string }>('evaluations', asked)).evaluationId;
}

async function assay(...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const stream = { write: (text: string) => (out += text) };
  const env = { ASSAY_URL: test.url, ASSAY_API_KEY: test.apiKey, ASSAY_PROJECT: test.project };
  const code = await run(args, { env, cwd: test.config.home, stdout: stream, stderr: stream });
  return { code, out };
}

/** Every table's rows, every file of the database and of the home, with what is packed in it. */
async function searched(): Promise<string[]> {
  const tables = await test.database.admin.query<{ name: string }>(
    `SELECT schemaname || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const hits: string[] = [];
  for (const { name } of tables.rows) {
    const content = await test.database.admin.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    hits.push(...found(name, content.rows.map(({ row }) => row).join('\n'), NEEDLES));
  }
  hits.push(...(await searchFiles([test.config.home, ...(await databaseFiles())], NEEDLES)).found);
  for (const entry of await readdir(test.config.home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    for (const part of unpacked(await readFile(path)))
      hits.push(...found(`${path}, unpacked`, part, NEEDLES));
  }
  return hits;
}

/** Where PostgreSQL keeps this database, and the log of all that it changes. */
async function databaseFiles(): Promise<string[]> {
  const { rows: places } = await test.database.admin.query<{ data: string; oid: string }>(
    `SELECT current_setting('data_directory') AS data, oid::text FROM pg_database WHERE datname = current_database()`,
  );
  await test.database.admin.query('CHECKPOINT');
  return places.flatMap(({ data, oid }) => [join(data, 'base', oid), join(data, 'pg_wal')]);
}

/** What is found in the write-ahead log of a moment ago. Other specs share the server, and end it with each checkpoint. */
async function foundInLog(): Promise<string[]> {
  await test.database.admin.query(`SELECT pg_logical_emit_message(true, 'test', $1)`, [
    planted.feature.of(0),
  ]);
  const { rows: ended } = await test.database.admin.query<{ path: string }>(
    `SELECT current_setting('data_directory') || '/pg_wal/' || pg_walfile_name(pg_switch_wal()) AS path`,
  );
  const { path } = ended[0]!;
  return found(path, await readFile(path), NEEDLES);
}

function unpacked(bytes: Buffer): Buffer[] {
  if (bytes.length > 2 && bytes.readUInt16BE(0) === 0x1f8b) return [gunzipSync(bytes)];
  if (bytes.subarray(-8).toString('latin1') !== 'ASSAYRC1') return [];
  const end = bytes.length - 12;
  const json = bytes.toString('utf8', end - bytes.readUInt32BE(end), end);
  const { blocks } = JSON.parse(json) as {
    blocks: { at: number; bytes: number; low: string; high: string }[];
  };
  return blocks.flatMap(({ at, bytes: length, low, high }) => [
    inflateRawSync(bytes.subarray(at, at + length)),
    Buffer.from(low, 'base64'),
    Buffer.from(high, 'base64'),
  ]);
}

/** Waits for a job that is about to write to a table, when its files are made and half of its rows are written, and kills it. */
async function killedWhileStoring(table: string): Promise<void> {
  const holder = await test.database.admin.connect();
  try {
    await holder.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
    const waiting = `SELECT FROM pg_locks WHERE relation = '${table}'::regclass AND NOT granted`;
    await until(async () => (await holder.query(waiting)).rowCount! > 0);
    const jobs = await processesOf('bullmq');
    expect(jobs).not.toEqual([]);
    for (const { pid } of jobs) process.kill(pid, 'SIGKILL');
    for (const { pid } of jobs) await goneOf(pid);
    await holder.query('ROLLBACK');
  } finally {
    holder.release();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 50));
}

beforeAll(async () => {
  test = await startTestApp({ workers: true });
  api = new ApiClient(test);
  before = await push('people', (split) => rows(split));
  await push('people', (split) => rows(split, SECOND), { parent: '1' });
  // What sums up and shows rows: a profile, a check with findings, a download, an evaluation.
  await api.job('dataset-versions/people@1/splits/train/profile', {});
  const classes = ['no', 'yes'].map((name) => ({ class: name, column: name }));
  const likely = rows('train').map(({ id, y }) => `${id},${y === 'no' ? '0.9,0.1' : '0.1,0.9'}`);
  await api.job('dataset-versions/people@1/checks', {
    checks: [
      { check: 'duplicates' },
      {
        check: 'label-errors',
        splits: ['train'],
        parameters: { probabilities: classes },
        uploadId: await api.upload(`id,no,yes\n${likely.join('\n')}\n`),
      },
    ],
  });
  // One check that reads both versions.
  await api.job('dataset-versions/people@2/checks', {
    checks: [{ check: 'parent-drift', splits: ['train'] }],
  });
  await api.job('dataset-versions/people@1/rule-suggestions', {});
  await api.send('get', 'dataset-versions/people@1/splits/train/rows').expect(200);
  await api.post('experiments', { name: 'trials' });
  const inputs = [{ datasetVersion: 'people@1' }];
  const { id: runId } = await api.post<{ id: string }>('runs', { experiment: 'trials', inputs });
  const artifactUploadId = await api.upload('weights');
  await api.post('models/judge/versions', { artifactUploadId, runId });
  await api.post('models/rival/versions', { artifactUploadId: await api.upload('more weights') });
  for (const modelVersion of ['judge@1', 'rival@1']) evaluations.push(await judge(modelVersion));
  // Rows that wait to be sampled: some of a person of whom there is nothing else.
  await api.post('sampling-plans', {
    dataset: 'people-live',
    datasetVersion: 'people@1',
    split: 'train',
    capacity: 50,
  });
  const live = rows('holdout').map(({ y: _, ...row }) => ({ ...row, x: Number(row.x) }));
  await api.post('sampling-plans/people-live/rows', {
    rows: [...live, { ...live[0], person: 'live-only' }],
  });
  kept = await proofOf('people@1', 'train', theirId('train'));
}, 120_000);
afterAll(() => test.stop(), 60_000);

describe('erasure of a subject', () => {
  it('finds what is planted, as long as it is there', async () => {
    const hits = await searched();
    for (const what of [
      '/blobs/',
      'unpacked',
      'as Parquet',
      'dataset_check',
      'public.job',
      'sampled_row',
      '/base/',
    ])
      expect([what, hits.some((hit) => hit.includes(what))]).toEqual([what, true]);
    expect(await foundInLog()).not.toEqual([]);
    expect(verifyRowProof(kept).ok).toBe(true);
    // The download was put together of several chunks, and is none of them.
    const apart = `SELECT digest FROM joined_rows j WHERE NOT EXISTS (SELECT FROM blob_reference b WHERE b.digest = j.digest)`;
    expect((await test.database.admin.query(apart)).rows).toHaveLength(1);
  });

  it('erases by one command, killed in the middle, with a report, and stops who read the rows before', async () => {
    // Two that go on for long, as far as the table says.
    const running = { [newId()]: 'people@1', [newId()]: 'crowd@1' };
    for (const [id, datasetVersion] of Object.entries(running))
      await test.database.admin.query(
        `INSERT INTO job (id, project_id, kind, payload, requested_by, request_id, state, heartbeat_at)
         SELECT $1, project_id, 'dataset.check', $2, requested_by, 'r', 'running', now() FROM job LIMIT 1`,
        [id, { datasetVersion }],
      );
    const erasing = assay('subject', 'erase', '--subject', ANN, '--json');
    await killedWhileStoring('erased_rows');
    const { code, out } = await erasing;
    expect([code, out]).toEqual([0, expect.any(String)]);
    expect(out).not.toContain(ANN);
    expect(JSON.parse(out)).toMatchObject({
      alreadyErased: false,
      erased: ['people@1', 'people@2'].flatMap((datasetVersion) => [
        { datasetVersion, split: 'train', rows: 3 },
        { datasetVersion, split: 'holdout', rows: 3 },
      ]),
      created: [{ after: 'people@2', datasetVersion: 'people@3' }],
      deleted: { profiles: 1, evaluationsPredictions: 2, waitingRows: 3 },
      remaining: { filesInUse: 0, modelVersions: ['judge@1'] },
    });
    const { rows: asked } = await test.database.admin.query<{ id: string; cancel: boolean }>(
      'DELETE FROM job WHERE id = ANY($1) RETURNING id, cancel_requested AS cancel',
      [Object.keys(running)],
    );
    expect(Object.fromEntries(asked.map(({ id, cancel }) => [running[id], cancel]))).toEqual({
      'people@1': true,
      'crowd@1': false,
    });
  });

  it('leaves no content of the rows in any file or table', async () => {
    // Files go, and pages of the database, once the messages that say so are delivered.
    const waiting = `SELECT id FROM outbox WHERE (topic LIKE 'upload.used_up%' OR topic LIKE 'subject.erased%') AND sent_at IS NULL`;
    await until(async () => (await test.database.admin.query(waiting)).rows.length === 0);
    expect(await searched()).toEqual([]);
  }, 20_000);

  it('keeps ids, roots and proofs, and says of erased rows that they are', async () => {
    expect(await api.get('dataset-versions/people@1')).toMatchObject({
      contentId: before.contentId,
      splits: [
        { name: 'train', rows: ROWS.train, erased: 3 },
        { name: 'holdout', rows: ROWS.holdout, erased: 3 },
      ],
    });
    expect(verifyRowProof(kept).ok).toBe(true);
    for (const [split, key] of [
      ['train', 'train-4'],
      ['holdout', 'holdout-39'],
    ] as const) {
      const proof = await proofOf('people@1', split, key);
      expect([proof.included, verifyRowProof(proof).ok]).toEqual([true, true]);
    }
    const gone = await proofOf('people@1', 'train', theirId('train'));
    expect(gone).toMatchObject({ included: false });
    expect(gone.erased).toHaveLength(3);
    expect(verifyRowProof(gone)).toMatchObject({ ok: true });
    // One place less does not fill the gap: the proof could hide the row.
    expect(verifyRowProof({ ...gone, erased: gone.erased.slice(1) }).ok).toBe(false);
  });

  it('makes the version that a push without the rows makes', async () => {
    const again = await push('again', (split) => without(rows(split, SECOND)));
    expect(await api.get('dataset-versions/people@3')).toMatchObject({ contentId: again.contentId });
    // Nobody can say what the erased rows were: what is left is the same.
    const diff = await api.get<{ splits: object[] }>('dataset-versions/people@2/diff/people@3');
    expect(diff.splits).toMatchObject([
      { split: 'train', change: 'same' },
      { split: 'holdout', change: 'same' },
    ]);
  });

  it('refuses anything new on what is left of a version, and knows the subject no more', async () => {
    for (const [path, body] of [
      ['dataset-versions/people@1/splits/train/profile', {}],
      ['dataset-versions/people@1/checks', { checks: [{ check: 'duplicates' }] }],
    ] as const)
      expect((await api.send('post', path).send(body)).body).toMatchObject({ code: 'VERSION_ERASED' });
    const uploadId = await api.upload('id,prediction\nholdout-1,yes\n');
    const asked = {
      modelVersion: 'judge@1',
      datasetVersion: 'people@2',
      predictions: [{ split: 'holdout', uploadId }],
    };
    expect((await api.send('post', 'evaluations').send(asked)).body).toMatchObject({
      code: 'VERSION_ERASED',
      remedy: expect.stringContaining('people'),
    });
    expect((await api.send('post', 'subjects/erase').send({ subject: ANN })).body).toMatchObject({
      code: 'SUBJECT_UNKNOWN',
    });
    expect(await api.post('subjects/find', { subject: ANN })).toMatchObject({ known: false });
  });

  it('erases rows that wait to be sampled, also of somebody of whom there is nothing else', async () => {
    const find = (subject: string) => api.post('subjects/find', { subject });
    expect(await find('live-only')).toMatchObject({ known: false, waiting: 1, rows: [] });
    const report = await api.job('subjects/erase', { subject: 'live-only' });
    expect(report).toMatchObject({ erased: [], created: [], deleted: { waitingRows: 1 } });
    expect(await find('live-only')).toMatchObject({ known: false, waiting: 0 });
    expect(await api.get('sampling-plans/people-live')).toMatchObject({ offered: 41, waiting: 37 });
    // The sample that is left becomes a version, without the places of those that were erased.
    const taken = await api.job('sampling-plans/people-live/samples', {});
    expect(taken).toMatchObject({ splits: { live_sample: { rows: 37 } }, offered: 41 });
  });

  it('answers a gate that nobody compared the rows in time, and asks no job for it', async () => {
    const guesses = without(rows('holdout')).map(({ id }, i) => `${id},${i % 2 ? 'yes' : 'no'}`);
    const uploadId = await api.upload(`id,prediction\n${guesses.join('\n')}\n`);
    await api.job('evaluations', {
      modelVersion: 'judge@1',
      datasetVersion: 'people@3',
      predictions: [{ split: 'holdout', uploadId }],
    });
    const rules = [{ id: 'leakage', contamination: { between: ['train', 'holdout'], exact: 40 } }];
    await api.post('policies', { document: policyDocument('clean', rules) });
    const decision = await api.post<object>('gate-decisions', { modelVersion: 'judge@1', policy: 'clean' });
    expect(decision).toMatchObject({
      verdict: 'INCONCLUSIVE',
      rules: [{ reason: expect.stringContaining('3 of 4000 rows of people@1:train were erased') }],
    });
    expect((await api.send('post', 'models/judge/versions/1/contamination').send({})).body).toMatchObject({
      code: 'VERSION_ERASED',
    });
  });

  it('answers a gate that nobody compared two models in time, and takes no such request', async () => {
    const rules = [
      { id: 'rival', compare: { to: 'rival@1', split: 'holdout', metric: 'accuracy', margin: 0.1 } },
    ];
    await api.post('policies', { document: policyDocument('against', rules) });
    const asked = { modelVersion: 'judge@1', policy: 'against', datasetVersion: 'people@1' };
    expect(await api.post<object>('gate-decisions', asked)).toMatchObject({
      verdict: 'INCONCLUSIVE',
      rules: [{ reason: expect.stringContaining('3 of 40 rows of people@1:holdout were erased') }],
    });
    const [candidate, baseline] = evaluations as [string, string];
    const { rows: projects } = await test.database.admin.query<{ id: string }>('SELECT id FROM project');
    const actor = { kind: 'key', id: 'test', name: 'test', permissions: new Set<never>() } as const;
    const context = { requestId: 'test', projectId: projects[0]!.id, projectName: test.project, actor };
    const comparing = runInContext(context, () =>
      test.app.get(Comparisons).request(candidate, baseline, 'holdout'),
    );
    await expect(comparing).rejects.toMatchObject({ code: 'VERSION_ERASED' });
  });

  it('says of drift from a parent that lost rows that it is not known', async () => {
    const { checks } = await api.job<{ checks: object[] }>('dataset-versions/people@3/checks', {
      checks: [{ check: 'parent-drift', splits: ['train'] }],
    });
    expect(checks).toMatchObject([
      { status: 'undefined', reason: expect.stringContaining('people@2 were erased') },
    ]);
  });

  it('refuses to leave a split without rows, and changes nothing', async () => {
    const only = (split: keyof typeof ROWS) =>
      rows(split).map((row) => ({ ...row, person: 'bea', note: '', id: row.id + 1 }));
    await push('alone', only, {});
    const { job } = await api.post<{ job: { id: string } }>('subjects/erase', { subject: 'bea' });
    expect((await api.ended(job.id)).error).toMatchObject({ code: 'ERASURE_EMPTIES_SPLIT' });
    expect(await api.post('subjects/find', { subject: 'bea' })).toMatchObject({ known: true });
  });

  it('is in the log, which verifies', async () => {
    const { code, out } = await assay('audit', 'verify');
    expect([code, out]).toEqual([0, expect.any(String)]);
  });
});
