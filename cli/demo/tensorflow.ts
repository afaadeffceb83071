import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as TensorFlow from '@tensorflow/tfjs';

export interface TensorFlowBackend {
  tf: typeof TensorFlow;
  /** What computes, e.g. 'wasm' or 'tensorflow' (tfjs-node), with its version. */
  name: string;
}

/** Optional, and no dependency of the package: it is used where somebody installed it. */
const NATIVE = '@tensorflow/tfjs-node';

/**
 * TensorFlow.js with its native back end where `@tensorflow/tfjs-node` is installed, else WebAssembly.
 *
 * WebAssembly runs on one thread, so that sums are always taken in the same order and training is repeatable.
 */
export async function loadTensorFlow(): Promise<TensorFlowBackend> {
  const require = createRequire(import.meta.url);
  try {
    const native = require(NATIVE) as typeof TensorFlow;
    await native.ready();
    return { tf: native, name: `tfjs-node ${native.version_core}` };
  } catch {
    // Not installed, or not built for this machine: WebAssembly needs neither.
  }
  const tf = require('@tensorflow/tfjs') as typeof TensorFlow;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
  wasm.setThreadsCount(1);
  tf.env().set('PROD', true);
  if (!(await tf.setBackend('wasm')))
    throw new Error('TensorFlow.js could not start its WebAssembly back end');
  await tf.ready();
  return { tf, name: `tfjs ${tf.version_core}, wasm` };
}
