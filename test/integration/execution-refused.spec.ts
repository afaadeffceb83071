import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../../src/modules/evaluation/imports/zip/zip-fixture.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { BIAS, ExecutionWorld, FEATURES, plain, rowsOf, WEIGHTS } from './execution-world.js';
import { answered, type Infer, modelServer } from './models/model-server.js';
import { floats, integers, logisticOnnx, node, number, onnxModel, part } from './models/onnx-bytes.js';
import { logisticTfjs, tfjsZip } from './models/tfjs-bytes.js';
import { selfSigned } from './models/x509-bytes.js';

const MEMORY_MB = 512;
let test: TestApp;
let world: ExecutionWorld;
let models = 0;

beforeAll(async () => {
  test = await startTestApp({
    workers: true,
    environment: { ASSAY_MODEL_HOSTS: '127.0.0.1', ASSAY_MODEL_MEMORY_MB: String(MEMORY_MB) },
  });
  world = new ExecutionWorld(test, test.apiKey);
  await world.push('people', {
    validation: { role: 'validation', rows: rowsOf(10_000, 1, 7) },
    holdout: { role: 'holdout', rows: rowsOf(500, 1_000_001, 8) },
  });
  await world.register('good', logisticOnnx(WEIGHTS, BIAS), 'model.onnx');
});

afterAll(() => test?.stop());

const first = floats('w', [4, 1], WEIGHTS);
const inputs = { x: ['rows', 4] };
const outputs = { p: ['rows', 1] };
const modelOf = (nodes: Buffer[], ...weights: Buffer[]) =>
  onnxModel({ nodes, weights: [first, ...weights], inputs, outputs });

/** Runs `artifact`, and expects the job to fail with a code and a sentence, and nothing to be stored. */
async function expectRefused(artifact: Buffer | null, execute: object, code: string, sentence: RegExp) {
  let model = 'good';
  if (artifact) {
    model = `bad-${(models += 1)}`;
    await world.register(model, artifact, 'model.bin');
  }
  const job = await world.execute(`${model}@1`, 'people@1', { splits: ['holdout'], ...execute });
  expect(job).toMatchObject({ state: 'failed', error: { code } });
  expect(job.error.message).toMatch(sentence);
  expect(job.error.details.remedy).toMatch(/\w\.$/);
  const { rows } = await test.database.admin.query('SELECT FROM evaluation');
  expect(rows).toHaveLength(0);
  return job;
}

const onnx = { runtime: 'onnx' };
const whole = logisticOnnx(WEIGHTS, BIAS);

