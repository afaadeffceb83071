import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { verifyAuditOf } from '../support/verify-audit-of.js';
import { BIAS, ExecutionWorld, FEATURES, plain, type Row, rowsOf, WEIGHTS } from './execution-world.js';
import { answered, modelServer } from './models/model-server.js';
import { floats, logisticOnnx, node, onnxModel } from './models/onnx-bytes.js';
import { logisticGraph, logisticTfjs } from './models/tfjs-bytes.js';
import { selfSigned } from './models/x509-bytes.js';

const ROWS = 100_000;
let test: TestApp;
let world: ExecutionWorld;
let contributor: ExecutionWorld;
const validation: Row[] = rowsOf(ROWS, 1, 20_261_128);
const holdout: Row[] = rowsOf(2_000, 1_000_001, 42);

/** Of a model server, as an authority of the operator's own would have signed it. */
const certificate = selfSigned();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-ca-'));
  await writeFile(join(folder, 'ca.pem'), certificate.cert);
  // Job processes start with the environment of the service.
  vi.stubEnv('NODE_EXTRA_CA_CERTS', join(folder, 'ca.pem'));
  test = await startTestApp({ workers: true, environment: { ASSAY_MODEL_HOSTS: '127.0.0.1' } });
  world = new ExecutionWorld(test, test.apiKey);
  contributor = new ExecutionWorld(test, await test.key('contributor'));
  await world.push('people', {
    validation: { role: 'validation', rows: validation },
    holdout: { role: 'holdout', rows: holdout },
  });
  await world.register('onnx', logisticOnnx(WEIGHTS, BIAS), 'model.onnx');
  await world.register('layers', await logisticTfjs(WEIGHTS, BIAS), 'model.zip');
  await world.register('graph', logisticGraph(WEIGHTS, BIAS), 'model.zip');
});

