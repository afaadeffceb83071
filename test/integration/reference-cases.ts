import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type supertest from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestApp } from '../support/start-test-app.js';

/** What the spec has whose server these cases share. */
interface Served {
  test(): TestApp;
  /** The folder whose files may be named. The server may also fetch from 127.0.0.1. */
  folder: string;
  /** Whose bucket `data` may be named. */
  store: { secretAccessKey: string; objects: Record<string, string> };
  /** What the server logged. */
  log: readonly string[];
  upload(content: string): Promise<string>;
  post(path: string, body: object): supertest.Test;
  finished(jobId: string): Promise<{ state: string; error: { code: string } | null; result: Pushed | null }>;
  rows(from: number, to: number): string;
}

interface Pushed {
  datasetVersionId: string;
  contentId: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export function referenceCases({ test, folder, store, log, upload, post, finished, rows }: Served): void {
  const train = rows(5_000, 5_040);
  const holdout = rows(6_000, 6_040);
  const inStore = rows(7_000, 7_040);
  const asked: string[] = [];
  let host: Server;
  let origin: string;

  beforeAll(async () => {
    writeFileSync(join(folder, 'train.csv'), train);
    store.objects['data/2024/train 1.csv'] = inStore;
    writeFileSync(join(folder, 'ragged.csv'), 'id,x,sex,y\n1,2,f,LABEL\n3\n');
    host = createServer((request, response) => {
      asked.push(request.url!);
      response.end(holdout);
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  afterAll(() => host?.close());

  const file = (name: string) => `file://${folder}/${name}`;
  const push = (splits: object[]) =>
    post('/datasets/referred/versions', { splits, key: 'id', label: 'y', message: 'by reference' });
  const inRole = (role: string, reference: string, content: string) => ({
    name: role,
    role,
    reference,
    sha256: sha256(content),
  });
  const filesIn = (name: string) => {
    const path = join(test().config.home, name);
    mkdirSync(path, { recursive: true });
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() ? entry.name : [])).sort();
  };
  const blobs = () => filesIn('blobs');
  const select = async (sql: string, values: unknown[] = []) =>
    (await test().database.admin.query<Record<string, unknown>>(sql, values)).rows;
  const stored = async () => [
    blobs(),
    filesIn('scratch'),
    filesIn('staging'),
    await select(`SELECT (SELECT count(*) FROM upload) AS uploads, (SELECT count(*) FROM blob_reference) AS blobs,
      (SELECT count(*) FROM dataset) AS datasets, (SELECT count(*) FROM lineage_node) AS nodes`),
  ];

  it('refuses at once what may not be fetched, and stores nothing of what is fetched and is not as said', async () => {
    const before = await stored();
    for (const [reference, code] of [
      ['http://10.1.2.3/train.csv', 'REFERENCE_REFUSED'],
      ['https://[::1]/train.csv', 'REFERENCE_REFUSED'],
      ['http://169.254.169.254/latest/meta-data', 'REFERENCE_REFUSED'],
      ['s3://bucket/train.csv', 'REFERENCE_REFUSED'],
      [`${origin}/train.csv?token=x`, 'REFERENCE_INVALID'],
    ] as const) {
      const { body, status } = await push([inRole('train', reference, train)]);
      expect([reference, status, body.code]).toEqual([reference, 400, code]);
    }
    for (const [split, code] of [
      [inRole('holdout', `${origin}/h.csv`, 'other'), 'REFERENCE_DIGEST_DIFFERS'],
      [inRole('train', file('../train.csv'), train), 'REFERENCE_NOT_FOUND'],
      [inRole('train', 's3://data/missing.csv', train), 'REFERENCE_NOT_FOUND'],
      [inRole('holdout', file('ragged.csv'), 'id,x,sex,y\n1,2,f,LABEL\n3\n'), 'CSV_RAGGED'],
    ] as const) {
      const { body } = await push([split]).expect(202);
      const { state, error } = await finished(body.job.id);
      expect([split.reference, state, error?.code]).toEqual([split.reference, 'failed', code]);
    }
    expect(await stored()).toEqual(before);
  });

  it('makes what uploads of the same files make, keeps no file, and says where the data came from', async () => {
    const references = [
      inRole('train', file('train.csv'), train),
      inRole('holdout', `${origin}/data/holdout.csv`, holdout),
    ];
    const { body } = await push(references).expect(202);
    const { state, result } = await finished(body.job.id);
    expect(state).toBe('succeeded');
    expect(asked.at(-1)).toBe('/data/holdout.csv');
    expect([blobs().includes(sha256(train)), blobs().includes(sha256(holdout))]).toEqual([false, false]);

    const splits = [
      { name: 'train', role: 'train', uploadId: await upload(train) },
      { name: 'holdout', role: 'holdout', uploadId: await upload(holdout) },
    ];
    const again = await finished((await push(splits).expect(202)).body.job.id);
    expect(again.result).toMatchObject({ ...result!, created: false });

    const id = result!.datasetVersionId;
    const from = await select(
      `SELECT f.label FROM lineage_edge e JOIN lineage_node f ON f.no = e.from_no JOIN lineage_node t ON t.no = e.to_no
        WHERE t.id = $1 ORDER BY 1`,
      [id],
    );
    expect(from.map(({ label }) => label)).toEqual([file('train.csv'), `${origin}/data/holdout.csv`]);
    const [leaf] = await select(
      `SELECT body FROM audit_leaf WHERE subject_id = $1 AND action = 'dataset.version.created'`,
      [id],
    );
    expect(JSON.stringify(leaf)).toContain(`${origin}/data/holdout.csv`);
    // Of a sealed file the digest would let labels be guessed.
    expect(JSON.stringify(leaf)).not.toContain(sha256(holdout));
  });

  it('reads an object of S3 with the key of the operator, which stands nowhere', async () => {
    const reference = 's3://data/2024/train 1.csv';
    const { body } = await push([inRole('train', reference, inStore)]).expect(202);
    const { state, result } = await finished(body.job.id);
    expect(state).toBe('succeeded');
    const [from] = await select(
      `SELECT f.label FROM lineage_edge e JOIN lineage_node f ON f.no = e.from_no JOIN lineage_node t ON t.no = e.to_no WHERE t.id = $1`,
      [result!.datasetVersionId],
    );
    expect(from).toEqual({ label: reference });
    const [said] = await select(
      `SELECT (SELECT json_agg(j) FROM job j)::text AS jobs, (SELECT json_agg(l) FROM audit_leaf l)::text AS log`,
    );
    for (const text of [log.join('\n'), String(said!.jobs), String(said!.log)]) {
      expect(text.length).toBeGreaterThan(1_000);
      expect(text).not.toContain(store.secretAccessKey);
    }
  });
}
