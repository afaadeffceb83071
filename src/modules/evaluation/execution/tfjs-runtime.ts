import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as TensorFlow from '@tensorflow/tfjs';
import { wordsOf } from './execution.errors.js';
import type { ElementType, ModelRuntime, TensorFacts, TensorValue } from './model-runtime.js';
import { readTfjsArchive, type TfjsFiles, unreadable } from './tfjs-archive.js';

type Tf = typeof TensorFlow;

const ROWS_PER_CALL = 8_192;
/** Optional, and no dependency of the package: it is used where somebody installed it. */
const NATIVE = '@tensorflow/tfjs-node';

/** A layers or graph model in TensorFlow.js: WebAssembly on one thread, or tfjs-node. Throws MODEL_UNREADABLE. */
export async function loadTfjs(path: string): Promise<ModelRuntime> {
  const files = await readTfjsArchive(path);
  const { tf, engine } = await loadTensorFlow();
  const model = await open(tf, files).catch((error: unknown) => {
    throw unreadable(`is no model that TensorFlow.js reads: ${wordsOf(error)}`);
  });
  const inputs = model.inputs.map(factsOf);
  return {
    engine: `${engine}, ${files.format}`,
    signature: { inputs, outputs: model.outputs.map(factsOf) },
    rowsPerCall: ROWS_PER_CALL,
    concurrency: 1,
    async run(given, output) {
      const tensors = inputs.map(({ name }) => tensorOf(tf, given.get(name)!));
      const answered = await execute(model, inputs, tensors, output);
      try {
        const data = (await answered.data()) as TensorValue['data'];
        return { type: typeOf(answered.dtype), shape: [...answered.shape], data };
      } finally {
        tf.dispose([...tensors, answered]);
      }
    },
  };
}

async function loadTensorFlow(): Promise<{ tf: Tf; engine: string }> {
  const require = createRequire(import.meta.url);
  try {
    const native = require(NATIVE) as Tf;
    await native.ready();
    return { tf: native, engine: `tfjs-node ${native.version_core}` };
  } catch {
    // Not installed, or not built for this machine: WebAssembly needs neither.
  }
  const tf = require('@tensorflow/tfjs') as Tf;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
  wasm.setThreadsCount(1);
  tf.env().set('PROD', true);
  if (!(await tf.setBackend('wasm')))
    throw new Error('TensorFlow.js could not start its WebAssembly back end');
  await tf.ready();
  return { tf, engine: `tfjs ${tf.version_core} (wasm)` };
}

type Model = TensorFlow.LayersModel | TensorFlow.GraphModel;

async function open(
  tf: Tf,
  { format, modelTopology, weightSpecs, weightData, signature }: TfjsFiles,
): Promise<Model> {
  const handler = tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightSpecs as TensorFlow.io.WeightsManifestEntry[],
    weightData,
    ...(signature ? { signature } : {}),
  });
  return format === 'graph-model' ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler);
}

async function execute(
  model: Model,
  inputs: readonly TensorFacts[],
  tensors: TensorFlow.Tensor[],
  output: string,
): Promise<TensorFlow.Tensor> {
  if ('executeAsync' in model) {
    const feeds = Object.fromEntries(inputs.map(({ name }, i) => [name, tensors[i]!]));
    return (await model.executeAsync(feeds, output)) as TensorFlow.Tensor;
  }
  const answered = [model.predictOnBatch(tensors.length === 1 ? tensors[0]! : tensors)].flat();
  const wanted = model.outputs.findIndex(({ name }) => name === output);
  answered.forEach((tensor, i) => i !== wanted && tensor.dispose());
  return answered[wanted]!;
}

/** Of a symbolic tensor of a layers model, or of an entry of a graph model. */
function factsOf({ name, dtype, shape }: { name: string; dtype: string; shape?: unknown }): TensorFacts {
  const sizes = Array.isArray(shape)
    ? shape.map((size) => (typeof size === 'number' && size >= 0 ? size : null))
    : null;
  return { name, type: typeOf(dtype), shape: sizes };
}

const typeOf = (type: string): ElementType =>
  ['float32', 'int32', 'bool', 'string'].includes(type) ? (type as ElementType) : `other: ${type}`;

const tensorOf = (tf: Tf, { type, data, shape }: TensorValue): TensorFlow.Tensor =>
  tf.tensor(data as Float32Array, shape, type as 'float32');
