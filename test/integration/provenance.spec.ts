import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { ApiClient } from '../support/api-client.js';
import { verifyAuditOf } from '../support/verify-audit-of.js';

/** Sources, subjects and consent through the whole path: three sources, four versions, two runs, two models, one deployment. */

const ANN = 'ann-4711@example.org';
const log: string[] = [];
let test: TestApp;
let api: ApiClient;
let runs: { first: string; second: string };
let versions: Record<string, string>;

const SURVEY = {
  name: 'survey',
  kind: 'user_interactions',
  personal: true,
  basis: 'consent',
  scope: ['credit-scoring'],
  licence: 'LicenseRef-survey-2026',
  expiresAt: '2999-12-31',
  collectedFrom: '2026-01-01',
  collectedUntil: '2026-02-01',
  owner: 'Research',
  contact: 'research@example.org',
};
const BUREAU = { name: 'bureau', kind: 'third_party', licence: 'CC-BY-4.0' };
const SIMULATOR = { name: 'simulator', kind: 'simulation' };
const POLICY = {
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name: 'pilot', stage: 'pilot' },
  spec: {
    dataset: 'judged',
    rules: [
      { id: 'accurate', metric: 'accuracy', split: 'validation', atLeast: 0.6 },
      { id: 'may-be-used', sources: { purpose: 'credit-scoring' } },
    ],
  },
};

/** Rows of people and of where they come from, one for each of `who`. */
const csv = (who: readonly string[], from = 'survey') =>
  `id,x,person,origin,y\n${who.map((person, i) => `${i},${i % 7},${person},${from},${i % 2 ? 'yes' : 'no'}`).join('\n')}\n`;
const people = (count: number, start = 0) =>
  Array.from({ length: count }, (_, i) => `person-${start + i}@example.org`);

async function push(name: string, content: string, body: object = {}, split = 'train') {
  const splits = [{ name: split, role: split, uploadId: await api.upload(content) }];
  const answer = await api.post<{ job: { id: string } }>(`datasets/${name}/versions`, {
    splits,
    key: 'id',
    label: 'y',
    ...body,
  });
  return api.ended(answer.job.id);
}

async function pushed(...args: Parameters<typeof push>): Promise<string> {
  const job = await push(...args);
  if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
  return (job.result as { datasetVersionId: string }).datasetVersionId;
}

