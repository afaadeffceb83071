import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extent } from '../support/extent.js';
import { RacingClient } from './races/client.js';
import { dataset, policy, predictions } from './races/data.js';
import { settled, violated } from './races/invariants.js';
import { ScaledService } from './races/service.js';

const AT_ONCE = extent(8, 64);
const ROWS = 200;

describe(`${AT_ONCE} requests at once with one Idempotency-Key, on two servers`, () => {
  let service: ScaledService;
  let client: RacingClient;
  let upload: string;
  let predicted: string;

  beforeAll(async () => {
    service = await ScaledService.start(2, { ASSAY_WORKERS: '1' });
    client = new RacingClient(
      service.servers.map(({ url }) => url),
      service.apiKey,
    );
    upload = await client.upload(dataset(1, ROWS));
    const splits = [{ name: 'validation', role: 'validation', uploadId: upload }];
    await client.must(client.post('/datasets/base/versions', { splits, key: 'id', label: 'y' }));
    await client.must(client.post('/policies', { document: policy('staging', 'staging', 0.5) }));
    await client.must(client.post('/models/m/versions', { artifactUploadId: upload }));
    predicted = await client.upload(predictions(1, ROWS, 20));
    const evaluation = {
      modelVersion: 'm@1',
      datasetVersion: 'base@1',
      predictions: [{ split: 'validation', uploadId: predicted }],
    };
    await client.must(client.post('/evaluations', evaluation));
  });
  afterAll(() => service.stop());

  // In this order: the promotion needs the decision.
  const REQUESTS: [what: string, path: string, body: () => object, counted: string][] = [
    [
      'push',
      '/datasets/again/versions',
      () => ({ splits: [{ name: 'train', role: 'train', uploadId: upload }], key: 'id', label: 'y' }),
      `SELECT FROM job WHERE kind = 'dataset.ingest'`,
    ],
    [
      'evaluation',
      '/evaluations',
      () => ({
        modelVersion: 'm@1',
        datasetVersion: 'base@1',
        predictions: [{ split: 'validation', uploadId: predicted }],
      }),
      `SELECT FROM job WHERE kind = 'evaluation.compute'`,
    ],
    [
      'model version',
      '/models/m/versions',
      () => ({ artifactUploadId: upload }),
      'SELECT FROM model_version',
    ],
    ['experiment', '/experiments', () => ({ name: 'once' }), 'SELECT FROM experiment'],
    [
      'policy',
      '/policies',
      () => ({ document: policy('staging', 'staging', 0.6) }),
      'SELECT FROM gate_policy',
    ],
    [
      'gate check',
      '/gate-decisions',
      () => ({ modelVersion: 'm@1', policy: 'staging', stage: 'staging' }),
      'SELECT FROM gate_decision',
    ],
    ['promotion', '/promotions', () => ({ modelVersion: 'm@1', stage: 'staging' }), 'SELECT FROM promotion'],
  ];

  it.each(REQUESTS)('have one effect and one answer: %s', async (_what, path, body, counted) => {
    const count = async () => (await service.rows(counted)).length;
    const before = await count();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => client.post(path, body(), key)));
    expect(answers[0]!.status, JSON.stringify(answers[0]!.body)).toBeLessThan(300);
    expect(new Set(answers.map(({ status }) => status)).size).toBe(1);
    for (const answer of answers) expect(answer.body).toEqual(answers[0]!.body);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') !== 'true')).toHaveLength(1);
    expect((await count()) - before).toBe(1);
  });

  it('have one decision without any key too', async () => {
    const body = { modelVersion: 'm@2', policy: 'staging', stage: 'staging' };
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => client.post('/gate-decisions', body)),
    );
    expect(new Set(answers.map((answer) => answer.body.decisionId as string)).size).toBe(1);
  });

  it('leave every invariant in place', async () => {
    await settled(service);
    expect(await violated(service)).toEqual([]);
    console.error(
      `once: ${REQUESTS.length} kinds of request, each sent ${AT_ONCE} times at once under one key to 2 servers: one effect, one answer`,
    );
  });
});
