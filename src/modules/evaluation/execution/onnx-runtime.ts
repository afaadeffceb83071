import { readFile } from 'node:fs/promises';
import type { InferenceSession, OnnxValue, Tensor } from 'onnxruntime-node';
import { modelError, wordsOf } from './execution.errors.js';
import type { ElementType, ModelRuntime, TensorFacts, TensorValue } from './model-runtime.js';
import { wantsExternalData } from './onnx-external-data.js';

type Onnx = typeof import('onnxruntime-node');

const ROWS_PER_CALL = 8_192;
const UNREADABLE = 'Register the .onnx file as its exporter wrote it, whole and with its weights inside.';

/** An ONNX file in ONNX Runtime, on one thread of the CPU. Throws MODEL_RUNTIME_MISSING, MODEL_UNREADABLE. */
export async function loadOnnx(path: string): Promise<ModelRuntime> {
  const onnx = await loadRuntime();
  const bytes = await readFile(path);
  let session: InferenceSession;
  try {
    if (wantsExternalData(bytes)) throw new Error('its weights are in another file');
    session = await onnx.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Errors are thrown; warnings have no reader.
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw modelError('MODEL_UNREADABLE', `the artifact is no ONNX model: ${wordsOf(error)}`, UNREADABLE);
  }
  return {
    engine: `onnxruntime-node ${onnx.env.versions.node ?? onnx.env.versions.common}`,
    signature: {
      inputs: session.inputMetadata.map(factsOf),
      outputs: session.outputMetadata.map(factsOf),
    },
    rowsPerCall: ROWS_PER_CALL,
    concurrency: 1,
    async run(inputs, output) {
      const feeds = Object.fromEntries([...inputs].map(([name, value]) => [name, tensorOf(onnx, value)]));
      const { [output]: answered } = await session.run(feeds, [output]);
      return valueOf(answered!);
    },
  };
}

async function loadRuntime(): Promise<Onnx> {
  try {
    const loaded = (await import('onnxruntime-node')) as Onnx & { default?: Onnx };
    return loaded.default ?? loaded;
  } catch {
    throw modelError(
      'MODEL_RUNTIME_MISSING',
      'ONNX Runtime is not installed where this job ran',
      'Let the operator install the optional package onnxruntime-node, or send predictions.',
    );
  }
}

function factsOf(value: InferenceSession.ValueMetadata): TensorFacts {
  const { name } = value;
  if (!value.isTensor) return { name, type: 'other: a sequence or map', shape: null };
  const shape = value.shape.map((size) => (typeof size === 'number' && size >= 0 ? size : null));
  return { name, type: typeOf(value.type), shape: shape.length === 0 ? null : shape };
}

const KNOWN = ['float64', 'int64', 'int32', 'bool', 'string', 'float32'];

const typeOf = (type: string): ElementType =>
  KNOWN.includes(type) ? (type as ElementType) : `other: ${type}`;

const tensorOf = (onnx: Onnx, { type, data, shape }: TensorValue): Tensor =>
  new onnx.Tensor(type as 'float32', data as Float32Array, shape);

function valueOf(value: OnnxValue): TensorValue {
  const { type, dims, data } = value as Tensor;
  return { type: typeOf(type), shape: [...dims], data: data as TensorValue['data'] };
}
