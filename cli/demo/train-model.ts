import { createHash } from 'node:crypto';
import type { Person } from './wage-survey.js';
import type { TensorFlowBackend } from './tensorflow.js';

/** How a model of the demo is made: what it may look at, and how long it learns from how many people. */
export interface Recipe {
  name: string;
  numeric: (keyof Person)[];
  categorical: (keyof Person)[];
  /** Width of the hidden layer; 0 is logistic regression. */
  hidden: number;
  /** At most this many people of the training split, in file order. */
  trainOn: number;
  epochs: number;
  learningRate: number;
  l2: number;
  seed: number;
}

export interface EpochMetrics {
  epoch: number;
  loss: number;
  validationLoss: number;
  validationAccuracy: number;
}

export interface TrainedModel {
  recipe: Recipe;
  inputs: string[];
  trainedOn: number;
  epochs: EpochMetrics[];
  /** The model as one JSON file: topology, weights in base64, and how inputs are made from columns. */
  artifact: Buffer;
  /** Probability of earning above the median, rounded to 6 decimals, in the order of the people. */
  predict(people: Person[]): number[];
}

/** Inputs from columns: standardised numbers (and experience squared, as wages rise and then fall), one-hot categories. */
interface Encoding {
  numeric: { column: keyof Person; mean: number; deviation: number; squared: boolean }[];
  categorical: { column: keyof Person; values: string[] }[];
}

/** Trains a recipe by full-batch Adam from seeded initial weights: the same people give the same model. */
export async function trainModel(
  { tf }: TensorFlowBackend,
  recipe: Recipe,
  train: Person[],
  validation: Person[],
  onEpoch: (metrics: EpochMetrics) => void = () => {},
): Promise<TrainedModel> {
  const people = train.slice(0, recipe.trainOn);
  const encoding = fitEncoding(recipe, people);
  const inputs = inputNames(encoding);
  const regulariser = recipe.l2 > 0 ? tf.regularizers.l2({ l2: recipe.l2 }) : undefined;
  const dense = (name: string, units: number, activation: 'relu' | 'sigmoid', seed: number, first: boolean) =>
    tf.layers.dense({
      name,
      units,
      activation,
      ...(first ? { inputShape: [inputs.length] } : {}),
      kernelInitializer: tf.initializers.glorotUniform({ seed }),
      kernelRegularizer: regulariser,
    });
  const model = tf.sequential({ name: recipe.name });
  if (recipe.hidden > 0) model.add(dense('hidden', recipe.hidden, 'relu', recipe.seed, true));
  model.add(dense('output', 1, 'sigmoid', recipe.seed + 1, recipe.hidden === 0));
  model.compile({
    optimizer: tf.train.adam(recipe.learningRate),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });

  const tensors = [people, validation].flatMap((some) => [
    tf.tensor2d(encode(encoding, some), [some.length, inputs.length]),
    tf.tensor2d(
      some.map((person) => person.above_median),
      [some.length, 1],
    ),
  ]);
  const [x, y, validationX, validationY] = tensors as [
    (typeof tensors)[0],
    (typeof tensors)[0],
    (typeof tensors)[0],
    (typeof tensors)[0],
  ];
  const epochs: EpochMetrics[] = [];
  await model.fit(x, y, {
    epochs: recipe.epochs,
    batchSize: people.length,
    shuffle: false,
    verbose: 0,
    yieldEvery: 'never',
    validationData: [validationX, validationY],
    callbacks: {
      onEpochEnd: async (epoch, logs) => {
        const metrics = {
          epoch,
          loss: round(logs?.loss ?? NaN),
          validationLoss: round(logs?.val_loss ?? NaN),
          validationAccuracy: round(logs?.val_acc ?? NaN),
        };
        epochs.push(metrics);
        onEpoch(metrics);
      },
    },
  });
  tensors.forEach((tensor) => tensor.dispose());

  const weights = await Promise.all(
    model.getWeights().map(async (weight) => {
      const values = (await weight.data()) as Float32Array;
      return {
        shape: weight.shape,
        base64: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
      };
    }),
  );
  const artifact = Buffer.from(
    JSON.stringify({
      format: 'assay-demo/tfjs-dense',
      recipe,
      encoding,
      topology: model.toJSON(undefined, false),
      weights,
    }),
  );
  return {
    recipe,
    inputs,
    trainedOn: people.length,
    epochs,
    artifact,
    predict: (some) =>
      tf.tidy(() => {
        const scores = model.predict(tf.tensor2d(encode(encoding, some), [some.length, inputs.length]));
        return Array.from((Array.isArray(scores) ? scores[0]! : scores).dataSync(), round);
      }),
  };
}

/** Predictions as Assay takes them: the key, the class at 0.5, the probability of the positive class. */
export function predictionsCsv(people: Person[], scores: number[]): string {
  const lines = people.map((person, row) => `${person.id},${scores[row]! >= 0.5 ? 1 : 0},${scores[row]!}`);
  return ['id,prediction,score', ...lines].join('\n') + '\n';
}

/** Lowercase hex SHA-256. */
export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function fitEncoding(recipe: Recipe, people: Person[]): Encoding {
  return {
    numeric: recipe.numeric.map((column) => {
      const values = people.map((person) => Number(person[column]));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return { column, mean, deviation: Math.sqrt(variance) || 1, squared: column === 'experience' };
    }),
    categorical: recipe.categorical.map((column) => ({
      column,
      values: [...new Set(people.map((person) => String(person[column])))].sort(),
    })),
  };
}

function inputNames(encoding: Encoding): string[] {
  return [
    ...encoding.numeric.flatMap(({ column, squared }) => (squared ? [column, `${column}^2`] : [column])),
    ...encoding.categorical.flatMap(({ column, values }) => values.map((value) => `${column}=${value}`)),
  ];
}

function encode(encoding: Encoding, people: Person[]): Float32Array {
  const rows = people.flatMap((person) => [
    ...encoding.numeric.flatMap(({ column, mean, deviation, squared }) => {
      const value = (Number(person[column]) - mean) / deviation;
      return squared ? [value, value * value] : [value];
    }),
    ...encoding.categorical.flatMap(({ column, values }) =>
      values.map((value) => (String(person[column]) === value ? 1 : 0)),
    ),
  ]);
  return Float32Array.from(rows);
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
