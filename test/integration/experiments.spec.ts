import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { statementsOf } from './count-statements.js';

let test: TestApp;
let base: string;

beforeAll(async () => {
  test = await startTestApp();
  base = `/v1/projects/${test.project}`;
  await post('/experiments', { name: 'credit' }).expect(201);
});

afterAll(() => test?.stop());

const authorization = (key = test.apiKey) => ({ authorization: `Bearer ${key}` });
const post = (path: string, body: object, key?: string) =>
  test.request
    .post(base + path)
    .set(authorization(key))
    .send(body);
const get = (path: string, key?: string) => test.request.get(base + path).set(authorization(key));
const problem = (code: string) => ({ body: expect.objectContaining({ code }) });

async function newRun(body: object = {}): Promise<string> {
  const answer = await post('/runs', { experiment: 'credit', ...body }).expect(201);
  return answer.body.id as string;
}

const audited = async (subject: string) => {
  const { rows } = await test.database.admin.query<{ action: string }>(
    'SELECT action FROM audit_leaf WHERE subject_id = $1 ORDER BY id',
    [subject],
  );
  return rows.map((row) => row.action);
};

describe('experiments', () => {
  it('are created once, shown and listed', async () => {
    const made = await post('/experiments', { name: 'churn', description: 'who leaves' }).expect(201);
    expect(made.body).toMatchObject({ name: 'churn', description: 'who leaves' });
    expect((await get('/experiments/churn').expect(200)).body).toEqual(made.body);
    expect(await post('/experiments', { name: 'churn' }).expect(409)).toMatchObject(
      problem('EXPERIMENT_EXISTS'),
    );
    expect(await get('/experiments/none').expect(404)).toMatchObject(problem('EXPERIMENT_NOT_FOUND'));
  });

  it.each(['', '../x', 'a/b', '.hidden', 'a\0b', 'x'.repeat(101), 7, null])(
    'refuse the name %j',
    async (name) => {
      const answer = await post('/experiments', { name }).expect(400);
      expect(answer.body).toMatchObject({ code: 'REQUEST_INVALID', fields: [{ path: 'name' }] });
    },
  );

  it('are paged by cursor, newest first', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await post('/experiments', { name }).expect(201);
    const first = (await get('/experiments?first=2').expect(200)).body;
    expect(first.items.map((item: { name: string }) => item.name)).toEqual(['page-3', 'page-2']);
    expect(first.hasNextPage).toBe(true);
    const second = (await get(`/experiments?first=1&after=${first.endCursor}`).expect(200)).body;
    expect(second.items.map((item: { name: string }) => item.name)).toEqual(['page-1']);
  });

  it('stay within their project', async () => {
    const other = await test.newProject('elsewhere');
    const answer = await test.request
      .get(`/v1/projects/${other.name}/experiments/credit`)
      .set(authorization(other.apiKey))
      .expect(404);
    expect(answer).toMatchObject(problem('EXPERIMENT_NOT_FOUND'));
    const run = await newRun();
    await test.request
      .get(`/v1/projects/${other.name}/runs/${run}`)
      .set(authorization(other.apiKey))
      .expect(404);
  });

  it('are written by contributors only', async () => {
    await post('/experiments', { name: 'no' }, await test.key('viewer')).expect(403);
    await post('/experiments', { name: 'by-contributor' }, await test.key('contributor')).expect(201);
  });
});

