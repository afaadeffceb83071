import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { zipOf, type Member } from '../../src/modules/evaluation/imports/zip/zip-fixture.js';
import { BlobStore } from '../../src/platform/storage/index.js';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { statementsOf } from './count-statements.js';

interface Imported {
  id: string;
  items: number;
  itemsDigest: string | null;
  scores: { task: string | null; metrics: Record<string, { defined: boolean; value?: number }> }[];
}

const HEADER = {
  version: 2,
  status: 'success',
  eval: { task: 'guide', model: 'openai/small' },
  results: { scores: [{ name: 'match', metrics: { accuracy: { name: 'accuracy', value: 0.625 } } }] },
};
const json = (name: string, content: object): Member => ({ name, content: JSON.stringify(content) });
const header = json('header.json', HEADER);

/** Four samples of two epochs; successes of each: 2, 2, 1, 0. */
const samples = (['CC', 'CC', 'CI', 'II'] as const).flatMap((grades, id) =>
  [...grades].map((value, i) =>
    json(`samples/${id}_epoch_${i + 1}.json`, { id, epoch: i + 1, scores: { match: { value } } }),
  ),
);
const LOG = zipOf([header, ...samples]);

describe('an evaluation of another tool', () => {
  let test: TestApp;
  let api: ApiClient;
  const rows = async <T extends object>(sql: string) => (await test.database.admin.query<T>(sql)).rows;

  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    api = new ApiClient(test, await test.key('contributor'));
    for (const weights of ['one', 'two'])
      await api.post('models/agent/versions', { artifactUploadId: await api.upload(weights) });
  });
  afterAll(() => test?.stop());

  const send = async (content: string | Buffer, modelVersion = 'agent@1', more: object = {}) =>
    api.post<{ job: { id: string } }>('evaluation-imports', {
      modelVersion,
      uploadId: await api.upload(content),
      ...more,
    });
  const imported = async (content: string | Buffer, modelVersion?: string, more?: object) => {
    const { job } = await send(content, modelVersion, more);
    return api.ended(job.id);
  };

  it('is read by a job, and its numbers computed from its items', async () => {
    const { state, result } = await imported(LOG);
    expect({ state, result }).toMatchObject({
      state: 'succeeded',
      result: { format: 'inspect-eval', level: 'recomputed', items: 8, created: true },
    });
    const found = await api.get<Imported>(`evaluation-imports/${String(result!.importedEvaluationId)}`);
    expect(found).toMatchObject({
      format: 'inspect-eval',
      formatVersion: '2',
      reportedModel: 'openai/small',
      status: 'completed',
      level: 'recomputed',
      sourceDigest: createHash('sha256').update(LOG).digest('hex'),
      tasks: ['guide'],
      metrics: [{ name: 'match', kind: 'score', scored: 8, unscored: 0 }],
      totals: [{ task: 'guide', metric: 'match accuracy', value: 0.625, stderr: null, n: null }],
    });
    // By hand: 5 of 8; one of two tries succeeds for 3 of 4 samples, both for 2.
    const [score] = found.scores;
    expect(
      Object.fromEntries(Object.entries(score!.metrics).map(([name, { value }]) => [name, value])),
    ).toEqual({
      completion_rate: 0.625,
      'pass@1': 0.625,
      'pass@2': 0.75,
      'pass^1': 0.625,
      'pass^2': 0.5,
      mean_score: 0.625,
    });
    expect(score).toMatchObject({ task: 'guide', metric: 'match', items: 4, trials: 8, unscored: 0 });
    // The items are evidence that others can compute from.
    const lines = (await text(test.app.get(BlobStore).read(found.itemsDigest!))).trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[5]).toBe('{"outcome":"failed","scores":{"match":0},"task":"guide","taskId":"2","trial":2}');
    const successes = lines.filter((line) => (JSON.parse(line) as { outcome: string }).outcome === 'passed');
    expect(successes).toHaveLength(5);
  });

  it('is one evaluation for each model version, however often and by how many at once its file is sent', async () => {
    const again = await Promise.all([1, 2, 3].map(() => imported(LOG)));
    expect(new Set(again.map(({ result }) => result!.importedEvaluationId)).size).toBe(1);
    expect(again.map(({ result }) => result!.created)).toEqual([false, false, false]);
    const other = await Promise.all([1, 2, 3].map(() => imported(LOG, 'agent@2')));
    expect(other.map(({ result }) => result!.created).sort()).toEqual([false, false, true]);
    expect(await rows(`SELECT FROM imported_evaluation`)).toHaveLength(2);
    expect(await rows(`SELECT FROM audit_leaf WHERE action = 'evaluation.imported'`)).toHaveLength(2);
  });

  it('stays reported where there are totals alone, and is read as the caller says', async () => {
    const totals = { results: { arc: { acc: 0.25, acc_stderr: 0.01 } }, versions: { arc: 0 }, config: {} };
    const { result } = await imported(JSON.stringify(totals), 'agent@1', { format: 'lm-eval' });
    expect(result).toMatchObject({ format: 'lm-eval', level: 'reported', items: 0 });
    expect(await api.get(`evaluation-imports/${String(result!.importedEvaluationId)}`)).toMatchObject({
      itemsDigest: null,
      scores: [],
      totals: [{ task: 'arc', metric: 'acc', value: 0.25, stderr: 0.01 }],
    });
    expect((await imported(JSON.stringify(totals), 'agent@1', { format: 'junit' })).error).toMatchObject({
      code: 'IMPORT_XML_MALFORMED',
    });
    const refused = await api
      .send('post', 'evaluation-imports')
      .send({ modelVersion: 'agent@1', uploadId: await api.upload('x'), format: 'excel' });
    expect(refused.status).toBe(400);
  });

  const bomb = Buffer.alloc(64 * 1024 * 1024, ' ');
  it.each<[string, Buffer, string, RegExp]>([
    [
      'a bomb',
      zipOf([header, { name: 'samples/a_epoch_1.json', content: bomb }]),
      'IMPORT_ZIP_BOMB',
      /unpacks to more than 250 times its \d+ bytes$/,
    ],
    [
      'a bomb that lies about its size',
      zipOf([header, { name: 'samples/a_epoch_1.json', content: bomb, unpackedBytes: 100 }]),
      'IMPORT_ZIP_MEMBER_CORRUPT',
      /unpacks to more than the 100 bytes that the archive says$/,
    ],
    [
      'a name that leads out',
      zipOf([header, json('samples/../../../etc/cron.d/x', {})]),
      'IMPORT_ZIP_MEMBER_NAME',
      /leads out of the archive by "\.\."$/,
    ],
    [
      'an absolute name',
      zipOf([header, json('/etc/passwd', {})]),
      'IMPORT_ZIP_MEMBER_NAME',
      /is an absolute path$/,
    ],
    [
      'an archive that is cut off',
      LOG.subarray(0, LOG.length - 40),
      'IMPORT_ZIP_MALFORMED',
      /cannot be read/,
    ],
    [
      'a log that is cut off',
      Buffer.from(JSON.stringify({ ...HEADER, samples: [{ id: 1, epoch: 1 }] }).slice(0, -9)),
      'IMPORT_JSON_TRUNCATED',
      /ends in the middle/,
    ],
    ['data of another kind', Buffer.from('id,y\n1,SECRETLABEL\n'), 'IMPORT_JSON_MALFORMED', /where a value/],
  ])('refuses %s, for good and without its words', async (_what, content, code, words) => {
    const before = await rows('SELECT id FROM imported_evaluation');
    const { state, error } = await imported(content);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code });
    expect(error!.message).toMatch(words);
    expect(JSON.stringify(error)).not.toContain('SECRETLABEL');
    expect(await rows('SELECT id FROM imported_evaluation')).toEqual(before);
  });

  it('is listed, newest first, by REST and by GraphQL, in statements that do not grow with it', async () => {
    const list = await api.get<{ items: object[]; hasNextPage: boolean }>(
      'evaluation-imports?modelVersion=agent@1&first=1',
    );
    expect(list).toMatchObject({ items: [{ format: 'lm-eval' }], hasNextPage: true });
    expect(list.items[0]).not.toHaveProperty('scores');
    const query = `query ($first: Int) { models { items { versions { items { version importedEvaluations(first: $first) {
      items { format level modelVersion { version } report } } } } } } importedEvaluations(modelVersion: "agent@2") { items { items } } }`;
    let answer: { models: { items: { versions: { items: object[] } }[] }; importedEvaluations: object };
    const ask = (first: number) => async () => void (answer = await api.graphql(query, { first }));
    const few = await statementsOf(ask(1));
    const many = await statementsOf(ask(50));
    expect(many).toHaveLength(few.length);
    const versions = answer!.models.items[0]!.versions.items as {
      version: number;
      importedEvaluations: { items: { format: string; report: { tasks: string[] } }[] };
    }[];
    const seen = versions.map(({ version, importedEvaluations: { items } }) => [
      version,
      items.map(({ format, report }) => [format, report.tasks[0]]),
    ]);
    expect(Object.fromEntries(seen as [number, string[]][])).toEqual({
      1: [
        ['lm-eval', 'arc'],
        ['inspect-eval', 'guide'],
      ],
      2: [['inspect-eval', 'guide']],
    });
    expect(answer!.importedEvaluations).toEqual({ items: [{ items: 8 }] });
    expect((await api.send('get', 'evaluation-imports/nothing')).body).toMatchObject({
      status: 404,
      code: 'IMPORTED_EVALUATION_NOT_FOUND',
    });
  });

  it('is drawn from its model version, and vouched for by the log', async () => {
    const graph = await api.get<{ edges: { to: { kind: string } }[] }>(
      'lineage?node=model:agent@2&direction=downstream',
    );
    expect(graph.edges).toMatchObject([{ to: { kind: 'importedEvaluation' }, relation: 'evaluated' }]);
    const audit = async () => {
      let said = '';
      const out = { write: (words: string) => (said += words) };
      const env = { ASSAY_URL: test.url, ASSAY_API_KEY: test.apiKey, ASSAY_PROJECT: test.project };
      const code = await run(['audit', 'verify'], { env, cwd: test.config.home, stdout: out, stderr: out });
      return { code, said };
    };
    expect(await audit()).toMatchObject({ code: 0 });
    await test.database.admin.query(
      `UPDATE imported_evaluation SET report = replace(report::text, '"value":0.625', '"value":0.925')::json WHERE items = 8`,
    );
    const { code, said } = await audit();
    expect(code).toBe(1);
    expect(said.match(/^FAILED.*importedEvaluation .* is not what the log recorded/gm)).toHaveLength(2);
  });
});