async function trained(model: string, datasetVersion: string): Promise<string> {
  const { id: runId } = await api.post<{ id: string }>('runs', {
    experiment: 'trials',
    inputs: [{ datasetVersion }],
  });
  const artifactUploadId = await api.upload(`weights of ${model}`);
  await api.post(`models/${model}/versions`, { artifactUploadId, runId });
  // Wrong on one row in twenty.
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${i},${(i % 2 === 1) === (i % 20 !== 0) ? 'yes' : 'no'}`,
  );
  const uploadId = await api.upload(`id,prediction\n${rows.join('\n')}\n`);
  const predictions = [{ split: 'validation', uploadId }];
  await api.job('evaluations', { modelVersion: `${model}@1`, datasetVersion: 'judged@1', predictions });
  return runId;
}

const check = (modelVersion: string, policy = 'pilot') =>
  // The shapes are what these tests are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  api.post<any>('gate-decisions', { modelVersion, policy });

const refused = async (method: 'get' | 'post', path: string, body?: object) =>
  (await api.send(method, path).send(body)).body as { status: number; code: string; detail: string };

/** `assay …` as a user calls it, from a folder with a data file. */
async function assay(...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const stream = { write: (text: string) => (out += text) };
  const env = { ASSAY_URL: test.url, ASSAY_API_KEY: test.apiKey, ASSAY_PROJECT: 'default' };
  const code = await run(args, { env, cwd: test.config.home, stdout: stream, stderr: stream });
  return { code, out };
}

beforeAll(async () => {
  test = await startTestApp({ workers: true, log: { write: (line: string) => void log.push(line) } });
  api = new ApiClient(test, test.apiKey, 'default');
  for (const source of [SURVEY, BUREAU, SIMULATOR]) await api.post('sources', source);
  await api.post('experiments', { name: 'trials' });
  const mine = { subject: 'person', sourceColumn: 'origin' };
  versions = {
    old: await pushed('people', csv([ANN, ANN, ...people(20)]), mine),
    new: await pushed('people', csv(people(20)), { ...mine, parent: '1' }),
    other: await pushed('others', csv(people(30, 100), 'bureau'), { ...mine, sourceColumn: 'origin' }),
    judged: await pushed(
      'judged',
      csv(
        Array.from({ length: 200 }, () => ''),
        'simulator',
      ),
      { sources: ['simulator'] },
      'validation',
    ),
  };
  runs = { first: await trained('first', 'people@2'), second: await trained('second', 'others@1') };
  await api.post('policies', { document: POLICY });
});

afterAll(() => test?.stop());

describe('a source', () => {
  it('has revisions, each written once; the same terms are the same revision', async () => {
    const [first, again] = [
      await api.get<object>('sources/survey'),
      await api.post<object>('sources', SURVEY),
    ];
    expect(again).toEqual(first);
    expect(first).toMatchObject({
      name: 'survey',
      revision: 1,
      kind: 'user_interactions',
      personal: true,
      basis: 'consent',
      scope: ['credit-scoring'],
      expiresAt: '3000-01-01T00:00:00.000Z',
    });
    await api.post('sources', { name: 'aside', kind: 'logs' });
    const second = await api.post('sources', { name: 'ASIDE', kind: 'logs', licenceText: 'ask us' });
    expect(second).toMatchObject({ name: 'aside', revision: 2 });
    expect(await api.get('sources/aside/revisions')).toMatchObject({
      items: [{ revision: 2 }, { revision: 1 }],
    });
    expect(await api.get('sources/aside@1')).toMatchObject({ revision: 1, licenceText: null });
    expect(await api.get('sources?first=2')).toMatchObject({
      items: [{ name: 'aside' }, { name: 'bureau' }],
      hasNextPage: true,
    });
  });

  it('is refused with a licence that no list has, and is for those who may push policies', async () => {
    expect(await refused('post', 'sources', { ...BUREAU, licence: 'cc-by-4.0' })).toMatchObject({
      status: 400,
      code: 'LICENCE_UNKNOWN',
      remedy: expect.stringContaining('Did you mean CC-BY-4.0?'),
    });
    const contributor = new ApiClient(test, await test.key('contributor'), 'default');
    expect((await contributor.send('post', 'sources').send(BUREAU)).status).toBe(403);
    expect((await contributor.send('post', 'subjects/withdraw').send({ subject: 'x' })).status).toBe(403);
    expect(await api.get('sources/bureau')).toMatchObject({ revision: 1 });
  });
});

describe('the command line', () => {
  it('says where data come from, shows it, and pushes under it', async () => {
    const told = await assay(
      ...[
        'source',
        'add',
        'census',
        '--kind',
        'third_party',
        '--licence',
        'CC0-1.0',
        '--purpose',
        'research',
      ],
      ...['--expires', '2999-12-31', '--json'],
    );
    expect([told.code, JSON.parse(told.out)]).toMatchObject([
      0,
      { name: 'census', revision: 1, scope: ['research'], licence: 'CC0-1.0' },
    ]);
    expect((await assay('source', 'show', 'census')).out).toMatch(/^census@1 .*\n.*third_party/);
    expect((await assay('source', 'list')).out).toMatch(/bureau@1 +third_party +CC-BY-4\.0/);
    const refused = await assay('source', 'add', 'census', '--kind', 'logs', '--licence', 'Apache');
    expect([refused.code, refused.out]).toEqual([2, expect.stringContaining('SPDX')]);
    const file = join(test.config.home, 'asked.csv');
    await writeFile(file, csv(people(4, 900)));
    const pushing = ['dataset', 'push', 'asked', '--split', `train=${file}`, '--key', 'id', '--label', 'y'];
    const unknown = await assay(...pushing, '--source', 'nowhere');
    expect([unknown.code, unknown.out]).toEqual([2, expect.stringContaining('assay source add')]);
    const named = await assay(...pushing, '--source', 'census', '--subject', 'person');
    expect([named.code, named.out]).toMatchObject([0, expect.stringContaining('asked@1')]);
    const found = await assay('subject', 'find', '--subject', 'person-900@example.org');
    expect(found.out).toMatch(/consent not withdrawn[^]*asked@1 +train +1\n/);
  });
});

describe('a version', () => {
  it('names its sources, by row where a column says so, and the column of its subjects', async () => {
    expect(await api.get('dataset-versions/people@1')).toMatchObject({
      sources: [{ name: 'survey', revision: 1, byColumn: 'origin', rows: { train: 22 } }],
      subjectColumn: 'person',
    });
    expect(await api.get('dataset-versions/judged@1')).toMatchObject({
      sources: [{ name: 'simulator', revision: 1, byColumn: null, rows: null }],
      subjectColumn: null,
    });
    const { nodes } = await api.get<{ nodes: { kind: string; label: string }[] }>(
      'lineage?node=model:first@1',
    );
    expect(nodes).toContainEqual(expect.objectContaining({ kind: 'source', label: 'survey@1' }));
  });

  it('is refused with a source that nobody has told of, named or in a row', async () => {
    const nowhere = await refused('post', 'datasets/wrong/versions', {
      splits: [{ name: 'train', role: 'train', uploadId: await api.upload(csv(['a'])) }],
      sources: ['nowhere'],
    });
    expect(nowhere).toMatchObject({ status: 404, code: 'SOURCE_NOT_FOUND' });
    const job = await push('wrong', csv(['a'], 'nowhere'), { sourceColumn: 'origin' });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'SOURCE_NOT_FOUND' } });
    expect((await api.send('get', 'datasets/wrong')).status).toBe(404);
  });

  it('may come to name more when the same content is pushed again, and never less', async () => {
    const rows = csv(people(5, 500));
    const id = await pushed('again', rows);
    expect(await api.get(`dataset-versions/${id}`)).toMatchObject({ sources: [], subjectColumn: null });
    expect(await pushed('again', rows, { sources: ['bureau'], subject: 'person' })).toBe(id);
    expect(await api.get(`dataset-versions/${id}`)).toMatchObject({
      sources: [{ name: 'bureau' }],
      subjectColumn: 'person',
    });
    expect(await push('again', rows, { subject: 'origin' })).toMatchObject({
      state: 'failed',
      error: { code: 'SUBJECT_COLUMN_DIFFERS' },
    });
  });
});

describe('the rule on sources', () => {
  it('passes where every source allows the purpose, and fails for another purpose', async () => {
    for (const model of ['first@1', 'second@1']) {
      const decision = await check(model);
      expect([decision.verdict, decision.rules[1].reason]).toEqual(['PASS', expect.any(String)]);
    }
    const spec = { ...POLICY.spec, rules: [{ id: 'ads', sources: { purpose: 'advertising' } }] };
    await api.post('policies', { document: { ...POLICY, metadata: { name: 'ads' }, spec } });
    expect((await check('first@1', 'ads')).rules[0]).toMatchObject({
      verdict: 'FAIL',
      reason: expect.stringContaining('survey@1 of people@1'),
    });
    expect((await check('second@1', 'ads')).verdict).toBe('PASS');
  });

  it('counts narrower terms at once', async () => {
    await api.post('promotions', { modelVersion: 'second@1', stage: 'pilot' });
    await api.post('sources', { ...BUREAU, scope: ['research'] });
    const decision = await check('second@1');
    expect(decision.rules[1]).toMatchObject({ verdict: 'FAIL' });
    expect(await refused('post', 'promotions', { modelVersion: 'second@1', stage: 'pilot' })).toMatchObject({
      code: 'PROMOTION_REFUSED',
    });
    // What was allowed again counts for data that were pushed under it.
    await api.post('sources', { ...BUREAU, scope: ['research', 'credit-scoring'] });
    expect((await check('second@1')).verdict).toBe('PASS');
  });
});

describe('a subject', () => {
  const labels = (nodes: { label: string }[]) => nodes.map(({ label }) => label).sort();

  it('whose consent is withdrawn flags all that came of its rows, and nothing else', async () => {
    const standing = await check('first@1');
    const other = await check('second@1');
    const { id: promotionId } = await api.post<{ id: string }>('promotions', {
      modelVersion: 'first@1',
      stage: 'pilot',
    });
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const found = await api.post<any>('subjects/find', { subject: ANN });
    expect(found).toMatchObject({
      known: true,
      withdrawnAt: null,
      rows: [{ datasetVersion: 'people@1', datasetVersionId: versions.old, split: 'train', rows: 2 }],
    });
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const reach = await api.post<any>('subjects/withdraw', { subject: ANN });
    expect(reach.withdrawnAt).not.toBeNull();
    expect({
      versions: labels(reach.datasetVersions),
      runs: reach.runs.map(({ id }: { id: string }) => id),
      models: labels(reach.modelVersions),
      evaluations: reach.evaluations.length,
      promotions: reach.promotions.map(({ id }: { id: string }) => id),
      deployments: reach.deployments.map((each: { modelVersionLabel: string }) => each.modelVersionLabel),
    }).toEqual({
      versions: ['people@1', 'people@2'],
      runs: [runs.first],
      models: ['first@1'],
      evaluations: 1,
      promotions: [promotionId],
      deployments: ['first@1'],
    });
    expect(reach.gateDecisions.map(({ id }: { id: string }) => id)).toContain(standing.decisionId);
    expect(reach.gateDecisions.map(({ id }: { id: string }) => id)).not.toContain(other.decisionId);

    const consent = (node: string) => api.get<{ withdrawn: number }>(`consent?node=${node}`);
    const flagged = await Promise.all(
      ['dataset:people@1', 'dataset:people@2', `run:${runs.first}`, 'model:first@1'].map(consent),
    );
    expect(flagged).toEqual(flagged.map(() => ({ withdrawn: 1, datasetVersions: ['people@1'] })));
    const clean = await Promise.all(
      ['dataset:others@1', 'dataset:judged@1', `run:${runs.second}`, 'model:second@1'].map(consent),
    );
    expect(clean).toEqual(clean.map(() => ({ withdrawn: 0, datasetVersions: [] })));
    const { body } = await test.request
      .post('/graphql')
      .set('authorization', `Bearer ${test.apiKey}`)
      .send({
        query: `{ a: modelVersion(ref: "first@1") { consent { withdrawn } run { consent { withdrawn } } evaluations { items { consent { withdrawn } } } }
                  b: modelVersion(ref: "second@1") { consent { withdrawn } datasetVersions { consent { withdrawn } } } }`,
      });
    expect(body.data).toMatchObject({
      a: {
        consent: { withdrawn: 1 },
        run: { consent: { withdrawn: 1 } },
        evaluations: { items: [{ consent: { withdrawn: 1 } }] },
      },
      b: { consent: { withdrawn: 0 }, datasetVersions: [{ consent: { withdrawn: 0 } }] },
    });

    for (;;) {
      const now = await api.get<{ state: string; staleReason: string }>(
        `gate-decisions/${standing.decisionId}`,
      );
      if (now.state === 'standing') continue;
      expect(now).toMatchObject({ state: 'stale', staleReason: expect.stringContaining('withdrew consent') });
      break;
    }
    expect(await api.get(`gate-decisions/${other.decisionId}`)).toMatchObject({ state: 'standing' });
    expect(await refused('post', 'promotions', { modelVersion: 'first@1', stage: 'pilot' })).toMatchObject({
      code: 'PROMOTION_REFUSED',
    });
  });

  it('lets nothing pass that rests on its rows, whatever the policy asks', async () => {
    expect(await check('first@1')).toMatchObject({
      verdict: 'FAIL',
      rules: [
        { verdict: 'INCONCLUSIVE' },
        { verdict: 'FAIL', reason: expect.stringContaining('1 in people@1') },
      ],
    });
    const spec = { ...POLICY.spec, rules: POLICY.spec.rules.slice(0, 1) };
    await api.post('policies', { document: { ...POLICY, metadata: { name: 'lax', stage: 'lax' }, spec } });
    expect(await check('first@1', 'lax')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      rules: [{ openHolds: [{ reason: expect.stringContaining('withdrew their consent') }] }],
    });
    expect((await check('second@1', 'lax')).verdict).toBe('PASS');
  });

  it('is refused in later pushes by the numbers of its rows, and nothing is stored', async () => {
    // One of whom nobody has heard can withdraw, too.
    await api.post('subjects/withdraw', { subject: 'newcomer' });
    const job = await push('later', csv([...people(3), ANN, 'newcomer', ANN]), { subject: 'person' });
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'SUBJECT_WITHDRAWN', details: { split: 'train', count: 3, rows: [4, 5, 6] } },
    });
    expect(JSON.stringify(job)).not.toContain(ANN);
    expect((await api.send('get', 'datasets/later')).status).toBe(404);
    const again = await api.post<{ withdrawnAt: string }>('subjects/withdraw', { subject: 'newcomer' });
    expect(again).toMatchObject({ known: true, rows: [], datasetVersions: [], deployments: [] });
    expect(await api.post('subjects/find', { subject: 'never heard of' })).toMatchObject({ known: false });
  });

  it('stands by name in no table, no log, no answer of the audit log; and the log vouches for what does', async () => {
    const { rows: tables } = await test.database.admin.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`,
    );
    for (const { name } of tables) {
      const { rows } = await test.database.admin.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`,
        [ANN],
      );
      expect([name, rows[0]!.n]).toEqual([name, 0]);
    }
    expect(log.join('\n')).not.toContain(ANN);
    const { pseudonym } = await api.post<{ pseudonym: string }>('subjects/find', { subject: ANN });
    const { leaf } = await api.get<{ leaf: object }>(
      `audit/proof?subjectKind=subject&subjectId=${pseudonym}`,
    );
    expect(leaf).toMatchObject({ action: 'subject.consent.withdrawn' });
    expect(await verifyAuditOf({ clientFile: test } as never)).toMatchObject({ code: 0 });
  });
});
