import { Worker } from 'node:worker_threads';
import { AssayError } from '../../../platform/errors/index.js';
import { bindInputs } from './bind-inputs.js';
import { wordsOf } from './execution.errors.js';
import { loadHttp } from './http-runtime.js';
import type { FeatureBatch, LoadedModel, LoadOrder, ModelAnswer, ModelRuntime } from './model-runtime.js';
import { loadOnnx } from './onnx-runtime.js';
import { chooseOutput } from './read-output.js';
import { runBatch } from './run-batch.js';
import { loadTfjs } from './tfjs-runtime.js';

/** A question of the parent; each has one answer. */
export type Question = { load: LoadOrder } | { run: FeatureBatch };
export type Reply =
  | { loaded: LoadedModel }
  | { answer: ModelAnswer }
  | { refused: { code: string; message: string; details: object } }
  | { broke: string };

// The program that runs one model: it holds no secret and knows no database, and ends with whoever started it.
const end = () => process.kill(process.pid, 'SIGKILL');
process.on('disconnect', end);
if (!process.connected) end();
// A model may keep this thread for ever; another one looks whether there is still a parent.
new Worker(
  `const parent = process.ppid;
   setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 200);`,
  { eval: true, env: {} },
).unref();

let run: ((batch: FeatureBatch) => Promise<ModelAnswer>) | undefined;

async function load({ plan, path, texts, hosts }: LoadOrder): Promise<LoadedModel> {
  const model = await open();
  const inputs = bindInputs(model.signature, plan.inputs, new Set(texts));
  const output = chooseOutput(model.signature, plan.output);
  run = (batch) => runBatch(model, inputs, { name: output, choice: plan.output }, batch);
  const bound = inputs.map(({ name, features }) => ({ name, features }));
  return { engine: model.engine, inputs: bound, output };

  function open(): Promise<ModelRuntime> {
    if (plan.runtime === 'http') return loadHttp(plan.endpoint!, hosts);
    return plan.runtime === 'onnx' ? loadOnnx(path!) : loadTfjs(path!);
  }
}

async function answer(question: Question): Promise<Reply> {
  try {
    if ('load' in question) return { loaded: await load(question.load) };
    return { answer: await run!(question.run) };
  } catch (error) {
    if (error instanceof AssayError) {
      const { code, message, details } = error;
      return { refused: { code, message, details } };
    }
    return { broke: wordsOf(error) };
  }
}

process.on('message', (question: Question) => {
  void answer(question).then((reply) => process.send!(reply));
});