describe('an ONNX model', () => {
  it.each([
    ['cut off', whole.subarray(0, whole.length - 40), /cut off/],
    ['no ONNX at all', Buffer.from('PK weights of a pickle'), /no ONNX model/],
    ['one of an unknown operator', modelOf([node('Launder', ['x'], 'p')]), /Launder/],
  ])('that is %s is unreadable', (_what, artifact, sentence) =>
    expectRefused(artifact, onnx, 'MODEL_UNREADABLE', sentence),
  );

  it('with weights in another file reads none', async () => {
    const entry = Buffer.concat([part(1, 'location'), part(2, '/etc/passwd')]);
    const external = Buffer.concat([
      number(1, 4),
      number(2, 1),
      part(8, 'v'),
      part(13, entry),
      number(14, 1),
    ]);
    const artifact = modelOf([node('Add', ['x', 'v'], 'y'), node('MatMul', ['y', 'w'], 'p')], external);
    await expectRefused(artifact, onnx, 'MODEL_UNREADABLE', /its weights are in another file/);
  });

  it.each([
    ['names', { inputs: [{ name: 'age', features: FEATURES }] }, /no input "age"; its inputs are "x"/],
    ['width', { inputs: [{ features: ['a', 'b'] }] }, /"x" takes 4 columns, and 2 are given/],
    ['type', { inputs: [{ features: ['a', 'b', 'c', 'word'] }] }, /"x" takes float32, and "word" is text/],
  ])('is not run where the %s of its inputs are others', (_what, execute, sentence) =>
    expectRefused(null, { ...onnx, ...execute }, 'MODEL_INPUT_MISMATCH', sentence),
  );

  it('is not run where it has no such output', () =>
    expectRefused(null, { ...onnx, output: { name: 'q' } }, 'MODEL_OUTPUT_MISMATCH', /no output "q".*"p"/));

  it.each([
    [
      'throws',
      modelOf([node('Reshape', ['x', 'n'], 'p')], integers('n', [7, 11])),
      'MODEL_THREW',
      /reshape/i,
    ],
    [
      'answers in another shape',
      modelOf([node('MatMul', ['x', 'w'], 'z'), node('Transpose', ['z'], 'p')]),
      'MODEL_OUTPUT_SHAPE',
      /for 500 rows the model answered float32 of shape \[1, 500\]: expected 500 rows/,
    ],
    [
      'answers too few rows',
      modelOf([node('Identity', ['w'], 'p')]),
      'MODEL_OUTPUT_SHAPE',
      /shape \[4, 1\]: expected 500 rows/,
    ],
    [
      'gives no number',
      modelOf(
        [node('MatMul', ['x', 'w'], 'z'), node('Sub', ['z', 'm'], 's'), node('Log', ['s'], 'p')],
        floats('m', [1], [1000]),
      ),
      'SCORE_NAN',
      /500 rows whose score is NaN; the first: "1000001"/,
    ],
    [
      'gives no probability',
      modelOf([node('MatMul', ['x', 'w'], 'p')]),
      'SCORE_OUT_OF_RANGE',
      /whose score lies outside \[0, 1\]/,
    ],
  ])('that %s is told so', (_what, artifact, code, sentence) =>
    expectRefused(artifact, onnx, code, sentence),
  );

  it('that takes too much memory is killed', async () => {
    const hog = modelOf(
      [
        node('Shape', ['x'], 'rows'),
        node('Mul', ['rows', 'n'], 'many'),
        node('ConstantOfShape', ['many'], 'zeros'),
        node('ReduceMax', ['zeros'], 'most'),
        node('MatMul', ['x', 'w'], 'z'),
        node('Add', ['z', 'most'], 's'),
        node('Sigmoid', ['s'], 'p'),
      ],
      // 500 * 1,000 by 4 * 150 floats: 1.2 GB.
      integers('n', [1_000, 150]),
    );
    await expectRefused(hog, onnx, 'MODEL_OUT_OF_MEMORY', /more than 512 MB/);
  });
});

describe('a TensorFlow.js model', () => {
  const tfjs = { runtime: 'tfjs' };
  it('that is cut off, or no archive, or without its weights is unreadable', async () => {
    const archive = await logisticTfjs(WEIGHTS, BIAS);
    await expectRefused(archive.subarray(0, archive.length - 30), tfjs, 'MODEL_UNREADABLE', /no ZIP/);
    await expectRefused(whole, tfjs, 'MODEL_UNREADABLE', /no ZIP/);
    const json = { modelTopology: {}, weightsManifest: [{ paths: ['other.bin'], weights: [] }] };
    await expectRefused(
      tfjsZip(json, Buffer.alloc(4)),
      tfjs,
      'MODEL_UNREADABLE',
      /lacks the weights "other.bin"/,
    );
    const outside = zipOf([{ name: '../model.json', content: '{}' }]);
    await expectRefused(outside, tfjs, 'MODEL_UNREADABLE', /leads out of the archive/);
    const none = { modelTopology: { class_name: 'Sequential', config: {} }, weightsManifest: [] };
    await expectRefused(tfjsZip(none, Buffer.alloc(0)), tfjs, 'MODEL_UNREADABLE', /TensorFlow\.js/);
  });

  it('of another width is not run', async () => {
    const narrow = await logisticTfjs(WEIGHTS.slice(1), BIAS);
    await expectRefused(narrow, tfjs, 'MODEL_INPUT_MISMATCH', /takes 3 columns, and 4 are given/);
  });
});