afterAll(async () => {
  await test?.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe('a registered model that Assay runs', () => {
  it.each([
    ['onnx', 'onnx', /^onnxruntime-node 1\.30\.0$/],
    ['layers', 'tfjs', /^tfjs(-node)? 4\.22\.0.*, layers-model$/],
    ['graph', 'tfjs', /^tfjs(-node)? 4\.22\.0.*, graph-model$/],
  ])('%s says of 100,000 rows what plain arithmetic says, to 1e-6', async (name, runtime, engine) => {
    const job = await world.execute(`${name}@1`, 'people@1', { runtime, splits: ['validation'] });
    expect(job).toMatchObject({ state: 'succeeded', result: { level: 'executed', created: true } });
    const { evaluationId, runs } = job.result;
    console.log(`${name}: ${runs[0].rows} rows in ${runs[0].seconds} s, ${runs[0].rowsPerSecond} rows/s`);
    const scores = await world.scores(evaluationId, 'validation');
    expect(scores.size).toBe(ROWS);
    const furthest = Math.max(
      ...validation.map(({ key, features }) => Math.abs(scores.get(key)! - plain(features))),
    );
    expect(furthest).toBeLessThan(1e-6);
    // Not all one number.
    expect(new Set(scores.values()).size).toBeGreaterThan(ROWS / 2);

    const evaluation = await world.get(`/evaluations/${evaluationId}`);
    expect(evaluation).toMatchObject({ level: 'executed', execution: { runtime, endpoint: null } });
    expect(evaluation.execution.engine).toMatch(engine);
    expect(evaluation.execution.inputs).toMatchObject([{ features: FEATURES }]);
    const artifact = await world.get(`/models/${name}/versions/1`);
    expect(evaluation.execution.artifact).toBe(artifact.artifact.digest);
    expect(evaluation.splits.validation.metrics.auc).toMatchObject({ defined: true, n: ROWS });
  });

  it('is judged on a sealed split as predictions are: a look, and no number for who is no auditor', async () => {
    const run = { runtime: 'onnx', splits: ['holdout'] };
    const job = await contributor.execute('onnx@1', 'people@1', run);
    expect(job).toMatchObject({ state: 'succeeded', result: { level: 'executed' } });
    const seen = await contributor.get(`/evaluations/${job.result.evaluationId}`);
    expect(seen.splits.holdout).toMatchObject({ sealed: true, look: 1, n: 2_000 });
    expect(seen.splits.holdout.metrics.accuracy).toEqual({ defined: false, reason: 'sealed' });
    expect(JSON.stringify(job)).not.toMatch(/accuracy|"yes"/);

    // The same predictions, sent: other evidence, and no other look.
    const scores = await world.scores(job.result.evaluationId, 'holdout');
    const csv = `id,score\n${[...scores].map(([key, score]) => `${key},${score}`).join('\n')}\n`;
    const { body } = await contributor
      .post('/evaluations', {
        modelVersion: 'onnx@1',
        datasetVersion: 'people@1',
        predictions: [{ split: 'holdout', uploadId: await contributor.upload(csv, 'p.csv') }],
      })
      .expect(202);
    const sent = await contributor.finished(body.job.id);
    expect(sent).toMatchObject({ state: 'succeeded', result: { level: 'recomputed', created: true } });
    const recomputed = await contributor.get(`/evaluations/${sent.result.evaluationId}`);
    expect(recomputed).toMatchObject({ execution: null, splits: { holdout: { look: 1 } } });

    // Run again, it is the evaluation that there is.
    const again = await contributor.execute('onnx@1', 'people@1', run);
    expect(again.result).toMatchObject({ created: false, evaluationId: job.result.evaluationId });
  });

  it('is asked for and told about by GraphQL too', async () => {
    const send = (query: string, variables: object) =>
      test.request
        .post('/graphql')
        .set('authorization', `Bearer ${test.apiKey}`)
        .send({ query, variables })
        .expect(200);
    const asked = await send(
      'mutation ($input: RequestEvaluationInput!) { requestEvaluation(input: $input) { id } }',
      {
        input: {
          modelVersion: 'layers@1',
          datasetVersion: 'people@1',
          execute: { runtime: 'tfjs', splits: ['holdout'], inputs: [{ features: FEATURES }] },
        },
      },
    );
    expect(asked.body.errors).toBeUndefined();
    const job = await world.finished(asked.body.data.requestEvaluation.id);
    expect(job).toMatchObject({ state: 'succeeded' });
    const { body } = await send('query ($id: ID!) { evaluation(id: $id) { level execution } }', {
      id: job.result.evaluationId,
    });
    expect(body.data.evaluation).toMatchObject({ level: 'executed', execution: { runtime: 'tfjs' } });
  });

  it('may be one that takes each column by its name, or says classes by column', async () => {
    const softmax = onnxModel({
      nodes: [
        node('Mul', ['a', 'w'], 'z'),
        node('Sub', ['b', 'z'], 's'),
        node('Concat', ['s', 'z'], 'both', axis(1)),
        node('Softmax', ['both'], 'p'),
      ],
      weights: [floats('w', [1, 1], [2])],
      inputs: { a: ['rows', 1], b: ['rows', 1] },
      outputs: { p: ['rows', 2] },
    });
    await world.register('softmax', softmax, 'model.onnx');
    const expected = ([a, b]: readonly number[]) => 1 / (1 + Math.exp(b! - 2 * a! - 2 * a!));
    for (const output of [{ column: 1 }, { classes: ['no', 'yes'] }]) {
      const job = await world.execute('softmax@1', 'people@1', {
        runtime: 'onnx',
        splits: ['validation'],
        inputs: [{ features: ['a', 'b'] }],
        output,
      });
      expect(job).toMatchObject({ state: 'succeeded' });
      const scores = await world.scores(job.result.evaluationId, 'validation');
      const furthest = Math.max(
        ...validation.map(({ key, features }) => Math.abs(scores.get(key)! - expected(features))),
      );
      expect(furthest).toBeLessThan(1e-6);
    }
  });

  it('may be one that answers a number, where the protocol judges numbers', async () => {
    const doubled = onnxModel({
      nodes: [node('Mul', ['a', 'w'], 'y')],
      weights: [floats('w', [1], [2])],
      inputs: { a: ['rows', 1] },
      outputs: { y: ['rows', 1] },
    });
    await world.register('doubled', doubled, 'model.onnx');
    const rows = rowsOf(100, 1, 7).map((row) => ({
      ...row,
      label: (2 * row.features[0]! + (row.key % 2 === 0 ? 1 : 3)).toFixed(4),
    }));
    await world.push('amounts', { validation: { role: 'validation', rows } });
    const run = { runtime: 'onnx', splits: ['validation'], inputs: [{ features: ['a'] }] };
    const job = await world.execute('doubled@1', 'amounts@1', run, { task: 'regression' });
    expect([job.state, job.error]).toEqual(['succeeded', null]);
    const { metrics } = (await world.get(`/evaluations/${job.result.evaluationId}`)).splits.validation;
    expect(metrics.mae).toMatchObject({ value: expect.closeTo(2, 6), n: 100 });
    expect(metrics.mean_error).toMatchObject({ value: expect.closeTo(-2, 6) });
  });
});

describe('a registered model of three classes', () => {
  const CLASSES = ['high', 'low', 'middle'];
  const columns = [WEIGHTS, [-0.4, 0.2, 1.1, -0.9], [0.1, 0.8, -0.6, 0.3]];
  const bias = [0.2, -0.1, 0];
  const softmaxOf = (features: readonly number[]) => {
    const powers = columns.map((weights, k) =>
      Math.exp(features.reduce((sum, value, i) => sum + value * weights[i]!, bias[k]!)),
    );
    const all = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / all);
  };

  it('is judged by every class, as plain arithmetic judges it', async () => {
    // Every fifth label is another than the likeliest.
    const rows = rowsOf(1_000, 1, 99).map((row, i) => {
      const scores = softmaxOf(row.features);
      const likeliest = scores.indexOf(Math.max(...scores));
      return { ...row, label: CLASSES[(likeliest + (i % 5 === 0 ? 1 : 0)) % 3]! };
    });
    await world.push('kinds', { validation: { role: 'validation', rows } });
    const model = onnxModel({
      nodes: [node('Gemm', ['x', 'w', 'b'], 'z'), node('Softmax', ['z'], 'p')],
      weights: [
        floats(
          'w',
          [4, 3],
          FEATURES.flatMap((_, i) => columns.map((weights) => weights[i]!)),
        ),
        floats('b', [3], bias),
      ],
      inputs: { x: ['rows', 4] },
      outputs: { p: ['rows', 3] },
    });
    await world.register('kinds', model, 'model.onnx');
    const run = { runtime: 'onnx', splits: ['validation'], output: { classes: CLASSES } };
    const job = await world.execute('kinds@1', 'kinds@1', run);
    expect(job).toMatchObject({ state: 'succeeded', result: { level: 'executed' } });
    const evaluation = await world.get(`/evaluations/${job.result.evaluationId}`);
    const { metrics } = evaluation.splits.validation;
    const losses = rows.map(({ features, label }) => {
      const scores = softmaxOf(features);
      const own = CLASSES.indexOf(label);
      return {
        log: -Math.log(scores[own]!),
        brier: scores.reduce((sum, score, k) => sum + (score - (k === own ? 1 : 0)) ** 2, 0),
      };
    });
    const mean = (of: (loss: { log: number; brier: number }) => number) =>
      losses.reduce((sum, loss) => sum + of(loss), 0) / losses.length;
    expect(metrics.accuracy).toMatchObject({ value: 0.8, n: 1_000 });
    // The model computes in single precision.
    expect(metrics.log_loss.value).toBeCloseTo(
      mean(({ log }) => log),
      5,
    );
    expect(metrics.brier.value).toBeCloseTo(
      mean(({ brier }) => brier),
      5,
    );
    expect(metrics.recall_macro.defined).toBe(true);
    expect(metrics.auc).toEqual({ defined: false, reason: 'defined for two classes, this split has 3' });

    const few = await world.execute('kinds@1', 'kinds@1', { ...run, output: { classes: ['low', 'high'] } });
    expect(few).toMatchObject({ state: 'failed', error: { code: 'MODEL_OUTPUT_SHAPE' } });
  });
});

/** `axis` of Concat: AttributeProto name, i, type INT. */
function axis(at: number): Buffer {
  return Buffer.concat([Buffer.from([0x0a, 4]), Buffer.from('axis'), Buffer.from([0x18, at, 0xa0, 1, 2])]);
}

describe('a model server', () => {
  it('is trusted by a certificate of an authority that the operator named', async () => {
    const server = await modelServer(FEATURES.length, (values) => answered(values.map(plain)), certificate);
    try {
      const job = await world.execute('onnx@1', 'people@1', {
        runtime: 'http',
        splits: ['holdout'],
        endpoint: { url: server.url },
      });
      expect(job).toMatchObject({ state: 'succeeded', result: { level: 'executed' } });
      expect(server.url).toMatch(/^https:/);
      expect(server.asked()).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  });

  it('is asked in batches, at most so many at once, and again where it is busy', async () => {
    const server = await modelServer(FEATURES.length, (values, asked) =>
      asked % 7 === 3 ? { status: 503 } : answered(values.map(plain)),
    );
    try {
      const job = await world.execute('onnx@1', 'people@1', {
        runtime: 'http',
        splits: ['holdout'],
        endpoint: { url: server.url, batchRows: 100, concurrency: 3 },
      });
      expect(job).toMatchObject({ state: 'succeeded', result: { level: 'executed' } });
      expect(server.asked()).toBeGreaterThan(20);
      expect(server.mostAtOnce()).toBe(3);
      const { execution } = await world.get(`/evaluations/${job.result.evaluationId}`);
      // What ran is what answered, not the artifact.
      expect(execution).toMatchObject({ runtime: 'http', artifact: null, endpoint: server.url });
      const scores = await world.scores(job.result.evaluationId, 'holdout');
      for (const { key, features } of holdout) expect(scores.get(key)).toBe(plain(features));
    } finally {
      await server.stop();
    }
  });
});

it('leaves an audit log that vouches for what was run', async () => {
  const { url, apiKey, project } = test;
  const verify = () => verifyAuditOf({ clientFile: { url, apiKey, project } });
  expect(await verify()).toMatchObject({ code: 0 });
  const { rows } = await test.database.admin.query<{ id: string }>(
    `UPDATE evaluation SET execution = replace(execution::text, 'tfjs', 'onnx')::json
     WHERE execution->>'runtime' = 'tfjs' RETURNING id`,
  );
  const altered = await verify();
  expect(altered.code).toBe(1);
  for (const { id } of rows) expect(altered.said).toContain(id);
});
