import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { type Answer, RacingClient } from './races/client.js';
import { dataset, shuffled } from './races/data.js';
import { settled, violated } from './races/invariants.js';
import { ScaledService } from './races/service.js';

const AT_ONCE = 64;
const ROUNDS = extent(1, 20);
const SHARED = 6;

describe('64 units at once that touch the same rows in different orders', () => {
  let service: ScaledService;
  let client: RacingClient;
  const random = seededRandom(SEED);
  const uploads: string[] = [];
  const versions: string[] = [];
  const tally = { units: 0, deadlocks: 0 };

  beforeAll(async () => {
    service = await ScaledService.start(2, { ASSAY_WORKERS: '1', ASSAY_DATABASE_POOL: '20' });
    client = new RacingClient(
      service.servers.map(({ url }) => url),
      service.apiKey,
    );
    for (let i = 0; i < SHARED; i++) {
      uploads.push(await client.upload(dataset(1 + i * 100, 20)));
      const splits = [{ name: 'train', role: 'train', uploadId: uploads[i] }];
      await client.must(client.post(`/datasets/d${i}/versions`, { splits, key: 'id', label: 'y' }));
      versions.push(`d${i}@1`);
    }
    await client.must(client.post('/experiments', { name: 'e' }));
  });
  afterAll(() => service.stop());

  async function race(units: (() => Promise<Answer>)[]): Promise<void> {
    const answers = await Promise.all(units.map((unit) => unit()));
    tally.units += answers.length;
    expect(answers.filter(({ status }) => status >= 300).map(({ body }) => body as object)).toEqual([]);
  }

  const times = (make: () => () => Promise<Answer>) => Array.from({ length: AT_ONCE }, make);

  it('claim uploads for datasets without an error', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const units = times(() => {
        // Without that column their jobs end at the first look: this is about asking for them.
        const splits = shuffled(uploads, random).map((uploadId, i) => ({
          name: `s${i}`,
          role: 'train',
          uploadId,
        }));
        return () => client.post('/datasets/many/versions', { splits, key: 'nowhere', label: 'y' });
      });
      await race(units);
    }
  });

  it('log the same inputs, tags and metrics of a run without an error', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const run = await client.must(client.post('/experiments/e/runs', { name: `r${round}` }));
      const units = times(() => {
        const order = shuffled(versions, random);
        const inputs = order.map((datasetVersion) => ({ datasetVersion }));
        const tags = Object.fromEntries(
          order.map((key, i) => [key.replace('@', '.'), `${round}-${i}-${random()}`]),
        );
        return random() < 0.5
          ? () => client.post(`/runs/${run.id}/inputs`, { inputs })
          : () => client.post(`/runs/${run.id}/log`, { tags });
      });
      await race(units);
    }
  });

  it('are tried again where they deadlock all the same, and leave every invariant in place', async () => {
    const [stats] = await service.rows<{ deadlocks: string }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    await settled(service);
    expect(await violated(service)).toEqual([]);
    console.error(
      `deadlocks: seed ${SEED}, ${tally.units} units over ${SHARED} shared rows in random orders, ${stats?.deadlocks} deadlocks in PostgreSQL, 0 answers of 5xx`,
    );
  });
});