describe('runs', () => {
  it('start with a name, params and tags, and end once', async () => {
    const made = await post('/experiments/credit/runs', {
      params: { lr: 0.1, deep: true },
      tags: { by: 'CI' },
    }).expect(201);
    const { id } = made.body as { id: string };
    expect(made.body).toMatchObject({
      experiment: 'credit',
      status: 'running',
      params: { lr: '0.1', deep: 'true' },
      tags: { by: 'CI' },
      latestMetrics: {},
      datasetVersionIds: [],
      endedAt: null,
    });
    expect(made.body.name).toMatch(/^run-[0-9a-f]{8}$/);
    expect((await post(`/runs/${id}/finish`, { status: 'failed' }).expect(200)).body.status).toBe('failed');
    await post(`/runs/${id}/finish`, { status: 'failed' }).expect(200);
    expect(await post(`/runs/${id}/finish`, {}).expect(409)).toMatchObject(problem('RUN_ENDED'));
    expect(await audited(id)).toEqual(['run.created', 'run.ended']);
  });

  it('refuse params and metrics once ended, and still take tags', async () => {
    const id = await newRun();
    await post(`/runs/${id}/finish`, {}).expect(200);
    expect(await post(`/runs/${id}/log`, { params: { a: '1' } }).expect(409)).toMatchObject(
      problem('RUN_ENDED'),
    );
    expect(await post(`/runs/${id}/log`, { metrics: [{ key: 'a', value: 1 }] }).expect(409)).toMatchObject(
      problem('RUN_ENDED'),
    );
    await post(`/runs/${id}/log`, { tags: { reviewed: 'yes' } }).expect(204);
    expect((await get(`/runs/${id}`)).body.tags).toEqual({ reviewed: 'yes' });
  });

  it('write a param once, and all of a batch or nothing', async () => {
    const id = await newRun({ params: { lr: '0.1' } });
    await post(`/runs/${id}/log`, { params: { lr: 0.1 } }).expect(204);
    const refused = await post(`/runs/${id}/log`, {
      params: { new: '1', lr: '0.2' },
      metrics: [{ key: 'auc', value: 1 }],
      tags: { note: 'x' },
    }).expect(409);
    expect(refused.body).toMatchObject({
      code: 'PARAM_CHANGED',
      fields: [{ path: 'params.lr', message: 'is "0.1"; "0.2" was given' }],
    });
    expect((await get(`/runs/${id}`)).body).toMatchObject({
      params: { lr: '0.1' },
      tags: {},
      latestMetrics: {},
    });
  });

  it('settle two writers of one param', async () => {
    const id = await newRun();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((value) => post(`/runs/${id}/log`, { params: { x: value } })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409, 409, 409]);
  });

  it('are listed by experiment', async () => {
    await post('/experiments', { name: 'listed' }).expect(201);
    const ids = [];
    for (let i = 0; i < 3; i += 1)
      ids.unshift((await post('/experiments/listed/runs', {}).expect(201)).body.id);
    const all = (await get('/runs?experiment=listed').expect(200)).body;
    expect(all.items.map((run: { id: string }) => run.id)).toEqual(ids);
    const page = (
      await get(
        `/experiments/listed/runs?first=1&after=${(await get('/runs?experiment=listed&first=1')).body.endCursor}`,
      )
    ).body;
    expect(page.items.map((run: { id: string }) => run.id)).toEqual([ids[1]]);
    await get('/runs?experiment=none').expect(404);
    expect(await get('/runs?after=nonsense').expect(400)).toMatchObject(problem('CURSOR_INVALID'));
  });

  it('answer 404 for an unknown run, 400 for what is no id', async () => {
    const unknown = '01900000-0000-7000-8000-000000000000';
    await get(`/runs/${unknown}`).expect(404);
    await post(`/runs/${unknown}/log`, { tags: { a: 'b' } }).expect(404);
    await post(`/runs/${unknown}/finish`, {}).expect(404);
    await get(`/runs/${unknown}/metrics/auc`).expect(404);
    await get('/runs/1').expect(400);
    await post('/runs', { experiment: 'none' }).expect(404);
  });
});

