import type { BoundInput } from './bind-inputs.js';
import { modelError } from './execution.errors.js';
import type { ElementType, FeatureBatch, FeatureValues, TensorData, TensorValue } from './model-runtime.js';

/** Rows `from` to `to` of a batch as the tensors that a model takes, row after row. Throws MODEL_INPUT_MISMATCH. */
export function fillTensors(
  inputs: readonly BoundInput[],
  { columns }: FeatureBatch,
  from: number,
  to: number,
): Map<string, TensorValue> {
  const rows = to - from;
  return new Map(
    inputs.map(({ name, type, features, rank }) => {
      const width = features.length;
      const data = emptyData(type, rows * width);
      features.forEach((feature, at) => {
        const values = columns[feature]!;
        for (let row = 0; row < rows; row += 1)
          data[row * width + at] = valueOf(values, from + row, type, feature) as never;
      });
      return [name, { type, shape: rank === 1 ? [rows] : [rows, width], data }];
    }),
  );
}

function emptyData(type: ElementType, length: number): TensorData {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'bool':
      return new Uint8Array(length);
    default:
      return new Array<string>(length);
  }
}

/** An empty number is NaN where the type has one; nothing else is ever made of it, nor a number rounded. */
function valueOf(values: FeatureValues, row: number, type: ElementType, feature: string) {
  const value = values[row] ?? null;
  if (type === 'float32' || type === 'float64') return value as number;
  if (type === 'string') {
    if (value === null) throw unfit(feature, 'has an empty text', type);
    return value as string;
  }
  const number = value as number;
  if (Number.isNaN(number)) throw unfit(feature, 'has an empty value', type);
  const fits =
    type === 'bool'
      ? number === 0 || number === 1
      : type === 'int32'
        ? number === (number | 0)
        : Number.isSafeInteger(number);
  if (!fits) throw unfit(feature, 'has a value of another kind', type);
  return type === 'int64' ? BigInt(number) : number;
}

const unfit = (feature: string, what: string, type: ElementType) =>
  modelError(
    'MODEL_INPUT_MISMATCH',
    `column ${JSON.stringify(feature)} ${what}, and the model's input takes ${type}`,
    'Push features as the model takes them, or export the model with an input of floating point.',
  );
