import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { ApiClient } from '../support/api-client.js';
import { extent } from '../support/extent.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { newHome, ServedHome } from '../support/served-home.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const isInstalled = hasRedis();
if (!isInstalled) console.warn('SKIPPED: the queue in Redis is not tested: no redis-server on this machine');

const ROWS = 60;
const rows = (prefix: string) =>
  `id,x,y\n${Array.from({ length: ROWS }, (_, i) => `${prefix}${i},${i},${i % 2 ? 'a' : 'b'}\n`).join('')}`;
const guesses = `id,prediction\n${Array.from({ length: ROWS }, (_, i) => `h${i},${i % 3 ? 'a' : 'b'}\n`).join('')}`;

/** A real server and a real worker as processes, on a Redis that fails in every way that a Redis fails. */
describe.skipIf(!isInstalled)('the queue in Redis', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let home: string;
  let server: ServedHome;
  let worker: ServedHome;
  let client: ApiClient;

  beforeAll(async () => {
    redis = await RedisServer.start();
    database = await createTestDatabase();
    home = newHome();
    server = await start('main', { ASSAY_WORKERS: '0' }).ready();
    worker = await start('worker', { ASSAY_WORKERS: '2' }).ready();
    client = server.client;
  });
  afterAll(async () => {
    redis?.resume();
    await Promise.all([server?.stop(), worker?.stop()]);
    await redis?.stop();
    await database?.drop();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  const start = (program: 'main' | 'worker', environment: NodeJS.ProcessEnv) =>
    new ServedHome(home, {
      program,
      environment: {
        DATABASE_URL: database.ownerUrl,
        DATABASE_APP_URL: database.appUrl,
        REDIS_URL: redis.url,
        ...environment,
      },
    });

  async function push(name: string): Promise<string> {
    const { job } = await client.post<{ job: { id: string } }>(`datasets/${name}/versions`, {
      splits: [{ name: 'holdout', role: 'holdout', uploadId: await client.upload(rows('h')) }],
      key: 'id',
      label: 'y',
    });
    return job.id;
  }
  async function evaluate(modelVersion: string): Promise<string> {
    const { job } = await client.post<{ job: { id: string } }>('evaluations', {
      modelVersion,
      datasetVersion: 'base@1',
      predictions: [{ split: 'holdout', uploadId: await client.upload(guesses) }],
    });
    return job.id;
  }
  async function register(name: string): Promise<string> {
    await client.post(`models/${name}/versions`, { artifactUploadId: await client.upload(name) });
    return `${name}@1`;
  }
  const count = async (sql: string) =>
    Number((await database.admin.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`)).rows[0]!.n);

  /** Each leaves Redis there, and knowing nothing or not reachable for a moment. */
  const FAULTS: (() => Promise<unknown>)[] = [
    () => redis.use((own) => own.flushall()),
    () => redis.use((own) => own.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')),
    async () => {
      await redis.kill();
      // Accepted while there is no Redis at all.
      accepted.push(await push(`away-${accepted.length}`));
      await redis.again();
    },
    async () => {
      redis.pause();
      accepted.push(await push(`paused-${accepted.length}`));
      redis.resume();
      await redis.use((own) => own.flushall());
    },
  ];
  const accepted: string[] = [];

  it('takes the jobs of a server without workers to a worker of the same home', async () => {
    expect(await client.ended(await push('base'))).toMatchObject({ state: 'succeeded' });
    await redis.use(async (own) => expect(await own.keys('assay:*')).not.toEqual([]));
  });

  it('loses nothing and does nothing twice, however often Redis loses everything', async () => {
    const rounds = extent(4, 60);
    for (let round = 0; round < rounds; round += 1) {
      const model = await register(`model-${round}`);
      accepted.push(...(await Promise.all([push(`data-${round}`), evaluate(model), push(`more-${round}`)])));
      await FAULTS[round % FAULTS.length]!();
    }
    const ended = await Promise.all(accepted.map((id) => client.ended(id)));
    expect(ended.filter(({ state }) => state !== 'succeeded')).toEqual([]);
    expect(accepted).toHaveLength(rounds * 3 + Math.floor(rounds / 4) * 2);

    // Past the services: what stands in the tables.
    expect(await count(`job WHERE state <> 'succeeded'`)).toBe(0);
    expect(await count('job')).toBe(accepted.length + 1);
    expect(await count('dataset_version')).toBe(accepted.length - rounds + 1);
    expect(await count('(SELECT dataset_id FROM dataset_version GROUP BY 1 HAVING count(*) > 1) twice')).toBe(
      0,
    );
    expect(await count('evaluation')).toBe(rounds);
    expect(
      await count('(SELECT model_version_id FROM evaluation GROUP BY 1 HAVING count(*) > 1) twice'),
    ).toBe(0);
    await expect.poll(() => count('outbox WHERE sent_at IS NULL'), { timeout: 30_000 }).toBe(0);
  });

  it('leaves an audit log that verifies', async () => {
    const said = { text: '' };
    const write = (text: string) => (said.text += text);
    const env = { ASSAY_URL: server.url, ASSAY_API_KEY: server.clientFile.apiKey, ASSAY_PROJECT: 'default' };
    const code = await run(['audit', 'verify'], { env, cwd: home, stdout: { write }, stderr: { write } });
    expect({ code, text: said.text }).toMatchObject({ code: 0 });
  });

  it('says while Redis is away that it is, accepts all the same, and goes on when it is back', async () => {
    for (const [leave, back] of [
      [() => redis.kill(), () => redis.again()],
      [() => Promise.resolve(redis.pause()), () => Promise.resolve(redis.resume())],
    ] as const) {
      await leave();
      const answer = await fetch(`${server.url}/ready`);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        ready: false,
        checks: {
          database: { ok: true },
          queue: { ok: false, detail: expect.stringContaining('Redis') as string },
        },
      });
      const job = await push(`meanwhile-${accepted.push('')}`);
      expect(await client.get(`jobs/${job}`)).toMatchObject({ state: 'queued' });
      await back();
      expect(await client.ended(job)).toMatchObject({ state: 'succeeded' });
      await expect
        .poll(async () => (await fetch(`${server.url}/ready`)).status, { timeout: 30_000 })
        .toBe(200);
    }
  });

  it('keeps the jobs of installations that share it apart', async () => {
    const other = await createTestDatabase();
    const otherHome = newHome();
    const stranger = new ServedHome(otherHome, {
      environment: {
        ...{ DATABASE_URL: other.ownerUrl, DATABASE_APP_URL: other.appUrl, REDIS_URL: redis.url },
        ASSAY_WORKERS: '0',
      },
    });
    try {
      const theirs = (await stranger.ready()).client;
      const { job } = await theirs.post<{ job: { id: string } }>('datasets/theirs/versions', {
        splits: [{ name: 'train', role: 'train', uploadId: await theirs.upload(rows('t')) }],
        key: 'id',
        label: 'y',
      });
      const inQueue = async () => {
        const keys = await redis.use((own) => own.keys(`assay:*:${job.id}`));
        return keys.length;
      };
      await expect.poll(inQueue, { timeout: 30_000 }).toBe(1);
      // Our worker, which takes whatever comes, takes ours and lets theirs be.
      expect(await client.ended(await push('ours'))).toMatchObject({ state: 'succeeded' });
      expect(await inQueue()).toBe(1);
      expect(await theirs.get(`jobs/${job.id}`)).toMatchObject({ state: 'queued' });
    } finally {
      await stranger.stop();
      await other.drop();
      rmSync(otherHome, { recursive: true, force: true });
    }
  });

  it('lets server and worker end in good order while Redis is away', async () => {
    await redis.kill();
    expect(await Promise.all([server.stop(), worker.stop()])).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    await redis.again();
  });
});
