import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, type Permission } from '../../src/platform/auth/roles.js';
import { runInContext } from '../../src/platform/context/index.js';
import { Champions } from '../../src/modules/registry/index.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { statementsOf } from './count-statements.js';
import { insertDatasetVersion } from './insert-dataset-version.js';

let test: TestApp;
let base: string;
let projectId: string;

beforeAll(async () => {
  test = await startTestApp();
  base = `/v1/projects/${test.project}`;
  projectId = (await test.request.get('/v1/project').set(authorization())).body.id;
  await post('/experiments', { name: 'credit' }).expect(201);
});

afterAll(() => test?.stop());

const authorization = (key = test.apiKey) => ({ authorization: `Bearer ${key}` });
const post = (path: string, body: object, key?: string) =>
  test.request
    .post(base + path)
    .set(authorization(key))
    .send(body);
const get = (path: string, key?: string) => test.request.get(base + path).set(authorization(key));
const problem = (code: string) => ({ body: expect.objectContaining({ code }) });

async function upload(
  content: string | Buffer,
  filename = 'model.json',
  project = test.project,
  key = test.apiKey,
) {
  const answer = await test.request
    .post(`/v1/projects/${project}/uploads?filename=${encodeURIComponent(filename)}`)
    .set({ ...authorization(key), 'content-type': 'application/octet-stream' })
    .send(Buffer.from(content))
    .expect(201);
  return answer.body as { id: string; digest: string; size: number };
}

const newRun = async (body: object = {}) =>
  (await post('/runs', { experiment: 'credit', ...body }).expect(201)).body.id as string;

async function register(model: string, body: object = {}) {
  const { id } = await upload(`weights of ${model}`);
  return (await post(`/models/${model}/versions`, { artifactUploadId: id, ...body }).expect(201)).body;
}

const lineageOf = async (node: string, direction = 'upstream') => {
  const { edges, nodes } = (await get(`/lineage?node=${node}&direction=${direction}`).expect(200)).body;
  const label = (ref: { id: string }) => nodes.find((one: { id: string }) => one.id === ref.id).label;
  return edges
    .map(
      (edge: { from: { id: string }; to: { id: string }; relation: string }) =>
        `${label(edge.from)} ${edge.relation} ${label(edge.to)}`,
    )
    .sort();
};

