import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyExport } from '../../cli/verify/index.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { type Answer, RacingClient } from './races/client.js';
import { dataset, policy, predictions, shuffled } from './races/data.js';
import { INVARIANTS, settled, violated } from './races/invariants.js';
import { ScaledService } from './races/service.js';

/** Of each operation, all at once. */
const EACH = extent(24, 64);
const ROUNDS = extent(1, 4);
const ROWS = 400;
const MODELS = ['wages', 'loans', 'churn'];
/** The third version of each is never evaluated before the race. */
const VERSIONS = [1, 2, 3];
const STAGES = ['staging', 'production'];
const DATASETS = ['alpha', 'beta', 'gamma'];

/** All that an operation may answer. Whatever else it answers is an error that should not be. */
const ALLOWED: Record<string, readonly string[]> = {
  push: ['202'],
  evaluate: ['202'],
  check: ['200'],
  promote: ['201', '409 PROMOTION_REFUSED', '409 NO_POLICY_FOR_STAGE'],
  policy: ['201'],
  'create key': ['201'],
  'use key': ['200'],
  'revoke key': ['200'],
  'use key under revocation': ['200', '401 API_KEY_REVOKED'],
  'use revoked key': ['401 API_KEY_REVOKED'],
};

describe('everything at once, on two servers over one database', () => {
  let service: ScaledService;
  let client: RacingClient;
  const random = seededRandom(SEED);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const answers = new Map<string, Map<string, number>>();
  const pushes: { content: string; jobId: string }[] = [];
  const evaluations: { content: string; jobId: string }[] = [];
  let salt = 0;

  beforeAll(async () => {
    service = await ScaledService.start(2, { ASSAY_WORKERS: '1', ASSAY_DATABASE_POOL: '10' });
    client = new RacingClient(
      service.servers.map(({ url }) => url),
      service.apiKey,
    );
    const splits = [
      { name: 'train', role: 'train', uploadId: await client.upload(dataset(1, ROWS)) },
      { name: 'validation', role: 'validation', uploadId: await client.upload(dataset(10_001, ROWS)) },
    ];
    await client.must(client.post('/datasets/base/versions', { splits, key: 'id', label: 'y' }));
    for (const stage of STAGES)
      await client.must(client.post('/policies', { document: policy(stage, stage, 0.6) }));
    const prepare = async (model: string) => {
      for (const version of VERSIONS) {
        await client.must(
          client.post(`/models/${model}/versions`, {
            artifactUploadId: await client.upload(`${model}@${version}`),
          }),
        );
        if (version < 3) await client.must(evaluate(`${model}@${version}`, version === 1 ? 20 : 2, 0));
        for (const stage of STAGES)
          await client.must(
            client.post('/gate-decisions', { modelVersion: `${model}@${version}`, policy: stage, stage }),
          );
      }
    };
    await Promise.all(MODELS.map(prepare));
  });
  afterAll(() => service.stop());

  const maybeKey = () => (random() < 0.5 ? randomUUID() : undefined);
  const anyVersion = () => `${pick(MODELS)}@${pick(VERSIONS)}`;

  async function evaluate(modelVersion: string, wrong: number, which: number): Promise<Answer> {
    const content = predictions(10_001, ROWS, wrong, which);
    const uploadId = await client.upload(content);
    const answer = await client.post('/evaluations', {
      modelVersion,
      datasetVersion: 'base@1',
      predictions: [{ split: 'validation', uploadId }],
    });
    if (answer.status === 202)
      evaluations.push({ content: `${modelVersion} ${content}`, jobId: answer.body.job.id });
    return answer;
  }

  async function push(): Promise<Answer> {
    const name = pick(DATASETS);
    // A quarter has been pushed before, or is at this moment.
    const content = random() < 0.25 ? 1 : (salt += 1) + 1;
    const uploadId = await client.upload(dataset(1, 20, content));
    const splits = [{ name: 'train', role: 'train', uploadId }];
    const answer = await client.post(
      `/datasets/${name}/versions`,
      { splits, key: 'id', label: 'y' },
      maybeKey(),
    );
    if (answer.status === 202) pushes.push({ content: `${name} ${content}`, jobId: answer.body.job.id });
    return answer;
  }

  /** A key from its making to after its end. */
  async function keyLife(): Promise<void> {
    const made = await note('create key', client.post('/keys', { roles: ['viewer'] }));
    const mine = client.as(made.body.secret as string);
    await note('use key', mine.get('/experiments'));
    const [revoked] = await Promise.all([
      client.delete(`/keys/${made.body.id}`),
      note('use key under revocation', mine.get('/experiments')),
    ]);
    // From the moment of that answer on, on every server.
    await Promise.all(
      [0, 1, 0, 1].map((server) => note('use revoked key', mine.get('/experiments', server))),
    );
    await note('revoke key', Promise.resolve(revoked));
  }

  async function note(operation: string, given: Promise<Answer>): Promise<Answer> {
    const answer = await given;
    const told = answer.code === undefined ? String(answer.status) : `${answer.status} ${answer.code}`;
    const counts = answers.get(operation) ?? new Map<string, number>();
    answers.set(operation, counts.set(told, (counts.get(told) ?? 0) + 1));
    return answer;
  }

  function operations(): (() => Promise<unknown>)[] {
    const times = (count: number, make: (i: number) => () => Promise<unknown>) =>
      Array.from({ length: count }, (_, i) => make(i));
    return [
      ...times(EACH, () => () => note('push', push())),
      ...times(EACH, () => {
        const [version, wrong, which] = [anyVersion(), pick([2, 20, 30]), Math.ceil(random() * 8)];
        return () => note('evaluate', evaluate(version, wrong, which));
      }),
      ...times(EACH, () => {
        const stage = pick(STAGES);
        const body = { modelVersion: anyVersion(), policy: stage, stage };
        const key = maybeKey();
        return () => note('check', client.post('/gate-decisions', body, key));
      }),
      ...times(EACH, (i) => {
        const body = { modelVersion: anyVersion(), stage: i % 16 === 0 ? 'nowhere' : pick(STAGES) };
        const key = maybeKey();
        return () => note('promote', client.post('/promotions', body, key));
      }),
      ...times(EACH, () => keyLife),
      // What passed before them is stale from then on.
      ...times(6, () => {
        const stage = pick(STAGES);
        const document = policy(stage, stage, 0.55 + Math.floor(random() * 30) / 100);
        const key = maybeKey();
        return () => note('policy', client.post('/policies', { document }, key));
      }),
    ];
  }

  it('answers nothing but what its table allows, in 64 of each at once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(shuffled(operations(), random).map((run) => run()));
      // While evaluations come in: check and promote what has just been decided.
      for (let again = 0; again < 4; again++) {
        await Promise.all(
          Array.from({ length: 16 }, async () => {
            const [modelVersion, stage] = [anyVersion(), pick(STAGES)];
            await note('check', client.post('/gate-decisions', { modelVersion, policy: stage, stage }));
            await note('promote', client.post('/promotions', { modelVersion, stage }, maybeKey()));
          }),
        );
      }
    }
    const seen = [...answers].flatMap(([operation, told]) =>
      [...told.keys()].map((each) => [operation, each] as const),
    );
    expect(seen.filter(([operation, told]) => !ALLOWED[operation]!.includes(told))).toEqual([]);
    const promoted = answers.get('promote')!;
    expect(promoted.get('201') ?? 0).toBeGreaterThan(0);
    expect(promoted.get('409 PROMOTION_REFUSED') ?? 0).toBeGreaterThan(0);
  });

  it('completes what it accepted, once', async () => {
    const results = new Map<string, Set<unknown>>();
    for (const { content, jobId } of [...pushes, ...evaluations]) {
      const job = await client.ended(jobId);
      expect(job.state, JSON.stringify(job.error)).toBe('succeeded');
      const id = job.result.datasetVersionId ?? job.result.evaluationId;
      results.set(content, (results.get(content) ?? new Set()).add(job.result.evaluationId ?? id));
    }
    await settled(service);
    // The same content is the same version or evaluation, and another content another.
    expect([...results.values()].every((ids) => ids.size === 1)).toBe(true);
    expect(new Set([...results.values()].flatMap((ids) => [...ids])).size).toBe(results.size);
    const [stored] = await service.rows<{ versions: string; evaluations: string }>(
      `SELECT (SELECT count(*) FROM dataset_version) AS versions, (SELECT count(*) FROM evaluation) AS evaluations`,
    );
    const contents = (list: { content: string }[]) => new Set(list.map(({ content }) => content)).size;
    expect(Number(stored!.versions)).toBe(contents(pushes) + 1);
    expect(Number(stored!.evaluations)).toBe(contents(evaluations));
  });

  it('leaves a database of which every invariant holds, in the order of the audit log', async () => {
    expect(await violated(service)).toEqual([]);
  });

  it('leaves an audit log that verifies', async () => {
    const answer = await fetch(`${service.servers[0]!.url}/v1/projects/default/audit/export`, {
      headers: { authorization: `Bearer ${service.apiKey}` },
    });
    const report = await verifyExport((await answer.text()).trimEnd().split('\n'));
    expect(report.culprit).toBeUndefined();
    expect(report.ok).toBe(true);
    const counts = [...answers].map(
      ([operation, told]) => `${operation} ${[...told].map(([each, n]) => `${n} x ${each}`).join(', ')}`,
    );
    console.error(
      `races: seed ${SEED}, ${ROUNDS} rounds of 64 each at once on 2 servers, ${INVARIANTS.length} invariants: ${counts.join('; ')}`,
    );
  });
});
