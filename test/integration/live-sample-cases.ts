import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import type { ApiClient } from '../support/api-client.js';
import type { TestApp } from '../support/start-test-app.js';

interface Plan {
  id: string;
  sampleNo: number;
  offered: number;
  untrusted: number;
  waiting: number;
}

interface Taken {
  datasetVersionId: string;
  version: number;
  contentId: string;
  splits: Record<string, { rows: number; root: string }>;
  no: number;
  offered: number;
}

const ROWS = 300;

/** Numbers and colours of training data, and of live rows that come `from` further on. */
const rowOf = (i: number, from = 0) => ({
  id: `r${i}`,
  who: `w${i % 40}`,
  x: from + (i % 200) + 0.5,
  colour: 'abcd'[i % 4],
  day: `2026-01-${String((i % 28) + 1).padStart(2, '0')}`,
});

/** Cases on the server of another spec. */
export function liveSampleCases(of: () => { test: TestApp; client: ApiClient }): void {
  const client = () => of().client;
  const offer = (plan: string, rows: object[], as = client()) =>
    as.send('post', `sampling-plans/${plan}/rows`).send({ rows });
  const create = (dataset: string, more: object = {}) =>
    client().post<Plan>('sampling-plans', {
      dataset,
      datasetVersion: 'flow@1',
      split: 'train',
      capacity: 100,
      seed: 7,
      ...more,
    });
  const refusal = async (answer: PromiseLike<{ status: number; body: unknown }>) => {
    const { status, body } = await answer;
    const { code, detail } = body as { code: string; detail: string };
    return `${status} ${code} ${detail}`;
  };
  async function waiting(id: string): Promise<string> {
    const { rows } = await of().test.database.admin.query<{ held: string }>(
      `SELECT json_agg(fields ORDER BY ordinal)::text AS held FROM sampled_row WHERE plan_id = '${id}'`,
    );
    return rows[0]!.held;
  }

  beforeAll(async () => {
    const header = 'id,who,x,colour,day,y';
    const lines = Array.from({ length: ROWS }, (_, i) => {
      const { id, who, x, colour, day } = rowOf(i);
      return [id, who, x, colour, day, i % 2 ? 'yes' : 'no'].join(',');
    });
    await client().job('datasets/flow/versions', {
      splits: [
        { name: 'train', role: 'train', uploadId: await client().upload(`${header}\n${lines.join('\n')}\n`) },
      ],
      key: 'id',
      label: 'y',
      time: 'day',
      subject: 'who',
    });
  });

  it('are the same ones however rows are put into batches, and count all that was offered', async () => {
    const rows = Array.from({ length: ROWS }, (_, i) => ({
      ...rowOf(i),
      ...(i % 20 === 19 ? { who: 'guest' } : {}),
    }));
    const plans = [await create('flow-live'), await create('flow-other')];
    await offer('flow-live', rows).expect(200);
    for (const [from, to] of [
      [0, 1],
      [1, 150],
      [150, ROWS],
    ] as const)
      await offer('flow-other', rows.slice(from, to)).expect(200);
    const held = await Promise.all(plans.map(({ id }) => waiting(id)));
    expect(held[1]).toBe(held[0]);
    expect((JSON.parse(held[0]!) as unknown[]).length).toBe(100);
    expect(await client().get('sampling-plans/FLOW-LIVE')).toMatchObject({
      offered: ROWS,
      untrusted: 0,
      waiting: 100,
      sampleNo: 1,
      subjectColumn: 'who',
    });
  });

  it('take a batch once under one Idempotency-Key, and nothing of one that does not fit', async () => {
    const { id } = await create('flow-strict', { capacity: 10 });
    for (let again = 0; again < 2; again++)
      await offer('flow-strict', [rowOf(1), rowOf(2)])
        .set('idempotency-key', 'batch-1')
        .expect(200);
    const bad = [rowOf(3), { ...rowOf(4), x: 'a lot' }];
    expect(await refusal(offer('flow-strict', bad))).toContain(
      '400 LIVE_ROW_INVALID row 2, column "x": found "a lot"; expected a decimal number',
    );
    await client().post('subjects/withdraw', { subject: 'guest' });
    expect(await refusal(offer('flow-strict', [rowOf(5), { ...rowOf(39), who: 'guest' }]))).toMatch(
      /^409 SUBJECT_WITHDRAWN .*the first are rows 2/,
    );
    expect(await client().get('sampling-plans/flow-strict')).toMatchObject({ offered: 2, waiting: 2 });
    // The log says how many came, and nothing of what was in them.
    const { rows } = await of().test.database.admin.query<{ body: string }>(
      `SELECT body FROM audit_leaf WHERE action = 'sampling.rows.offered' AND subject_id = '${id}'`,
    );
    expect(rows.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      {
        dataset: 'flow-strict',
        sample: 1,
        first: 1,
        rows: 2,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(rows[0]!.body).not.toMatch(/"[rw][12]"/);
  });

  it('refuse a plan that cannot be, and what is not there', async () => {
    const ask = (more: object) =>
      refusal(
        client()
          .send('post', 'sampling-plans')
          .send({ dataset: 'a', datasetVersion: 'flow@1', split: 'train', capacity: 5, ...more }),
      );
    expect(await ask({ dataset: 'Flow' })).toContain('400 SAMPLING_SAME_DATASET');
    expect(await ask({ dataset: 'FLOW-live' })).toContain('409 SAMPLING_PLAN_EXISTS');
    expect(await ask({ split: 'live' })).toContain('404 SPLIT_NOT_FOUND');
    expect(await ask({ sources: ['nowhere'] })).toContain('404 SOURCE_NOT_FOUND');
    expect(await refusal(offer('nothing', [rowOf(1)]))).toContain('404 SAMPLING_PLAN_NOT_FOUND');
    await create('flow-empty');
    const take = (body: object) =>
      refusal(client().send('post', 'sampling-plans/flow-empty/samples').send(body));
    expect(await take({})).toContain('409 LIVE_SAMPLE_EMPTY');
    expect(await take({ no: 7 })).toContain('404 LIVE_SAMPLE_NOT_FOUND');
  });

  it('become versions as pushes do, without those who withdrew since, and are compared with training', async () => {
    const taken = await client().job<Taken>('sampling-plans/flow-live/samples', {});
    expect(taken).toMatchObject({ version: 1, no: 1, offered: ROWS });
    const { test } = of();
    // What a push of the same rows would be.
    const { rows } = await test.database.admin.query<{ fields: (string | null)[] }>(
      `SELECT fields FROM sampled_row r JOIN sampling_plan p ON p.id = r.plan_id WHERE p.dataset = 'flow-other' ORDER BY ordinal`,
    );
    const left = rows.filter(({ fields }) => fields[1] !== 'guest');
    expect(left.length).toBeLessThan(100);
    const csv = left.map(({ fields }) => fields.map((text) => text ?? '').join(',')).join('\n');
    const pushed = await client().job<Taken>('datasets/flow-file/versions', {
      splits: [
        {
          name: 'live_sample',
          role: 'live_sample',
          uploadId: await client().upload(`id,who,x,colour,day,y\n${csv}\n`),
        },
      ],
      declaredTypes: { id: 'text', who: 'text', x: 'double', colour: 'text', day: 'date', y: 'text' },
      label: 'y',
      time: 'day',
    });
    expect(taken.splits['live_sample']).toEqual(pushed.splits['live_sample']);
    expect(taken.contentId).toBe(pushed.contentId);
    expect(await client().get('dataset-versions/flow-live@1')).toMatchObject({
      splits: [{ name: 'live_sample', role: 'live_sample', sealed: false, rows: left.length }],
      schema: { key: null, label: 'y', time: 'day' },
      subjectColumn: 'who',
      message: expect.stringContaining(`drawn from ${ROWS} rows`),
    });
    // Its rows wait no more; the next sample is fed from here.
    expect(await client().get('sampling-plans/flow-live')).toMatchObject({
      sampleNo: 2,
      offered: 0,
      waiting: 0,
    });
    expect(await client().get('sampling-plans/flow-live/samples')).toMatchObject({
      items: [{ no: 1, offered: ROWS, datasetVersionId: taken.datasetVersionId }],
    });
    await offer('flow-live', [rowOf(1)]).expect(200);
    expect(
      await refusal(client().send('post', 'sampling-plans/flow-live/samples').send({ no: 1 })),
    ).toContain('409 LIVE_SAMPLE_TAKEN');
    expect(await driftOf('flow-live@1')).toMatchObject({ status: 'passed', failing: 0, total: 2 });
  });

  it('let a gate pass that asks for a young one without drift, and no other', async () => {
    const artifactUploadId = await client().upload('weights of flow');
    await client().post('models/flow/versions', { artifactUploadId, datasetVersions: ['flow@1'] });
    const gate = async (liveSample: object): Promise<[string, string]> => {
      const name = `live-${JSON.stringify(liveSample).replaceAll(/[^a-z0-9]/gi, '-')}`.slice(0, 90);
      const document = {
        apiVersion: 'assay/v1',
        kind: 'GatePolicy',
        metadata: { name },
        spec: { dataset: 'flow', rules: [{ id: 'live', liveSample }] },
      };
      await client().post('policies', { document });
      const answer = await client().post<{ verdict: string; rules: { reason: string }[] }>('gate-decisions', {
        modelVersion: 'flow@1',
        policy: name,
      });
      return [answer.verdict, JSON.stringify(answer)];
    };
    const young = { plan: 'flow-live', maxAge: '1h' };
    expect((await gate(young))[0]).toBe('PASS');
    expect((await gate({ ...young, minRows: 1000 }))[0]).toBe('INCONCLUSIVE');
    expect((await gate({ ...young, plan: 'flow-other' }))[0]).toBe('INCONCLUSIVE');
    expect((await gate({ ...young, parameters: { threshold: 0.3 } }))[0]).toBe('INCONCLUSIVE');
    await client().send('get', 'sampling-plans').expect(200);
    // The next sample is of other numbers, by the command line.
    const file = Array.from({ length: ROWS }, (_, i) => JSON.stringify(rowOf(i, 150)));
    expect(await assay(['offer', 'flow-live', '-'], file.join('\n'))).toMatch(/sample 2: 100 rows of 301/);
    expect(await assay(['take', 'flow-live'])).toContain('flow-live@2  sample 2: 100 rows of 301');
    expect(await driftOf('flow-live@2')).toMatchObject({ status: 'failed', failing: 1 });
    expect((await gate({ ...young, maxDrifted: 0 }))[0]).toBe('FAIL');
    expect((await gate({ ...young, maxDrifted: 1 }))[0]).toBe('PASS');
    expect(await assay(['show', 'flow-live'])).toMatch(/sample 3: 0 rows of 0/);
  });

  async function driftOf(ref: string): Promise<object> {
    for (;;) {
      const { items } = await client().get<{ items: object[] }>(`dataset-versions/${ref}/checks`);
      if (items[0]) return items[0];
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async function assay(args: string[], stdin?: string): Promise<string> {
    const { test } = of();
    let out = '';
    const stream = { write: (text: string) => (out += text) };
    const env = { ASSAY_URL: test.url, ASSAY_API_KEY: test.apiKey, ASSAY_PROJECT: test.project };
    const given = args.map((each) => (each === '-' && stdin !== undefined ? fileOf(stdin) : each));
    const code = await run(['dataset', 'sample', ...given], {
      env,
      cwd: test.config.home,
      stdout: stream,
      stderr: stream,
    });
    expect([code, out]).toEqual([0, out]);
    return out;
  }
  function fileOf(content: string): string {
    const path = join(of().test.config.home, 'live.jsonl');
    writeFileSync(path, content);
    return path;
  }
}