describe('a model server', () => {
  const serving = async <T>(infer: Infer, work: (server: { url: string; asked(): number }) => Promise<T>) => {
    const server = await modelServer(FEATURES.length, infer);
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  };
  const asking = (url: string, more: object = {}) => ({ runtime: 'http', endpoint: { url, ...more } });

  it.each<[string, Infer, string, RegExp]>([
    ['hangs', () => undefined, 'MODEL_TIMED_OUT', /did not answer within 1 seconds/],
    [
      'answers too few rows',
      () => answered([0.5]),
      'MODEL_OUTPUT_SHAPE',
      /shape \[1, 1\]: expected 500 rows/,
    ],
    ['answers no tensors', () => ({ hello: 1 }), 'MODEL_ANSWER_MALFORMED', /no outputs/],
    ['refuses', () => ({ status: 400 }), 'MODEL_ENDPOINT_FAILED', /answered 400$/],
    ['stays busy', () => ({ status: 503 }), 'MODEL_ENDPOINT_FAILED', /503 to the last of 4 tries/],
    [
      'leads elsewhere',
      () => ({ status: 307, location: 'http://169.254.169.254/latest/meta-data' }),
      'MODEL_ENDPOINT_FAILED',
      /307, and no redirect is followed/,
    ],
    [
      'changes its version',
      (values, asked) => answered(values.map(plain), { model_version: String(asked) }),
      'MODEL_CHANGED',
      /another model_version/,
    ],
  ])('that %s is told so', (_what, infer, code, sentence) =>
    serving(infer, async ({ url }) => {
      const more = {
        timeoutSeconds: 1,
        concurrency: 1,
        ...(code === 'MODEL_CHANGED' ? { batchRows: 100 } : {}),
      };
      await expectRefused(null, asking(url, more), code, sentence);
    }),
  );

  it('with a certificate that nobody vouches for is told so, and is asked nothing', async () => {
    const server = await modelServer(FEATURES.length, () => answered([]), selfSigned());
    try {
      const job = await expectRefused(
        null,
        asking(server.url),
        'MODEL_ENDPOINT_UNTRUSTED',
        /^the certificate of the model's endpoint is not trusted: self-signed certificate/,
      );
      expect(job.error.details.remedy).toContain('NODE_EXTRA_CA_CERTS');
      expect(server.asked()).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it('that is not there is told so, and what lies inside the network is not asked', async () => {
    const gone = await modelServer(4, () => undefined);
    await gone.stop();
    await expectRefused(null, asking(gone.url), 'MODEL_ENDPOINT_FAILED', /cannot be reached: .*ECONNREFUSED/);
    await expectRefused(
      null,
      asking('https://localhost/v2/models/m'),
      'MODEL_ENDPOINT_REFUSED',
      /the host localhost has an address that is not public/,
    );
  });
});

describe('a request', () => {
  const ask = (execute: object, more: object = {}) =>
    world.post('/evaluations', {
      modelVersion: 'good@1',
      datasetVersion: 'people@1',
      execute: { runtime: 'onnx', splits: ['holdout'], inputs: [{ features: FEATURES }], ...execute },
      ...more,
    });
  const HTTP = { runtime: 'http' };
  it.each([
    [
      'EVALUATION_SOURCE',
      {},
      { predictions: [{ split: 'holdout', uploadId: '0190163d-8694-739b-aea5-966c26f8ad91' }] },
    ],
    ['SPLIT_REPEATED', { splits: ['holdout', 'holdout'] }, {}],
    ['SPLIT_NOT_FOUND', { splits: ['nowhere'] }, {}],
    ['FEATURE_UNKNOWN', { inputs: [{ features: ['a', 'z'] }] }, {}],
    ['FEATURE_NOT_ALLOWED', { inputs: [{ features: ['a', 'y'] }] }, {}],
    ['FEATURE_NOT_ALLOWED', { inputs: [{ features: ['a', 'id'] }] }, {}],
    ['EXECUTION_INVALID', { inputs: [{ features: ['a'] }, { features: ['b'] }] }, {}],
    ['EXECUTION_INVALID', { output: { column: 1, classes: ['no', 'yes'] } }, {}],
    ['EXECUTION_INVALID', HTTP, {}],
    ['EXECUTION_INVALID', { endpoint: { url: 'https://example.org/v2/models/m' } }, {}],
    ['MODEL_ENDPOINT_REFUSED', { ...HTTP, endpoint: { url: 'https://[::1]/v2/models/m' } }, {}],
    ['MODEL_ENDPOINT_REFUSED', { ...HTTP, endpoint: { url: 'http://example.org/v2/models/m' } }, {}],
    ['MODEL_ENDPOINT_REFUSED', { ...HTTP, endpoint: { url: 'https://u:p@example.org/v2/models/m' } }, {}],
  ])('is refused with %s before anything is queued: %j %j', async (code, execute, more) => {
    const jobs = () => test.database.admin.query('SELECT FROM job').then(({ rows }) => rows.length);
    const before = await jobs();
    const { status, body } = await ask(execute, more);
    expect([status, body.code]).toEqual([code === 'SPLIT_NOT_FOUND' ? 404 : 400, code]);
    expect(await jobs()).toBe(before);
  });
});
