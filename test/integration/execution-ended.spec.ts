import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ModelRunner } from '../../src/modules/evaluation/execution/model-runner.js';
import { goneOf, type ProcessFacts, processesOf, processOf } from '../support/processes-of.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { ExecutionWorld, FEATURES, rowsOf } from './execution-world.js';
import { endlessOnnx } from './models/onnx-bytes.js';

const MODEL = 'execution/model-process.js';
/** Started by this process, not by a job's. */
const isOurs = ({ parent }: ProcessFacts) => parent === process.pid;
const RUN = { runtime: 'onnx' as const, splits: ['validation'] };

/** A model whose program gives nothing back to its process while it runs. */
describe.skipIf(process.platform !== 'linux')('a model that never ends', () => {
  let test: TestApp;
  let world: ExecutionWorld;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-model-'));
    await writeFile(join(folder, 'endless.onnx'), endlessOnnx(FEATURES.length));
    test = await startTestApp({ workers: true });
    world = new ExecutionWorld(test, test.apiKey);
    await world.push('people', { validation: { role: 'validation', rows: rowsOf(100, 1, 9) } });
    await world.register('endless', endlessOnnx(FEATURES.length), 'model.onnx');
  });

  afterAll(async () => {
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const open: ModelRunner[] = [];
  afterEach(() => open.splice(0).forEach((runner) => runner.close()));

  async function started(seconds: number, signal = new AbortController().signal) {
    const runner = new ModelRunner(folder, { seconds, memoryMb: 512 }, signal);
    open.push(runner);
    const output = { name: null, column: null, classes: null };
    const inputs = [{ name: null, features: FEATURES }];
    const plan = { ...RUN, inputs, output, artifact: null, endpoint: null };
    await runner.load({ plan, path: join(folder, 'endless.onnx'), texts: [], hosts: [] });
    const columns = Object.fromEntries(FEATURES.map((name) => [name, new Float64Array(1)]));
    const ran = runner.run({ rows: 1, columns });
    // It is asked for below, after its process was looked at.
    ran.catch(() => undefined);
    return { ran, pid: (await processOf(MODEL, isOurs)).pid };
  }

  it('is killed at the limit, in a process without environment', async () => {
    const { ran, pid } = await started(3);
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/ASSAY|DATABASE|KEY|PATH|HOME/);
    await expect(ran).rejects.toMatchObject({
      code: 'MODEL_TIMED_OUT',
      message: 'the model did not finish the split within 3 seconds',
    });
    await goneOf(pid);
  });

  it('is killed when it is stopped', async () => {
    const stop = new AbortController();
    const { ran, pid } = await started(600, stop.signal);
    stop.abort(new Error('enough'));
    await expect(ran).rejects.toThrow('enough');
    await goneOf(pid);
  });

  it('ends with the job process that started it, and with its job', async () => {
    const { body } = await world
      .post('/evaluations', {
        modelVersion: 'endless@1',
        datasetVersion: 'people@1',
        execute: { ...RUN, inputs: [{ features: FEATURES }] },
      })
      .expect(202);
    const first = await processOf(MODEL, (found) => !isOurs(found));
    process.kill(first.parent, 'SIGKILL');
    await goneOf(first.pid);
    // The job is done again by another process.
    const second = await processOf(MODEL, (found) => !isOurs(found));
    expect(second.parent).not.toBe(first.parent);
    await world.post(`/jobs/${body.job.id}/cancel`, {}).expect(200);
    expect(await world.finished(body.job.id as string)).toMatchObject({ state: 'cancelled' });
    await goneOf(second.pid);
    expect(await processesOf(MODEL)).toEqual([]);
  });
});
