import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statementsOf } from '../integration/count-statements.js';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

const QUERY = `query ($ref: String!, $first: Int) {
  modelVersion(ref: $ref) {
    id
    model
    version
    run { id name params latestMetrics }
    datasetVersions { id dataset version contentId splits { name role rows sealed } }
    evaluations(first: $first) { items { id level protocolHash results { split n metrics { name defined value ci } } } }
    latestDecision { decisionId verdict rules { id type verdict reason remedy observed threshold } }
    upstream { nodes { kind label } edges { relation } }
  }
}`;

const POLICY = (name: string) => ({
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name, stage: 'production' },
  spec: { rules: [{ id: 'holdout-accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.8 }] },
});

const ROWS = 60;
const rows = (from: number) => Array.from({ length: ROWS }, (_, i) => from + i);
const data = (from: number) =>
  `id,x,sex,y\n${rows(from)
    .map((k) => `${k},${k / 7},${k % 3 ? 'f' : 'm'},${k % 2}`)
    .join('\n')}\n`;
const predictions = (from: number, wrongEvery: number) =>
  `id,prediction,score\n${rows(from)
    .map((k) => {
      const says = k % wrongEvery === 0 ? 1 - (k % 2) : k % 2;
      return `${k},${says},${says ? 0.8 : 0.2}`;
    })
    .join('\n')}\n`;

interface Answer {
  modelVersion: {
    version: number;
    run: { name: string };
    datasetVersions: { dataset: string }[];
    evaluations: { items: { id: string; results: { split: string; metrics: unknown[] }[] }[] };
    latestDecision: { verdict: string; rules: { id: string; verdict: string }[] };
    upstream: { nodes: { kind: string }[]; edges: unknown[] };
  };
}

describe('one GraphQL request tells the whole story of a model version', () => {
  let test: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    api = new ApiClient(test);
    await api.job('datasets/people/versions', {
      splits: [
        { name: 'train', role: 'train', uploadId: await api.upload(data(1)) },
        { name: 'holdout', role: 'holdout', uploadId: await api.upload(data(1001)) },
      ],
      key: 'id',
      label: 'y',
      protected: ['sex'],
      looks: 50,
    });
    await api.post('policies', { document: POLICY('first') });
    await api.post('experiments', { name: 'e' });
    await registered('small', 1);
    await registered('large', 6);
  });
  afterAll(() => test.stop());

  /** A model with a run, `evaluations` evaluations and a decision after each. */
  async function registered(name: string, evaluations: number): Promise<void> {
    const run = await api.post<{ id: string }>('experiments/e/runs', {
      name: `run of ${name}`,
      params: { seed: '1' },
    });
    await api.post(`runs/${run.id}/inputs`, { inputs: [{ datasetVersion: 'people@1', context: 'train' }] });
    await api.post(`models/${name}/versions`, {
      artifactUploadId: await api.upload(`model ${name}`),
      runId: run.id,
    });
    for (let i = 0; i < evaluations; i++) {
      await api.job('evaluations', {
        modelVersion: `${name}@1`,
        datasetVersion: 'people@1',
        predictions: [{ split: 'holdout', uploadId: await api.upload(predictions(1001, 10 + i)) }],
      });
      await api.post('gate-decisions', { modelVersion: `${name}@1`, policy: 'first' });
    }
  }

  it('answers run, data, evaluations with metrics, decision with rules, and upstream lineage', async () => {
    const { modelVersion } = await api.graphql<Answer>(QUERY, { ref: 'large@1', first: 50 });
    expect(modelVersion.run.name).toBe('run of large');
    expect(modelVersion.datasetVersions.map((version) => version.dataset)).toEqual(['people']);
    expect(modelVersion.evaluations.items).toHaveLength(6);
    expect(modelVersion.evaluations.items[0]?.results[0]?.metrics.length).toBeGreaterThan(5);
    expect(modelVersion.latestDecision.rules).toMatchObject([{ id: 'holdout-accuracy' }]);
    expect(['PASS', 'FAIL', 'INCONCLUSIVE']).toContain(modelVersion.latestDecision.verdict);
    const kinds = new Set(modelVersion.upstream.nodes.map((node) => node.kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['modelVersion', 'run', 'datasetVersion', 'upload']));
  });

  it('costs as many SQL statements for six evaluations as for one', async () => {
    const ask = (ref: string) => statementsOf(() => api.graphql(QUERY, { ref, first: 50 }));
    await ask('small@1');
    const [one, six] = [await ask('small@1'), await ask('large@1')];
    expect(one.length).toBeGreaterThan(4);
    expect(six).toHaveLength(one.length);
    expect(six.length).toBeLessThan(20);
  });
});
