import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { changedTables, storedRows } from '../support/stored-rows.js';

type Body = object | string | undefined;
const NOWHERE = '019a0000-0000-7000-8000-000000000001';
const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
const LISTS = [
  'datasets',
  'models',
  'experiments',
  'runs',
  'jobs',
  'keys',
  'policies',
  'promotions',
  'deployments',
  'evaluations',
  'gate-decisions',
  'audit/entries',
];
/** Evaluations are found by id or not at all. */
const noId = (collection: string): [number, string, RegExp] =>
  collection === 'evaluations'
    ? [404, 'EVALUATION_NOT_FOUND', /There is no evaluation "/]
    : [400, 'REQUEST_INVALID', /uuid/i];
const BY_ID = ['runs', 'jobs', 'evaluations', 'gate-decisions', 'promotions', 'uploads'];

describe('bad requests', () => {
  let test: TestApp;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    test = await startTestApp();
    const make = async (path: string, body: object) => {
      const answer = await send('post', path, body);
      if (answer.status !== 201) throw new Error(answer.text);
      return (answer.body as { id: string }).id;
    };
    ids.EXPERIMENT = await make('experiments', { name: 'wages' });
    ids.RUN = await make('runs', { experiment: 'wages' });
    const upload = await test.request
      .post('/v1/projects/default/uploads?filename=w')
      .set({ authorization: `Bearer ${test.apiKey}`, 'content-type': 'application/octet-stream' })
      .send(Buffer.from('weights'));
    ids.UPLOAD = (upload.body as { id: string }).id;
    ids.MODEL = await make('models/credit/versions', { artifactUploadId: ids.UPLOAD });
  });
  afterAll(() => test?.stop());

  const send = (method: 'get' | 'post' | 'delete', path: string, body?: Body) => {
    const request = test.request[method](`/v1/projects/default/${path}`).set(
      'authorization',
      `Bearer ${test.apiKey}`,
    );
    return body === undefined
      ? request
      : request
          .set('content-type', 'application/json')
          .send(typeof body === 'string' ? body : JSON.stringify(body));
  };
  /** `{RUN}` and the like stand for ids made above. */
  const filled = (text: string) => text.replaceAll(/\{([A-Z]+)\}/g, (_, name: string) => ids[name]!);

  async function refused(
    method: 'get' | 'post' | 'delete',
    path: string,
    body: Body,
    status: number,
    code: string,
    message: RegExp,
  ) {
    const before = await storedRows(test.database.admin);
    const answer = await send(
      method,
      filled(path),
      body === undefined ? undefined : filled(typeof body === 'string' ? body : JSON.stringify(body)),
    );
    const problem = answer.body as { code: string; detail: string };
    expect([answer.status, problem.code]).toEqual([status, code]);
    expect(problem.detail).toMatch(message);
    expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
  }

  describe('pages', () => {
    it.each(LISTS)(
      '%s refuses every first that is no page, and every cursor that is not its own',
      async (list) => {
        for (const first of ['-1', '0', '501', '1.5', '1e3', '9007199254740993', 'NaN', 'all', ''])
          await refused('get', `${list}?first=${first}`, undefined, 400, 'REQUEST_INVALID', /^first: /);
        const shapes = [
          '',
          'x',
          'W10',
          '%00',
          cursor(),
          cursor(null),
          cursor({}),
          cursor([1]),
          cursor(1, 2, 3, 4),
          cursor('a'.repeat(600)),
        ];
        for (const after of shapes) {
          const answer = await send('get', `${list}?after=${after}`);
          expect([list, after, answer.status < 500]).toEqual([list, after, true]);
          if (!/^(x|[A-Za-z0-9_-]{20,})$/.test(after) && after !== cursor('a'.repeat(600)))
            expect([list, after, answer.status]).toEqual([list, after, 400]);
        }
        // Well formed, and of values that no row of any list has: an error of the caller, or an empty page, never one of ours.
        for (const parts of [
          ['x'],
          [1e308],
          [-1],
          [1.5],
          [NOWHERE],
          ['\ud800'],
          ['2026-13-45', NOWHERE],
          ['x', 'y'],
          [1, 2, 'z'],
          [2 ** 53, 2 ** 53, '1e999'],
        ]) {
          const answer = await send('get', `${list}?after=${cursor(...parts)}`);
          expect([list, parts, answer.status === 200 || answer.status === 400]).toEqual([list, parts, true]);
        }
      },
    );
  });

  describe('ids', () => {
    it.each(BY_ID)(
      '%s refuses what is no id, and does not find an id of another kind',
      async (collection) => {
        for (const bad of ['1', 'x', '%00', '..%2F..%2Fetc', `${NOWHERE}0`, '*', 'null'])
          await refused('get', `${collection}/${bad}`, undefined, ...noId(collection));
        for (const other of [ids.EXPERIMENT, ids.MODEL, NOWHERE])
          expect([collection, (await send('get', `${collection}/${other}`)).status]).toEqual([
            collection,
            404,
          ]);
      },
    );

    it.each<[string, 'get' | 'post', string, Body, number, string, RegExp]>([
      [
        "a model's id where a dataset's is meant",
        'get',
        'dataset-versions/{MODEL}',
        undefined,
        404,
        'DATASET_VERSION_NOT_FOUND',
        /There is no dataset version/,
      ],
      [
        "a run's id where an upload's is meant",
        'post',
        'models/credit/versions',
        { artifactUploadId: '{RUN}' },
        404,
        'UPLOAD_NOT_FOUND',
        /./,
      ],
      [
        "a model's id where a run's is meant",
        'post',
        'models/credit/versions',
        { artifactUploadId: '{UPLOAD}', runId: '{MODEL}' },
        404,
        'RUN_NOT_FOUND',
        /./,
      ],
      [
        "a run's id where a model's is meant",
        'post',
        'gate-decisions',
        { modelVersion: '{RUN}', policy: 'p' },
        404,
        'MODEL_VERSION_NOT_FOUND',
        /./,
      ],
      [
        "a model's id where a policy's is meant",
        'post',
        'gate-decisions',
        { modelVersion: 'credit@1', policy: '{MODEL}' },
        404,
        'POLICY_NOT_FOUND',
        /./,
      ],
      [
        "a run's id where a dataset's is meant",
        'post',
        'runs',
        { experiment: 'wages', inputs: [{ datasetVersion: '{RUN}' }] },
        404,
        'DATASET_VERSION_NOT_FOUND',
        /./,
      ],
      [
        'a node of no kind',
        'get',
        'lineage?node=nothing:x',
        undefined,
        400,
        'LINEAGE_REFERENCE_INVALID',
        /nothing/,
      ],
      ['an entry that is none', 'get', 'audit/proof?entry=1', undefined, 400, 'REQUEST_INVALID', /^entry/],
      [
        'a version 0',
        'get',
        'models/credit/versions/0',
        undefined,
        400,
        'MODEL_REFERENCE_INVALID',
        /credit@0/,
      ],
      [
        'a version beyond 2^31',
        'get',
        'models/credit/versions/99999999999',
        undefined,
        400,
        'MODEL_REFERENCE_INVALID',
        /credit@99999999999/,
      ],
      ['a name that leads upwards', 'get', 'models/..%2Fetc', undefined, 404, 'MODEL_NOT_FOUND', /\.\.\/etc/],
      ['a null byte in a name', 'get', 'datasets/a%00b', undefined, 400, 'NAME_INVALID', /a\\u0000b/],
      [
        'a null byte in the key of a metric',
        'get',
        'runs/{RUN}/metrics/a%00b',
        undefined,
        400,
        'VALUE_INVALID',
        /^key: holds a null character/,
      ],
    ])('%s', async (_, ...request) => {
      await refused(...request);
    });
  });

  const point = (more: object) => ({ metrics: [{ key: 'loss', value: 1, ...more }] });
  it.each<[string, string, Body, number, string, RegExp]>([
    [
      'a step beyond 2^53',
      'runs/{RUN}/log',
      '{"metrics":[{"key":"loss","value":1,"step":9007199254740993}]}',
      400,
      'REQUEST_INVALID',
      /^metrics\.0\.step: /,
    ],
    [
      'a step below -2^53',
      'runs/{RUN}/log',
      point({ step: -(2 ** 53) }),
      400,
      'REQUEST_INVALID',
      /^metrics\.0\.step: /,
    ],
    [
      'a time beyond 2^63',
      'runs/{RUN}/log',
      point({ timestamp: 1e19 }),
      400,
      'REQUEST_INVALID',
      /^metrics\.0\.timestamp: /,
    ],
    [
      'an integer beyond 2^53 in a param',
      'runs/{RUN}/log',
      '{"params":{"seed":9007199254740993}}',
      400,
      'REQUEST_INVALID',
      /seed is an integer beyond 2\^53/,
    ],
    [
      'a number that no double holds in a param',
      'runs/{RUN}/log',
      '{"params":{"lr":-1e400}}',
      400,
      'REQUEST_INVALID',
      /^params\.lr: is a number that is too large/,
    ],
    [
      'a value that no double holds',
      'runs/{RUN}/log',
      '{"metrics":[{"key":"loss","value":1e400}]}',
      400,
      'REQUEST_INVALID',
      /^metrics\.0\.value: /,
    ],
    [
      'a value as a text',
      'runs/{RUN}/log',
      point({ value: '0_5' }),
      400,
      'REQUEST_INVALID',
      /^metrics\.0\.value: /,
    ],
    [
      'a list where a point is meant',
      'runs/{RUN}/log',
      { metrics: [[]] },
      400,
      'REQUEST_INVALID',
      /^metrics: each value in metrics must be an object/,
    ],
    [
      'a list where an input is meant',
      'runs',
      { experiment: 'wages', inputs: [[]] },
      400,
      'REQUEST_INVALID',
      /^inputs: each value in inputs must be an object/,
    ],
    [
      'a list where predictions are meant',
      'evaluations',
      { modelVersion: 'credit@1', datasetVersion: 'x@1', predictions: [[]] },
      400,
      'REQUEST_INVALID',
      /^predictions: each value in predictions must be an object/,
    ],
    [
      'a polluting param',
      'runs/{RUN}/log',
      '{"params":{"__proto__":{"polluted":true}}}',
      400,
      'REQUEST_INVALID',
      /"__proto__"/,
    ],
    [
      'a polluting tag',
      'runs',
      '{"experiment":"wages","tags":{"__proto__":"x"}}',
      400,
      'REQUEST_INVALID',
      /"__proto__"/,
    ],
    [
      'a class as a param',
      'runs/{RUN}/log',
      { params: { constructor: { prototype: { polluted: true } } } },
      400,
      'REQUEST_INVALID',
      /params\.constructor\.prototype/,
    ],
    [
      'a class within a param',
      'runs/{RUN}/log',
      { params: { a: { constructor: 'x' } } },
      400,
      'REQUEST_INVALID',
      /params\.a\.constructor/,
    ],
    [
      'a param twice',
      'runs/{RUN}/log',
      '{"params":{"lr":1,"lr":2}}',
      400,
      'BODY_NAME_REPEATED',
      /"lr" twice/,
    ],
    [
      'half a surrogate pair in a param',
      'runs/{RUN}/log',
      '{"params":{"a":"x\\ud83d"}}',
      400,
      'REQUEST_INVALID',
      /^params\.a: holds half of a surrogate pair/,
    ],
    [
      'a key of another direction',
      'runs/{RUN}/log',
      { params: { '\u202elr': 1 } },
      400,
      'REQUEST_INVALID',
      /may hold letters/,
    ],
    [
      'a key that leads upwards',
      'runs/{RUN}/log',
      { tags: { '../../etc/passwd': 'x' } },
      400,
      'REQUEST_INVALID',
      /leads upwards/,
    ],
    [
      'an unknown field',
      'runs',
      { experiment: 'wages', colour: 'red' },
      400,
      'REQUEST_INVALID',
      /^colour: property colour should not exist/,
    ],
    [
      'an unknown field within',
      'runs/{RUN}/log',
      point({ colour: 'red' }),
      400,
      'REQUEST_INVALID',
      /^metrics\.0\.colour: /,
    ],
    [
      'a protocol of no field',
      'evaluations',
      {
        modelVersion: 'credit@1',
        datasetVersion: 'x@1',
        predictions: [{ split: 'x', uploadId: '{UPLOAD}' }],
        protocol: { constructor: 1 },
      },
      400,
      'PROTOCOL_INVALID',
      /protocol\.constructor/,
    ],
    [
      'a role that is none',
      'keys',
      { roles: ['boss'] },
      400,
      'REQUEST_INVALID',
      /^roles: each role must be one of/,
    ],
    [
      'a lifetime without end',
      'keys',
      { roles: ['viewer'], expires: '99999999d' },
      400,
      'REQUEST_INVALID',
      /^expires: /,
    ],
    [
      'a stage that leads upwards',
      'promotions',
      { modelVersion: 'credit@1', stage: '../production' },
      400,
      'REQUEST_INVALID',
      /^stage: /,
    ],
    [
      'a reference of two versions',
      'gate-decisions',
      { modelVersion: 'credit@1@2', policy: 'p' },
      400,
      'MODEL_REFERENCE_INVALID',
      /credit@1@2/,
    ],
  ])('%s is refused, naming it, and nothing is stored', async (_, path, body, status, code, message) => {
    await refused('post', path, body, status, code, message);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('names that JavaScript gives a meaning are names of params and tags like any other', async () => {
    const names = {
      constructor: 'a',
      toString: 'b',
      hasOwnProperty: 'c',
      prototype: 'd',
      length: '5',
      then: 'e',
    };
    await send('post', filled('runs/{RUN}/log'), { params: names, tags: names }).expect(204);
    const { body } = await send('get', filled('runs/{RUN}'));
    expect(body).toMatchObject({ params: names, tags: names });
  });

  it('after all of it the process is ready', async () => {
    expect((await test.request.get('/ready')).status).toBe(200);
  });
});