describe('model versions', () => {
  it('are numbered from 1, with their artifact by digest', async () => {
    const file = await upload('first weights', 'größe.json');
    const made = (
      await post('/models/credit/versions', {
        artifactUploadId: file.id,
        description: 'one',
        tags: { team: 'risk' },
      }).expect(201)
    ).body;
    expect(made).toMatchObject({
      model: 'credit',
      version: 1,
      artifact: {
        digest: createHash('sha256').update('first weights').digest('hex'),
        size: 13,
        filename: 'größe.json',
      },
      runId: null,
      parentId: null,
      datasetVersionIds: [],
      description: 'one',
      tags: { team: 'risk' },
    });
    expect((await get('/models/credit/versions/1').expect(200)).body).toEqual(made);
    expect((await get('/models/credit').expect(200)).body).toMatchObject({
      name: 'credit',
      latestVersion: 1,
    });
    expect((await register('credit')).version).toBe(2);
    expect((await register('CREDIT')).model).toBe('credit');
    const page = (await get('/models/credit/versions?first=2').expect(200)).body;
    expect(page.items.map((version: { version: number }) => version.version)).toEqual([3, 2]);
    const next = (await get(`/models/credit/versions?after=${page.endCursor}`).expect(200)).body;
    expect(next.items.map((version: { version: number }) => version.version)).toEqual([1]);
    const { rows } = await test.database.admin.query(
      'SELECT action, body FROM audit_leaf WHERE subject_id = $1',
      [made.id],
    );
    expect(rows.map((row) => row.action)).toEqual(['model.version.registered']);
    expect(JSON.parse(rows[0].body)).toMatchObject({ model: 'credit', version: 1, artifact: made.artifact });
  });

  it('have no gaps and no twins under concurrency, failures included', async () => {
    const files = await Promise.all(Array.from({ length: 8 }, (_, i) => upload(`concurrent ${i}`)));
    const answers = await Promise.all(
      files.flatMap(({ id }) => [
        post('/models/race/versions', { artifactUploadId: id }),
        post('/models/race/versions', { artifactUploadId: id, parent: 'race@999' }),
      ]),
    );
    expect(answers.filter((answer) => answer.status === 404)).toHaveLength(8);
    const versions = answers
      .filter((answer) => answer.status === 201)
      .map((answer) => answer.body.version as number);
    expect(versions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('cannot be changed, by the database itself', async () => {
    const { id } = await register('frozen');
    const client = await test.database.admin.connect();
    try {
      for (const statement of [
        `UPDATE model_version SET artifact_digest = repeat('0', 64)`,
        'DELETE FROM model_version',
      ]) {
        await client.query(`BEGIN; SET LOCAL ROLE assay_app; SET LOCAL app.project = '${projectId}'`);
        await expect(client.query(`${statement} WHERE id = '${id}'`)).rejects.toThrow(/permission denied/);
        await client.query('ROLLBACK');
      }
    } finally {
      client.release();
    }
  });

  it('say which run, data and parent they came from', async () => {
    const [adult, census] = [
      await insertDatasetVersion(test, projectId, 'adult'),
      await insertDatasetVersion(test, projectId, 'census'),
    ];
    const runId = await newRun({
      name: 'fit',
      inputs: [{ datasetVersion: 'adult@1' }, { datasetVersion: adult, context: 'validation' }],
    });
    expect((await get(`/runs/${runId}`)).body.datasetVersionIds).toEqual([
      { datasetVersionId: adult, context: 'train' },
      { datasetVersionId: adult, context: 'validation' },
    ]);
    const parent = await register('base');
    const made = await register('traced', { runId, datasetVersions: ['census'], parent: 'base@1' });
    expect(made).toMatchObject({ runId, parentId: parent.id });
    expect([...made.datasetVersionIds].sort()).toEqual([adult, census].sort());
    const edges = [
      'adult@1 trained_on credit/fit',
      'base@1 derived traced@1',
      'census@1 trained_on traced@1',
      'credit/fit produced traced@1',
    ];
    expect(await lineageOf('model:traced@1')).toEqual(edges);
    expect(await lineageOf('dataset:adult@1', 'downstream')).toEqual([edges[0], edges[3]]);
  });

  it.each([
    [{}, 400, 'REQUEST_INVALID'],
    [{ artifactUploadId: 'x' }, 400, 'REQUEST_INVALID'],
    [{ artifactUploadId: '01900000-0000-7000-8000-000000000000' }, 404, 'UPLOAD_NOT_FOUND'],
    [{ runId: '01900000-0000-7000-8000-000000000000' }, 404, 'RUN_NOT_FOUND'],
    [{ parent: 'none@1' }, 404, 'MODEL_VERSION_NOT_FOUND'],
    [{ parent: '../x' }, 400, 'MODEL_REFERENCE_INVALID'],
    [{ datasetVersions: ['none@1'] }, 404, 'DATASET_VERSION_NOT_FOUND'],
    [{ datasetVersions: 'adult@1' }, 400, 'REQUEST_INVALID'],
    [{ tags: { a: [] } }, 400, 'REQUEST_INVALID'],
    [{ surprise: 1 }, 400, 'REQUEST_INVALID'],
  ])('refuse %j', async (body, status, code) => {
    const { id } = await upload('refused');
    const complete = Object.keys(body).some((key) => key !== 'artifactUploadId')
      ? { artifactUploadId: id, ...body }
      : body;
    expect(await post('/models/refused/versions', complete).expect(status)).toMatchObject(problem(code));
    await get('/models/refused').expect(404);
  });

  it.each(['..%2Fetc', '%2e%2e', 'a%00b', '.hidden', 'x'.repeat(101), 'a%20b', 'a@1'])(
    'refuse the name %s',
    async (name) => {
      const { id } = await upload('named');
      const answer = await post(`/models/${name}/versions`, { artifactUploadId: id });
      expect([400, 404]).toContain(answer.status);
      const { rows } = await test.database.admin.query('SELECT name FROM model WHERE name !~ $1', [
        '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
      ]);
      expect(rows).toEqual([]);
    },
  );

  it('are registered by contributors only, and stay in their project', async () => {
    const { id } = await upload('mine');
    await post('/models/mine/versions', { artifactUploadId: id }, await test.key('auditor')).expect(403);
    const other = await test.newProject('elsewhere');
    const theirs = await upload('theirs', 'x', other.name, other.apiKey);
    expect(await post('/models/mine/versions', { artifactUploadId: theirs.id }).expect(404)).toMatchObject(
      problem('UPLOAD_NOT_FOUND'),
    );
    await register('mine');
    const path = `/v1/projects/${other.name}/models/mine`;
    await test.request.get(path).set(authorization(other.apiKey)).expect(404);
    await test.request.get(`${path}/versions/1/artifact`).set(authorization(other.apiKey)).expect(404);
  });
});

describe('artifacts', () => {
  it('are downloaded whole, with their digest as ETag', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) % 256));
    const file = await upload(bytes, 'weights "x".bin');
    await post('/models/bytes/versions', { artifactUploadId: file.id }).expect(201);
    const answer = await get('/models/bytes/versions/1/artifact').buffer(true).expect(200);
    expect(
      createHash('sha256')
        .update(answer.body as Buffer)
        .digest('hex'),
    ).toBe(file.digest);
    expect(answer.headers).toMatchObject({
      etag: `"${file.digest}"`,
      'content-length': '100000',
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="weights _x_.bin"; filename*=UTF-8''weights%20%22x%22.bin`,
      'x-content-type-options': 'nosniff',
    });
    await get('/models/bytes/versions/1/artifact').set('if-none-match', `W/"${file.digest}"`).expect(304);
    await get('/models/bytes/versions/2/artifact').expect(404);
    await get('/models/bytes/versions/one/artifact').expect(400);
  });

  it('are not sent when their bytes have changed on the disk', async () => {
    const file = await upload('honest weights');
    await post('/models/tampered/versions', { artifactUploadId: file.id }).expect(201);
    const paths = await readdir(test.config.home, { recursive: true });
    const blob = paths.find((path) => path.endsWith(file.digest));
    await writeFile(join(test.config.home, blob ?? ''), 'forged weights');
    const answer = await get('/models/tampered/versions/1/artifact');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.code).toBe('BLOB_CORRUPT');
  });
});

describe('champions', () => {
  const asSystem = <T>(work: () => Promise<T>) =>
    runInContext(
      {
        requestId: 'test',
        projectId,
        projectName: test.project,
        actor: {
          kind: 'system',
          id: 'test',
          name: 'test',
          permissions: new Set(Object.keys(PERMISSIONS) as Permission[]),
        },
      },
      work,
    );

  it('are one per model and stage', async () => {
    const champions = test.app.get(Champions);
    const [one, two, other] = [await register('king'), await register('king'), await register('pretender')];
    await asSystem(async () => {
      expect(await champions.get('king', 'production')).toBeNull();
      await champions.set('king', 'production', one.id);
      await champions.set('king', 'production', two.id);
      await champions.set('king', 'production', two.id);
      await champions.set('king', 'staging', one.id);
      expect(await champions.get('king', 'production')).toMatchObject({ version: 2 });
      expect(await champions.get('king', 'staging')).toMatchObject({ version: 1 });
      await expect(champions.set('king', 'production', other.id)).rejects.toMatchObject({
        code: 'CHAMPION_OF_ANOTHER_MODEL',
      });
      await expect(champions.set('nobody', 'production', one.id)).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
      });
    });
    const { rows } = await test.database.admin.query(
      `SELECT count(*)::int AS n FROM audit_leaf WHERE action = 'model.champion.set'`,
    );
    expect(rows[0].n).toBe(3);
  });
});

describe('GraphQL', () => {
  const graphql = async (query: string, variables: object = {}) => {
    const answer = await test.request.post('/graphql').set(authorization()).send({ query, variables });
    expect(answer.body.errors).toBeUndefined();
    return answer.body.data;
  };

  it('registers, and answers a version with all that led to it', async () => {
    await insertDatasetVersion(test, projectId, 'graph');
    const runId = await newRun({ inputs: [{ datasetVersion: 'graph' }], params: { lr: '1' } });
    const { id } = await upload('by graphql');
    await register('ancestor');
    const { registerModelVersion: made } = await graphql(
      'mutation ($input: RegisterModelVersionInput!) { registerModelVersion(input: $input) { id version } }',
      { input: { model: 'graphed', artifactUploadId: id, runId, parent: 'ancestor@1' } },
    );
    const data = await graphql(
      `
        query ($id: String!) {
          byId: modelVersion(ref: $id) {
            model
            version
          }
          modelVersion(ref: "graphed@1") {
            artifact {
              size
              filename
            }
            registeredModel {
              latestVersion
              champions {
                stage
              }
            }
            run {
              params
              modelVersions(first: 5) {
                items {
                  id
                }
              }
            }
            datasetVersions {
              version
              runs {
                items {
                  id
                }
              }
              modelVersions {
                items {
                  id
                }
              }
            }
            parent {
              model
              version
              downstream(depth: 1) {
                nodes {
                  label
                  depth
                }
              }
            }
            upstream {
              nodes {
                kind
                label
                depth
              }
              edges {
                relation
              }
              truncated
            }
          }
        }
      `,
      { id: made.id },
    );
    expect(data.byId).toEqual({ model: 'graphed', version: 1 });
    expect(data.modelVersion).toMatchObject({
      registeredModel: { latestVersion: 1, champions: [] },
      run: { params: { lr: '1' }, modelVersions: { items: [{ id: made.id }] } },
      datasetVersions: [
        { version: 1, runs: { items: [{ id: runId }] }, modelVersions: { items: [{ id: made.id }] } },
      ],
      parent: {
        model: 'ancestor',
        version: 1,
        downstream: {
          nodes: [
            { label: 'ancestor@1', depth: 0 },
            { label: 'graphed@1', depth: 1 },
          ],
        },
      },
    });
    expect(data.modelVersion.upstream.nodes.map((node: { kind: string }) => node.kind).sort()).toEqual([
      'datasetVersion',
      'modelVersion',
      'modelVersion',
      'run',
    ]);
  });

  it('costs the same statements for one version as for many', async () => {
    await insertDatasetVersion(test, projectId, 'wide');
    for (let i = 0; i < 6; i += 1) {
      const runId = await newRun({ inputs: [{ datasetVersion: 'wide' }] });
      await register('wide', {
        runId,
        parent: i === 0 ? undefined : `wide@${i}`,
        datasetVersions: ['graph'],
      });
    }
    const query = `query ($first: Int) { model(name: "wide") { champions { stage modelVersion { id } } versions(first: $first) { items {
      version
      run { status metricHistory(key: "x") { items { value } } modelVersions { items { id } } }
      datasetVersions { version runs { items { id } } modelVersions { items { id } } }
      parent { version }
      upstream { nodes { label } } downstream(depth: 3) { nodes { label } }
    } } } }`;
    const few = await statementsOf(() => graphql(query, { first: 1 }));
    const many = await statementsOf(() => graphql(query, { first: 6 }));
    expect(many).toHaveLength(few.length);
    expect(few.length).toBeLessThanOrEqual(12);
  });
});