describe('metrics', () => {
  it('keep the history, the same point once, and the latest by (step, timestamp, value)', async () => {
    const id = await newRun();
    const points = [
      { key: 'loss', value: 3, step: 0, timestamp: 100 },
      { key: 'loss', value: 2, step: 2, timestamp: 100 },
      { key: 'loss', value: 1, step: 1, timestamp: 900 },
      { key: 'loss', value: 1.5, step: 2, timestamp: 100 },
      { key: 'loss', value: 9, step: 2, timestamp: 50 },
      { key: 'odd/key', value: 'NaN', step: -1, timestamp: 1 },
      { key: 'inf', value: '-Infinity', timestamp: 1 },
      { key: 'exact', value: 0.1 + 0.2, timestamp: 1 },
    ];
    await post(`/runs/${id}/log`, { metrics: points }).expect(204);
    await post(`/runs/${id}/log`, { metrics: [...points, ...points] }).expect(204);
    expect((await get(`/runs/${id}`)).body.latestMetrics).toEqual({
      loss: 2,
      'odd/key': 'NaN',
      inf: '-Infinity',
      exact: 0.1 + 0.2,
    });
    const history = (await get(`/runs/${id}/metrics/loss`).expect(200)).body;
    expect(history.items.map((point: { value: number }) => point.value)).toEqual([3, 1, 9, 1.5, 2]);
    expect((await get(`/runs/${id}/metrics/odd%2Fkey`)).body.items).toEqual([
      { key: 'odd/key', value: 'NaN', step: -1, timestamp: 1 },
    ]);
    expect((await get(`/runs/${id}/metrics/none`)).body).toEqual({
      items: [],
      endCursor: null,
      hasNextPage: false,
    });
    // An older point that arrives late is history only.
    await post(`/runs/${id}/log`, { metrics: [{ key: 'loss', value: 7, step: 1, timestamp: 9999 }] }).expect(
      204,
    );
    expect((await get(`/runs/${id}`)).body.latestMetrics.loss).toBe(2);
  });

  it('page through a history with NaN in it', async () => {
    const id = await newRun();
    const values = [1, 'Infinity', 'NaN'];
    await post(`/runs/${id}/log`, {
      metrics: values.map((value) => ({ key: 'x', value, step: 5, timestamp: 7 })),
    }).expect(204);
    const seen: unknown[] = [];
    for (let after = ''; ;) {
      const page = (await get(`/runs/${id}/metrics/x?first=1${after}`).expect(200)).body;
      seen.push(...page.items.map((point: { value: unknown }) => point.value));
      if (!page.hasNextPage) break;
      after = `&after=${page.endCursor}`;
    }
    expect(seen).toEqual(values);
  });

  it('take the time of the database when none is given', async () => {
    const id = await newRun();
    await post(`/runs/${id}/log`, { metrics: [{ key: 'x', value: 1 }] }).expect(204);
    const [point] = (await get(`/runs/${id}/metrics/x`)).body.items;
    expect(Math.abs(point.timestamp - Date.now())).toBeLessThan(60_000);
  });

  it('end with one latest value under concurrent writers', async () => {
    const id = await newRun();
    const batches = Array.from({ length: 8 }, (_, batch) =>
      Array.from({ length: 20 }, (_, i) => ({
        key: `m${(i * 7 + batch) % 20}`,
        value: batch,
        step: batch,
        timestamp: i,
      })),
    );
    const answers = await Promise.all(batches.map((metrics) => post(`/runs/${id}/log`, { metrics })));
    expect(answers.map((answer) => answer.status)).toEqual(batches.map(() => 204));
    expect(new Set(Object.values((await get(`/runs/${id}`)).body.latestMetrics))).toEqual(new Set([7]));
  });

  it('cost a number of statements that does not depend on the batch', async () => {
    const id = await newRun();
    const entry = (n: number) => ({
      metrics: Array.from({ length: n }, (_, i) => ({ key: `m${i}`, value: i, step: n, timestamp: 1 })),
      params: Object.fromEntries(Array.from({ length: Math.min(n, 100) }, (_, i) => [`p${n}.${i}`, i])),
      tags: Object.fromEntries(Array.from({ length: Math.min(n, 100) }, (_, i) => [`t${i}`, n])),
    });
    const own = (statements: string[]) => statements.filter((sql) => /\brun(_\w+)?\b/.test(sql));
    const few = own(await statementsOf(() => post(`/runs/${id}/log`, entry(2)).expect(204)));
    const many = own(await statementsOf(() => post(`/runs/${id}/log`, entry(1000)).expect(204)));
    expect(many).toHaveLength(few.length);
    expect(many).toHaveLength(4);
    expect(
      own(await statementsOf(() => post(`/runs/${id}/log`, { metrics: entry(100).metrics }).expect(204))),
    ).toHaveLength(2);
  });
});

