import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Comparisons, EvaluationReader } from '../../src/modules/evaluation/index.js';
import { type RequestContext, runInContext } from '../../src/platform/context/index.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { statementsOf } from './count-statements.js';

let test: TestApp;
let projectId: string;
let contributor: string;
const log: string[] = [];
const SECRET = 'SECRETLABEL';

const authorization = (key = test.apiKey) => ({ authorization: `Bearer ${key}` });
const get = (path: string, key?: string) =>
  test.request.get(`/v1/projects/default${path}`).set(authorization(key));
const post = (path: string, body: object, key?: string) =>
  test.request.post(`/v1/projects/default${path}`).set(authorization(key)).send(body);
const graphql = async (query: string, variables: object = {}, key?: string) => {
  const answer = await test.request
    .post('/graphql')
    .set(authorization(key))
    .send({ query, variables })
    .expect(200);
  expect(answer.body.errors).toBeUndefined();
  return answer.body.data;
};

async function upload(content: string, key?: string): Promise<string> {
  const answer = await test.request
    .post('/v1/projects/default/uploads?filename=data.csv')
    .set({ ...authorization(key), 'content-type': 'application/octet-stream' })
    .send(Buffer.from(content))
    .expect(201);
  return answer.body.id as string;
}

async function finished(id: string, key?: string) {
  for (;;) {
    const { body } = await get(`/jobs/${id}?wait=30`, key).expect(200);
    if (!['queued', 'running'].includes(body.state)) return body;
    await sleep(20);
  }
}

/** 40 rows; label yes for odd keys. */
const KEYS = Array.from({ length: 40 }, (_, i) => i + 1);
const labelOf = (key: number) => (key % 2 === 1 ? 'yes' : SECRET);
const people = (keys: readonly number[]) =>
  `id,x,sex,y\n${keys.map((key) => `${key},${key * 0.5},${key % 3 === 0 ? 'm' : 'f'},${labelOf(key)}`).join('\n')}\n`;
/** Wrong for every key that is divisible by `wrong`. */
const predictions = (wrong: number, keys: readonly number[] = KEYS) =>
  `id,prediction,score\n${keys
    .map((key) => {
      const says = (key % 2 === 1) !== (key % wrong === 0);
      return `${key},${says ? 'yes' : SECRET},${((says ? 0.6 : 0.1) + (key % 7) * 0.04).toFixed(2)}`;
    })
    .join('\n')}\n`;

async function pushDataset(name: string, looks: number): Promise<string> {
  const splits = [
    { name: 'validation', role: 'validation', uploadId: await upload(people(KEYS)) },
    {
      name: 'holdout',
      role: 'holdout',
      uploadId: await upload(people(KEYS.map((key) => key + 100 * looks + 1000))),
    },
  ];
  const { body } = await post(`/datasets/${name}/versions`, {
    splits,
    key: 'id',
    label: 'y',
    protected: ['sex'],
    looks,
  }).expect(202);
  const job = await finished(body.job.id);
  expect(job).toMatchObject({ state: 'succeeded' });
  return job.result.datasetVersionId as string;
}

async function registerModel(name: string): Promise<string> {
  const { body } = await post(`/models/${name}/versions`, {
    artifactUploadId: await upload(`weights of ${name}`),
  }).expect(201);
  return body.id as string;
}

async function evaluate(model: string, dataset: string, files: Record<string, string>, protocol?: object) {
  const sent = [];
  for (const [split, content] of Object.entries(files))
    sent.push({ split, uploadId: await upload(content, contributor) });
  const body = {
    modelVersion: model,
    datasetVersion: dataset,
    predictions: sent,
    ...(protocol ? { protocol } : {}),
  };
  const answer = await post('/evaluations', body, contributor).expect(202);
  return finished(answer.body.job.id);
}

const inProject = <T>(work: () => Promise<T>) => {
  const context: RequestContext = {
    requestId: 'test',
    projectId,
    projectName: 'default',
    actor: { kind: 'key', id: 'test', name: 'test', permissions: new Set() },
  };
  return runInContext(context, work);
};

/** Keys of the holdout that `pushDataset` made. */
const holdoutKeys = (looks: number) => KEYS.map((key) => key + 100 * looks + 1000);

