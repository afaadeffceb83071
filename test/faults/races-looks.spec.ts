import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extent } from '../support/extent.js';
import { RacingClient } from './races/client.js';
import { dataset, predictions } from './races/data.js';
import { settled, violated } from './races/invariants.js';
import { ScaledService } from './races/service.js';

const AT_ONCE = extent(12, 64);
const BUDGET = 5;
const ROWS = 60;
const SALTS = Array.from({ length: AT_ONCE }, (_, i) => i + 1);

describe(`${AT_ONCE} evaluations at once of one sealed split`, () => {
  let service: ScaledService;
  let client: RacingClient;

  beforeAll(async () => {
    service = await ScaledService.start(2, { ASSAY_WORKERS: '2' });
    client = new RacingClient(
      service.servers.map(({ url }) => url),
      service.apiKey,
    );
    for (const [i, name] of ['few', 'same'].entries()) {
      const uploadId = await client.upload(dataset(1 + i * 1_000, ROWS));
      const splits = [{ name: 'holdout', role: 'holdout', uploadId }];
      await client.must(
        client.post(`/datasets/${name}/versions`, { splits, key: 'id', label: 'y', looks: BUDGET }),
      );
    }
    for (const model of ['a', 'b'])
      await client.must(
        client.post(`/models/${model}/versions`, { artifactUploadId: await client.upload(model) }),
      );
  });
  afterAll(() => service.stop());

  async function evaluate(modelVersion: string, datasetVersion: string, content: string) {
    const uploadId = await client.upload(content);
    const answer = await client.post('/evaluations', {
      modelVersion,
      datasetVersion,
      predictions: [{ split: 'holdout', uploadId }],
    });
    expect(answer.status).toBe(202);
    return client.ended(answer.body.job.id as string);
  }

  const looksOf = (name: string) =>
    service.rows<{ used: number; looks: string }>(
      `SELECT b.used, (SELECT count(*) FROM look l WHERE l.split_root = b.split_root) AS looks
       FROM holdout_budget b JOIN dataset_split s ON s.root = b.split_root JOIN dataset_version v ON v.id = s.dataset_version_id
       JOIN dataset d ON d.id = v.dataset_id WHERE d.name = $1`,
      [name],
    );

  it('take as many looks as its budget has, and the others are told that it is spent', async () => {
    const ended = await Promise.all(
      SALTS.map((salt) => evaluate(salt % 2 === 0 ? 'a@1' : 'b@1', 'few@1', predictions(1, ROWS, 5, salt))),
    );
    const count = (state: string) => ended.filter((job) => job.state === state).length;
    expect([count('succeeded'), count('failed')]).toEqual([BUDGET, AT_ONCE - BUDGET]);
    expect(new Set(ended.flatMap(({ error }) => error?.code ?? []))).toEqual(new Set(['HOLDOUT_SPENT']));
    expect(await looksOf('few')).toEqual([{ used: BUDGET, looks: String(BUDGET) }]);
    expect((await service.rows('SELECT FROM evaluation')).length).toBe(BUDGET);
  });

  it('take one look when they send the same predictions', async () => {
    const content = predictions(1_001, ROWS, 5);
    // The same rows in another order are the same predictions.
    const [header, ...rows] = content.trimEnd().split('\n');
    const reversed = `${[header, ...rows.reverse()].join('\n')}\n`;
    const ended = await Promise.all(
      SALTS.map((salt) => evaluate('a@1', 'same@1', salt % 2 === 0 ? content : reversed)),
    );
    expect(ended.map(({ state }) => state)).toEqual(SALTS.map(() => 'succeeded'));
    expect(new Set(ended.map(({ result }) => result.evaluationId)).size).toBe(1);
    expect(await looksOf('same')).toEqual([{ used: 1, looks: '1' }]);
  });

  it('take that same look for another model too', async () => {
    const job = await evaluate('b@1', 'same@1', predictions(1_001, ROWS, 5));
    expect(job.state).toBe('succeeded');
    expect(await looksOf('same')).toEqual([{ used: 1, looks: '1' }]);
    await settled(service);
    expect(await violated(service)).toEqual([]);
    console.error(
      `looks: ${AT_ONCE} evaluations at once against a budget of ${BUDGET}: ${BUDGET} looks, ${AT_ONCE - BUDGET} x HOLDOUT_SPENT; ${AT_ONCE + 1} with the same predictions: 1 look`,
    );
  });
});