describe('what a run may not log', () => {
  it.each([
    [{}, 'NOTHING_LOGGED'],
    [{ metrics: [{ key: 'a' }] }, 'REQUEST_INVALID'],
    [{ metrics: [{ key: 'a', value: '1' }] }, 'REQUEST_INVALID'],
    [{ metrics: [{ key: '../a', value: 1 }] }, 'REQUEST_INVALID'],
    [{ metrics: [{ key: 'a', value: 1, step: 1.5 }] }, 'REQUEST_INVALID'],
    [{ metrics: [{ key: 'a', value: 1, step: 1e300 }] }, 'REQUEST_INVALID'],
    [{ metrics: [{ key: 'a', value: 1, other: 1 }] }, 'REQUEST_INVALID'],
    [{ metrics: Array.from({ length: 1001 }, () => ({ key: 'a', value: 1 })) }, 'REQUEST_INVALID'],
    [{ params: { 'a\0': '1' } }, 'REQUEST_INVALID'],
    [{ params: { a: 'x\0' } }, 'REQUEST_INVALID'],
    [{ params: { a: 'x'.repeat(6001) } }, 'REQUEST_INVALID'],
    [{ params: { a: { b: 1 } } }, 'REQUEST_INVALID'],
    [{ params: [['a', 1]] }, 'REQUEST_INVALID'],
    [{ params: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`p${i}`, i])) }, 'REQUEST_INVALID'],
    [{ tags: { '../../etc/passwd': 'x' } }, 'REQUEST_INVALID'],
    [{ unknown: 1 }, 'REQUEST_INVALID'],
  ])('%#: 400', async (body, code) => {
    const id = await newRun();
    expect(await post(`/runs/${id}/log`, body).expect(400)).toMatchObject(problem(code));
  });

  it('takes keys that JavaScript gives a meaning', async () => {
    const id = await newRun();
    await post(`/runs/${id}/log`, { params: { valueOf: 'a', toString: 'b' } }).expect(204);
    expect((await get(`/runs/${id}`)).body.params).toEqual({ valueOf: 'a', toString: 'b' });
  });
});

describe('GraphQL', () => {
  const graphql = async (query: string, variables: object = {}) => {
    const answer = await test.request.post('/graphql').set(authorization()).send({ query, variables });
    expect(answer.body.errors).toBeUndefined();
    return answer.body.data;
  };

  it('creates, logs, finishes and reads', async () => {
    await graphql('mutation { createExperiment(input: { name: "gql" }) { id } }');
    const { createRun: run } = await graphql(
      'mutation ($params: JSON) { createRun(input: { experiment: "gql", params: $params }) { id status params } }',
      { params: { depth: 3 } },
    );
    expect(run).toMatchObject({ status: 'running', params: { depth: '3' } });
    const logged = await graphql(
      `
        mutation ($id: ID!, $input: LogRunInput!) {
          logRun(id: $id, input: $input) {
            latestMetrics
          }
        }
      `,
      {
        id: run.id,
        input: {
          metrics: [
            { key: 'auc', value: 0.9, step: 1, timestamp: 5 },
            { key: 'auc', value: 'NaN', step: 2, timestamp: 6 },
          ],
        },
      },
    );
    expect(logged.logRun.latestMetrics).toEqual({ auc: 'NaN' });
    await graphql('mutation ($id: ID!) { finishRun(id: $id) { status } }', { id: run.id });
    const read = await graphql(
      `
        query ($id: ID!) {
          experiment(name: "gql") {
            name
            runs(first: 5) {
              items {
                id
                status
                startedAt
              }
              hasNextPage
            }
          }
          run(id: $id) {
            experiment
            metricHistory(key: "auc") {
              items {
                value
                step
                timestamp
              }
              endCursor
              hasNextPage
            }
          }
        }
      `,
      { id: run.id },
    );
    expect(read.experiment.runs).toMatchObject({
      items: [{ id: run.id, status: 'finished' }],
      hasNextPage: false,
    });
    expect(read.run.metricHistory.items).toEqual([
      { value: 0.9, step: 1, timestamp: 5 },
      { value: 'NaN', step: 2, timestamp: 6 },
    ]);
  });

  it('says which run does not exist', async () => {
    const answer = await test.request
      .post('/graphql')
      .set(authorization())
      .send({ query: '{ run(id: "01900000-0000-7000-8000-000000000000") { id } }' });
    expect(answer.body.errors[0].extensions.code).toBe('RUN_NOT_FOUND');
  });

  it('costs the same statements for one experiment with one run as for many', async () => {
    const query = `{ experiments(first: 50) { items { name runs(first: 10) { items { id metricHistory(key: "x") { items { value } } } } } } }`;
    for (let e = 0; e < 4; e += 1) {
      await post('/experiments', { name: `many-${e}` }).expect(201);
      for (let r = 0; r < 3; r += 1) {
        const { id } = (await post(`/experiments/many-${e}/runs`, {}).expect(201)).body;
        await post(`/runs/${id}/log`, { metrics: [{ key: 'x', value: r }] }).expect(204);
      }
    }
    const few = await statementsOf(() => graphql(query.replace('50', '1')));
    const many = await statementsOf(() => graphql(query));
    expect(many).toHaveLength(few.length);
  });
});
