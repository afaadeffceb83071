import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/database/connections.js';
import { ApiClient } from '../support/api-client.js';
import { newHome, ServedHome } from '../support/served-home.js';
import type { TestApp } from '../support/start-test-app.js';
import { verifyAuditOf } from '../support/verify-audit-of.js';
import { ClockedPostgres, FalseClock } from './operation/false-clock.js';
import supertest from 'supertest';

const clock = FalseClock.make();
if (!clock) console.warn('SKIPPED: a clock that is set back is not tested: faketime does not work here');

const ROWS = 400;
const rows = (count: number) =>
  `id,x,y\n${Array.from({ length: count }, (_, i) => `h${i},${i}.5,${i % 2 ? 'b' : 'a'}\n`).join('')}`;
const PERFECT = `id,prediction\n${Array.from({ length: ROWS }, (_, i) => `h${i},${i % 2 ? 'b' : 'a'}\n`).join('')}`;
const POLICY = {
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name: 'accurate', stage: 'pilot' },
  spec: {
    evidence: { maxAge: '2h' },
    dataset: 'base',
    rules: [{ id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.8 }],
  },
};

interface Decision {
  decisionId: string;
  verdict: string;
  rules: { reason: string; remedy: string }[];
}

/** Server, job processes and PostgreSQL by one clock, which runs an hour ahead, and is set right. */
describe.skipIf(!clock)('a clock that is set back by an hour', () => {
  const home = newHome();
  let postgres: ClockedPostgres;
  let server: ServedHome;
  let client: ApiClient;
  let expiring: { id: string; secret: string; expiresAt: string };
  let decision: Decision;
  let upload: string;

  async function start(): Promise<void> {
    server = new ServedHome(home, {
      environment: { ...postgres.environment, ...clock!.environment, ASSAY_WORKERS: '1' },
    });
    await server.ready();
    client = server.client;
  }
  const sql = async <Row extends object>(query: string): Promise<Row[]> =>
    (await withClient(postgres.url(), (admin) => admin.query<Row>(query))).rows;
  /** Set it, and wait until server and database go by it. */
  async function set(offset: '+0' | '+1h'): Promise<void> {
    clock!.set(offset);
    const ahead = offset === '+0' ? 0 : 3_600;
    const off = async () => {
      const [row] = await sql<{ ahead: number }>(
        `SELECT extract(epoch FROM clock_timestamp())::float8 - ${Date.now() / 1000} AS ahead`,
      );
      const answer = await fetch(`${server.url}/health`);
      const served = (Date.parse(answer.headers.get('date') ?? '') - Date.now()) / 1000;
      return [row!.ahead, served].every((seconds) => Math.abs(seconds - ahead) < 60);
    };
    await expect.poll(off, { timeout: 20_000 }).toBe(true);
    // What had looked just before has looked again: connections that the pool keeps, and the processes of jobs.
    await sleep(1_500);
  }
  const push = async (name: string, count: number) => {
    const { job } = await client.post<{ job: { id: string } }>(`datasets/${name}/versions`, {
      splits: [{ name: 'holdout', role: 'holdout', uploadId: await client.upload(rows(count)) }],
      key: 'id',
      label: 'y',
    });
    return job.id;
  };
  const isRunning = async (id: string) =>
    (await client.get<{ state: string }>(`jobs/${id}`)).state === 'running';
  const check = () =>
    client.post<Decision>('gate-decisions', { modelVersion: 'model@1', policy: 'accurate', stage: 'pilot' });
  const promote = async () =>
    (await client.send('post', 'promotions').send({ modelVersion: 'model@1', stage: 'pilot' })).status;
  const withKey = (secret: string) =>
    new ApiClient({
      request: supertest(server.url),
      apiKey: secret,
      project: 'default',
    } as unknown as TestApp);
  const statusOf = async (secret: string) => (await withKey(secret).send('get', 'datasets')).status;
  const createOnce = () =>
    client.send('post', 'experiments').set('idempotency-key', 'once-only').send({ name: 'once' });

  beforeAll(async () => {
    postgres = await ClockedPostgres.make(clock!);
    await postgres.start();
    await start();
  });
  afterAll(async () => {
    await server?.stop();
    await postgres?.remove();
    clock?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  it('ahead: work is done, and a key has expired that had half an hour', async () => {
    expiring = await client.post('keys', { roles: ['viewer'], expires: '30m' });
    expect(await statusOf(expiring.secret)).toBe(200);
    await set('+1h');
    expect(await statusOf(expiring.secret)).toBe(401);
    expect(await client.ended(await push('base', ROWS))).toMatchObject({ state: 'succeeded' });
    await client.post('models/model/versions', { artifactUploadId: await client.upload('model') });
    await client.post('policies', { document: POLICY });
    await client.job('evaluations', {
      modelVersion: 'model@1',
      datasetVersion: 'base@1',
      predictions: [{ split: 'holdout', uploadId: await client.upload(PERFECT) }],
    });
    decision = await check();
    expect(decision.verdict).toBe('PASS');
    expect((await createOnce()).status).toBe(201);
    upload = await client.upload(rows(50));
  });

  it('set back under a job that runs: it completes, and so does the next', async () => {
    const before = await push('before', 60_000);
    await expect.poll(() => isRunning(before), { timeout: 60_000, interval: 20 }).toBe(true);
    await set('+0');
    expect(await client.ended(before)).toMatchObject({ state: 'succeeded' });
    expect(await client.ended(await push('after', 50))).toMatchObject({ state: 'succeeded' });
  });

  it('a decision from the future does not stand, and nothing is decided or promoted on evidence from there', async () => {
    expect(await client.get(`gate-decisions/${decision.decisionId}`)).toMatchObject({ state: 'expired' });
    expect(await promote()).toBe(409);
    const again = await check();
    expect(again.decisionId).not.toBe(decision.decisionId);
    expect(again.verdict).toBe('INCONCLUSIVE');
    expect(again.rules[0]!.reason).toMatch(/dated in the future: the clock was set back/);
    expect(again.rules[0]!.remedy).not.toBe('');
    expect(await promote()).toBe(409);
  });

  it('keys live until the time that was said and no longer; answers, uploads and pages are what they were', async () => {
    const [key] = await sql<{ at: Date }>(`SELECT expires_at AS at FROM api_key WHERE id = '${expiring.id}'`);
    expect(key!.at.toISOString()).toBe(expiring.expiresAt);
    expect(await statusOf(expiring.secret)).toBe(200);
    const repeated = await createOnce();
    expect([repeated.status, repeated.headers['idempotency-replayed']]).toEqual([201, 'true']);
    const used = { splits: [{ name: 'train', role: 'train', uploadId: upload }], key: 'id', label: 'y' };
    expect(await client.job('datasets/from-upload/versions', used)).toMatchObject({ version: 1 });
  });

  it('a server killed in a job, ahead, and started again: the job does not wait for an hour', async () => {
    await set('+1h');
    const job = await push('killed', 60_000);
    await expect.poll(() => isRunning(job), { timeout: 60_000, interval: 20 }).toBe(true);
    await server.stop('SIGKILL');
    await postgres.stop();
    clock!.set('+0');
    await postgres.start();
    await start();
    await set('+0');
    expect(await client.ended(job)).toMatchObject({ state: 'succeeded' });
    expect(
      await sql(
        `SELECT v.id FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id WHERE d.name = 'killed'`,
      ),
    ).toHaveLength(1);
  });

  it('every list shows each thing exactly once, by pages', async () => {
    for (let i = 0; i < 5; i += 1) await client.post('experiments', { name: `experiment-${i}` });
    const LISTS = [
      ['datasets', 'SELECT count(*)::int AS n FROM dataset'],
      ['experiments', 'SELECT count(*)::int AS n FROM experiment'],
      ['models', 'SELECT count(*)::int AS n FROM model'],
      ['jobs', 'SELECT count(*)::int AS n FROM job'],
      ['gate-decisions', 'SELECT count(*)::int AS n FROM gate_decision'],
      ['policies', 'SELECT count(*)::int AS n FROM gate_policy'],
      ['keys', 'SELECT count(*)::int AS n FROM api_key'],
    ] as const;
    for (const [list, query] of LISTS) {
      const seen: string[] = [];
      let after = '';
      for (;;) {
        const page = await client.get<{
          items: { id?: string; decisionId?: string }[];
          endCursor: string | null;
          hasNextPage: boolean;
        }>(`${list}?first=2${after}`);
        seen.push(...page.items.map((item) => (item.id ?? item.decisionId)!));
        if (!page.hasNextPage) break;
        after = `&after=${page.endCursor}`;
      }
      const [{ n }] = (await sql<{ n: number }>(query)) as [{ n: number }];
      expect([list, new Set(seen).size, seen.length]).toEqual([list, n, n]);
    }
  });

  it('the audit log holds everything in one order, and verifies', async () => {
    await expect.poll(() => sql('SELECT 1 FROM audit_pending'), { timeout: 30_000 }).toEqual([]);
    expect(await verifyAuditOf(server)).toMatchObject({ code: 0 });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});