beforeAll(async () => {
  test = await startTestApp({ workers: true, log: { write: (line: string) => void log.push(line) } });
  projectId = (
    await test.database.admin.query<{ id: string }>(`SELECT id FROM project WHERE name = 'default'`)
  ).rows[0]!.id;
  contributor = await test.key('contributor');
  await pushDataset('people', 3);
  await registerModel('credit');
  await registerModel('rival');
});

afterAll(() => test?.stop());

describe('an evaluation', () => {
  let id: string;

  it('is computed by a job, from predictions for open and sealed splits', async () => {
    const job = await evaluate('credit@1', 'people@1', {
      validation: predictions(5),
      holdout: predictions(5, holdoutKeys(3)),
    });
    expect(job).toMatchObject({ state: 'succeeded', result: { level: 'recomputed', created: true } });
    id = job.result.evaluationId as string;
    const { body } = await get(`/evaluations/${id}`).expect(200);
    expect(body).toMatchObject({
      evaluationId: id,
      level: 'recomputed',
      protocol: { positive: 'yes', bins: 15 },
    });
    const { validation, holdout } = body.splits;
    // Divisible by 5: 8 of 40 keys.
    expect(validation.metrics.accuracy).toMatchObject({ defined: true, value: 0.8, n: 40 });
    expect(validation.metrics.auc.defined).toBe(true);
    expect(
      validation.groups.map((group: { attributes: object; n: number }) => [group.attributes, group.n]),
    ).toEqual([
      [{ sex: 'f' }, 27],
      [{ sex: 'm' }, 13],
    ]);
    expect(validation.fairness.equalized_odds_difference.sex).toMatchObject({ defined: true });
    expect(holdout).toMatchObject({
      sealed: true,
      n: 40,
      look: 1,
      budget: 3,
      metrics: { accuracy: { defined: true } },
    });
  });

  it('has charts of its splits in REST and GraphQL, of the sealed one for auditors alone', async () => {
    const { body } = await get(`/evaluations/${id}/charts`).expect(200);
    const [validation, holdout] = body.items;
    // 20 of each label; wrong are 5, 15, 25, 35 and 10, 20, 30, 40.
    expect(validation).toMatchObject({ split: 'validation', sealed: false, n: 40 });
    expect(validation.charts).toMatchObject({ classes: [SECRET, 'yes'], confusion: [{ label: SECRET, counts: [16, 4] }, { label: 'yes', counts: [4, 16] }] }); // prettier-ignore
    const { roc, histogram } = validation.charts.scores;
    expect(roc.exact).toBe(true);
    expect([roc.points[0], roc.points.at(-1)]).toEqual([
      { threshold: null, fpr: 0, tpr: 0 },
      expect.objectContaining({ fpr: 1, tpr: 1 }),
    ]);
    // Scores from 0.1 to 0.34 mean no, from 0.6 on yes.
    const yes = roc.points.filter(({ threshold }: { threshold: number | null }) => threshold !== null && threshold >= 0.6); // prettier-ignore
    expect(yes.at(-1)).toMatchObject({ fpr: 4 / 20, tpr: 16 / 20 });
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    expect([sum(histogram.positives), sum(histogram.negatives)]).toEqual([20, 20]);
    expect(sum(validation.charts.reliability.map(({ n }: { n: number }) => n))).toBe(40);
    expect(holdout).toMatchObject({ sealed: true, n: 40, charts: { scores: { roc: { exact: false } } } });
    // At least 20 rows apart: the origin, at most one between, the end.
    expect(holdout.charts.scores.roc.points.length).toBeLessThanOrEqual(3);

    const seen = (await get(`/evaluations/${id}/charts`, contributor).expect(200)).body;
    expect(seen.items).toEqual([validation, { split: 'holdout', sealed: true, n: 40, charts: null }]);
    const query = `query ($id: ID!) { charts: evaluationCharts(id: $id) { split sealed n charts {
      classes confusion { label counts } reliability { from to n meanScore observedRate ci }
      scores { roc { points { threshold fpr tpr } exact } histogram { bins positives negatives } } } } }`;
    expect((await graphql(query, { id })).charts).toEqual(body.items);
    expect((await graphql(query, { id }, contributor)).charts).toEqual(seen.items);
    // Beside the predictions they would tell labels: sealed in the database.
    const { rows } = await test.database.admin.query<{ charts: Buffer }>(
      'SELECT charts FROM evaluation_split WHERE evaluation_id = $1',
      [id],
    );
    expect(rows).toHaveLength(2);
    for (const { charts } of rows) expect(charts.includes('threshold')).toBe(false);
  });

  it('hides every number of the sealed split from who is no auditor, in REST and GraphQL, jobs and logs', async () => {
    const { body } = await get(`/evaluations/${id}`, contributor).expect(200);
    expect(body.splits.validation.metrics.accuracy).toMatchObject({ value: 0.8 });
    const { holdout } = body.splits;
    const { auc, ...others } = holdout.metrics;
    for (const metric of Object.values(others)) expect(metric).toEqual({ defined: false, reason: 'sealed' });
    // z(1 - .05/3) sqrt(41 / (12 20^2)), rounded up.
    expect(auc).toMatchObject({ ci: null, n: 40, formulaId: 'auc/ladder/R0-0.5/eta-0.197' });
    expect(holdout).toMatchObject({ groups: [], fairness: {}, n: 40, look: 1 });
    const data = await graphql(
      `
        query ($id: ID!) {
          evaluation(id: $id) {
            splits
            results(split: "holdout") {
              metrics {
                name
                defined
                value
                n
                reason
              }
              groups
              fairness
            }
          }
        }
      `,
      { id },
      contributor,
    );
    expect(data.evaluation.splits.holdout).toEqual(holdout);
    for (const metric of data.evaluation.results[0].metrics) {
      if (metric.name === 'auc') expect(metric).toMatchObject({ defined: true, value: auc.value });
      else expect(metric).toMatchObject({ defined: false, value: null, n: null, reason: 'sealed' });
    }
    await get(`/evaluations/${id}/evidence`, contributor).expect(403);
    expect(log.join('')).not.toContain(SECRET);
    const { rows } = await test.database.admin.query<{ text: string }>('SELECT job::text AS text FROM job');
    expect(rows.map(({ text }) => text).join('')).not.toMatch(/tp|confusion/);
  });

  it('has a digest that the counts alone do not give', async () => {
    const { body } = await get(`/evaluations/${id}/evidence`).expect(200);
    expect(body.holdout.evidence.salt).toMatch(/^[0-9a-f]{32}$/);
    expect(body.validation.evidence.salt).toBeUndefined();
    expect(body.validation.evidence.confusion).toEqual([
      [16, 4],
      [4, 16],
    ]);
  });

  it('is the same for the same predictions: no new look', async () => {
    const reversed = predictions(5, holdoutKeys(3)).trim().split('\n');
    const [head, ...lines] = reversed;
    const job = await evaluate('credit@1', 'people@1', {
      validation: predictions(5),
      holdout: [head, ...lines.reverse()].join('\n'),
    });
    expect(job.result).toMatchObject({ evaluationId: id, created: false });
    const { rows } = await test.database.admin.query('SELECT used FROM holdout_budget');
    expect(rows).toEqual([{ used: 1 }]);
  });

  it('is listed by model version, and stands in the lineage and the audit log', async () => {
    const { body } = await get('/evaluations?modelVersion=credit@1').expect(200);
    expect(body.items.map((item: { id: string }) => item.id)).toEqual([id]);
    expect((await get('/evaluations?modelVersion=rival@1').expect(200)).body.items).toEqual([]);
    const data = await graphql(`
      {
        modelVersion(ref: "credit@1") {
          downstream {
            nodes {
              kind
              label
            }
            edges {
              relation
            }
          }
        }
      }
    `);
    expect(data.modelVersion.downstream.nodes).toContainEqual({
      kind: 'evaluation',
      label: 'credit@1 on people@1',
    });
    const { rows } = await test.database.admin.query<{ body: string }>(
      `SELECT body::text AS body FROM audit_leaf WHERE leaf::text LIKE '%evaluation.created%'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.body).not.toMatch(/confusion|accuracy":/);
  });

  it('never changes: the application may not', async () => {
    const { rows } = await test.database.admin.query<{ changes: boolean }>(
      `SELECT has_any_column_privilege('assay_app', name, 'UPDATE') OR has_table_privilege('assay_app', name, 'DELETE') AS changes
       FROM unnest(ARRAY['evaluation', 'evaluation_split', 'paired_comparison']) AS name`,
    );
    expect(rows).toEqual([{ changes: false }, { changes: false }, { changes: false }]);
  });

  it('ends when the holdout is spent', async () => {
    const look = (wrong: number) =>
      evaluate('rival@1', 'people@1', { holdout: predictions(wrong, holdoutKeys(3)) });
    expect(await look(3)).toMatchObject({ state: 'succeeded' });
    expect(await look(4)).toMatchObject({ state: 'succeeded' });
    const third = await look(7);
    expect(third).toMatchObject({ state: 'failed', error: { code: 'HOLDOUT_SPENT' } });
    // What it was told already, it may ask again.
    expect(await look(4)).toMatchObject({ state: 'succeeded', result: { created: false } });
    const { rows } = await test.database.admin.query('SELECT count(*)::integer AS n FROM evaluation');
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('belongs to its project', async () => {
    const other = await test.newProject('other');
    await test.request
      .get(`/v1/projects/other/evaluations/${id}`)
      .set(authorization(other.apiKey))
      .expect(404);
  });
});

/** What a request has other than a good one. */
interface Change {
  predictions?: { split: string }[];
  [field: string]: unknown;
}

describe('what is refused', () => {
  it.each<[string, Change, number, string]>([
    ['a split that is not there', { predictions: [{ split: 'nowhere' }] }, 404, 'SPLIT_NOT_FOUND'],
    ['a model that is not there', { modelVersion: 'credit@9' }, 404, 'MODEL_VERSION_NOT_FOUND'],
    [
      'the same split twice',
      { predictions: [{ split: 'validation' }, { split: 'validation' }] },
      422,
      'SPLIT_REPEATED',
    ],
    ['an unknown protocol field', { protocol: { treshold: 0.5 } }, 422, 'PROTOCOL_INVALID'],
    ['no predictions', { predictions: [] }, 422, 'REQUEST_INVALID'],
    ['an unknown field', { level: 'executed' }, 422, 'REQUEST_INVALID'],
  ])('%s', async (_, change, status, code) => {
    const uploadId = await upload(predictions(5));
    const request = {
      modelVersion: 'credit@1',
      datasetVersion: 'people@1',
      predictions: [{ split: 'validation' }],
      ...change,
    };
    const body = { ...request, predictions: request.predictions.map((one) => ({ ...one, uploadId })) };
    const answer = await post('/evaluations', body);
    expect([answer.body.code, [400, 404, 422].includes(answer.status)]).toEqual([code, true]);
    if (status === 404) expect(answer.status).toBe(404);
  });

  it('predictions that do not fit: the job says how many and which', async () => {
    const job = await evaluate('credit@1', 'people@1', { validation: predictions(5, KEYS.slice(3)) });
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'PREDICTIONS_MISSING', details: { count: 3, keys: ['1', '2', '3'] } },
    });
  });

  it("another project's upload", async () => {
    const other = await test.newProject('third');
    const answer = await test.request
      .post('/v1/projects/third/uploads?filename=p.csv')
      .set({ ...authorization(other.apiKey), 'content-type': 'application/octet-stream' })
      .send(Buffer.from(predictions(5)))
      .expect(201);
    const body = {
      modelVersion: 'credit@1',
      datasetVersion: 'people@1',
      predictions: [{ split: 'validation', uploadId: answer.body.id }],
    };
    expect((await post('/evaluations', body).expect(404)).body.code).toBe('UPLOAD_NOT_FOUND');
  });

  it('who only reads', async () => {
    await post('/evaluations', {}, await test.key('viewer')).expect(403);
  });
});

describe('paired comparisons', () => {
  it('join two evaluations on the same rows, under protocols that count the same class', async () => {
    const one = await evaluate('credit@1', 'people@1', { validation: predictions(4) });
    const two = await evaluate('rival@1', 'people@1', { validation: predictions(6) });
    const [candidate, baseline] = [one.result.evaluationId, two.result.evaluationId] as [string, string];
    const comparisons = test.app.get(Comparisons);
    const job = await inProject(() => comparisons.request(candidate, baseline, 'validation'));
    const done = await finished(job.id);
    expect(done).toMatchObject({ state: 'succeeded' });
    expect(JSON.stringify(done.result)).not.toMatch(/auc|accuracy/);
    const found = await inProject(() => comparisons.find(candidate, baseline, 'validation', 'auc'));
    // Wrong only at multiples of 6 but not 4 (6, 18, 30), and of 4 but not 6 (4, 8, 16, 20, 28, 32, 40).
    expect(found!.statistics.accuracy).toMatchObject({ n: 40, b: 3, c: 7, candidate: 0.75, baseline: 0.85 });
    expect(found!.statistics.auc).toMatchObject({ positives: 20, negatives: 20 });
    expect(found!.ageSeconds).toBeGreaterThanOrEqual(0);

    const other = await evaluate('rival@1', 'people@1', { validation: predictions(6) }, { positive: SECRET });
    const refused = inProject(() =>
      comparisons.request(candidate, other.result.evaluationId as string, 'validation'),
    );
    await expect(refused).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' });
  });

  it('find the strongest of a baseline under whatever protocol the metric does not depend on', async () => {
    const reader = test.app.get(EvaluationReader);
    const idOf = async (every: number, protocol: object) => {
      const job = await evaluate('rival@1', 'people@1', { validation: predictions(every) }, protocol);
      return job.result.evaluationId as string;
    };
    const asked = await inProject(async () => reader.byId(await idOf(4, {})));
    const bins = await idOf(20, { bins: 10, seed: 3 });
    const threshold = await idOf(30, { threshold: 0.4 });
    const positive = await idOf(40, { positive: SECRET });
    const strongest = (metric: 'accuracy' | 'auc', also: string[]) =>
      inProject(async () => {
        const { modelVersionId, datasetVersionId, protocol } = asked;
        const found = await reader.strongest(
          modelVersionId,
          datasetVersionId,
          'validation',
          metric,
          protocol,
          also,
        );
        return found.map(({ id }) => id);
      });
    // Each of them is stronger than the one before.
    const also = [asked.id, bins, threshold, positive];
    expect(await strongest('accuracy', also)).toEqual([bins]);
    expect(await strongest('auc', also)).toEqual([threshold]);
    expect(await strongest('auc', [positive])).toEqual([]);
    expect(await strongest('accuracy', [])).toEqual([]);
  });

  it('refuse rows that differ', async () => {
    await pushDataset('others', 2);
    const reader = test.app.get(EvaluationReader);
    const job = await evaluate('rival@1', 'others@1', { holdout: predictions(5, holdoutKeys(2)) });
    const model = await get('/models/credit/versions/1');
    const candidate = await inProject(() =>
      reader.latestBySplit(model.body.id as string, job.result.datasetVersionId as string),
    );
    expect(candidate.size).toBe(0);
    const { body } = await get('/evaluations?modelVersion=credit@1&first=1');
    const first = await inProject(() => reader.latest(model.body.id as string));
    expect(first!.id).toBe(body.items[0].id);
    const holdout = (await get('/evaluations?modelVersion=credit@1')).body.items.find(
      (item: { splits: object }) => 'holdout' in item.splits,
    ).id as string;
    const refused = inProject(() =>
      test.app.get(Comparisons).request(holdout, job.result.evaluationId as string, 'holdout'),
    );
    await expect(refused).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' });
  });
});

describe('GraphQL', () => {
  const QUERY = `query ($first: Int) {
    models { items { versions { items { evaluations(first: $first) {
      items { id modelVersion { version } datasetVersion { dataset } results { split metrics { name value } } } } } } } }
    datasetVersion(ref: "people@1") { evaluations { items { id } } }
  }`;

  it('answers evaluations of models and data, in as many statements however many there are', async () => {
    let counts = 0;
    const few = await statementsOf(() => graphql(QUERY, { first: 1 }));
    const many = await statementsOf(async () => {
      const data = await graphql(QUERY, { first: 50 });
      counts = data.datasetVersion.evaluations.items.length as number;
    });
    expect(counts).toBeGreaterThan(4);
    expect(many.length).toBe(few.length);
  });

  it('requests an evaluation by mutation', async () => {
    const uploadId = await upload(predictions(5));
    const data = await graphql(
      `
        mutation ($input: RequestEvaluationInput!) {
          requestEvaluation(input: $input) {
            id
            state
          }
        }
      `,
      {
        input: {
          modelVersion: 'rival@1',
          datasetVersion: 'people@1',
          predictions: [{ split: 'validation', uploadId }],
        },
      },
    );
    expect(await finished(data.requestEvaluation.id as string)).toMatchObject({ state: 'succeeded' });
  });
});
