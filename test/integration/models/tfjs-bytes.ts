import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs';
import { zipOf } from '../../../src/modules/evaluation/imports/zip/zip-fixture.js';

const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof TensorFlow;

/** What TensorFlow.js itself saves of sigmoid(x W + b), as the folder that it writes, in a ZIP. */
export async function logisticTfjs(weights: readonly number[], bias: number): Promise<Buffer> {
  await tf.setBackend('cpu');
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: 'sigmoid', inputShape: [weights.length] })],
  });
  model.setWeights([tf.tensor2d([...weights], [weights.length, 1]), tf.tensor1d([bias])]);
  let saved: TensorFlow.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const { modelTopology, weightSpecs, weightData } = saved!;
  return tfjsZip(
    {
      format: 'layers-model',
      modelTopology,
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }],
    },
    Buffer.from(weightData as ArrayBuffer),
  );
}

/** A graph model by hand: Sigmoid(Add(MatMul(x, w), b)), as the converter of TensorFlow writes one. */
export function logisticGraph(weights: readonly number[], bias: number): Buffer {
  const float = { T: { type: 'DT_FLOAT' } };
  const shape = (sizes: (number | string)[]) => ({
    shape: { shape: { dim: sizes.map((size) => ({ size: String(size) })) } },
  });
  const constant = (name: string) => ({
    name,
    op: 'Const',
    attr: { dtype: { type: 'DT_FLOAT' }, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: {} } } },
  });
  const modelTopology = {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, ...shape([-1, weights.length]) } },
      constant('w'),
      constant('b'),
      {
        name: 'z',
        op: 'MatMul',
        input: ['x', 'w'],
        attr: { ...float, transpose_a: { b: false }, transpose_b: { b: false } },
      },
      { name: 's', op: 'AddV2', input: ['z', 'b'], attr: float },
      { name: 'p', op: 'Sigmoid', input: ['s'], attr: float },
    ],
    library: {},
    versions: { producer: 1 },
  };
  const specs = [
    { name: 'w', shape: [weights.length, 1], dtype: 'float32' },
    { name: 'b', shape: [1], dtype: 'float32' },
  ];
  return tfjsZip(
    {
      format: 'graph-model',
      modelTopology,
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: specs }],
    },
    Buffer.from(Float32Array.from([...weights, bias]).buffer),
  );
}

export const tfjsZip = (json: object, weights: Buffer): Buffer =>
  zipOf([
    { name: 'model.json', content: JSON.stringify(json) },
    { name: 'group1-shard1of1.bin', content: weights },
  ]);
