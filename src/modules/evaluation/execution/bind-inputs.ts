import type { InputColumns } from './execution-plan.js';
import { modelError, named } from './execution.errors.js';
import type { ElementType, Signature, TensorFacts } from './model-runtime.js';

/** An input of a model with the columns that fill it. */
export interface BoundInput {
  name: string;
  type: ElementType;
  features: string[];
  /** 1: one value a row; 2: one row of values a row. */
  rank: 1 | 2;
}

const NUMERIC: readonly ElementType[] = ['float32', 'float64', 'int64', 'int32', 'bool'];

/**
 * Lays columns to the inputs that a model declares: all inputs, each once, with a type and a shape that the columns have. Throws
 * MODEL_INPUT_MISMATCH before anything is run.
 */
export function bindInputs(
  signature: Signature,
  given: readonly InputColumns[],
  texts: ReadonlySet<string>,
): BoundInput[] {
  const byName = nameInputs(signature.inputs, given);
  const wanted = signature.inputs.map(({ name }) => name);
  const unknown = [...byName.keys()].filter((name) => !wanted.includes(name));
  const missing = wanted.filter((name) => !byName.has(name));
  if (unknown.length > 0 || missing.length > 0) {
    const what = unknown.length > 0 ? `no input ${named(unknown)}` : `inputs that get no columns`;
    throw mismatch(`the model has ${what}; its inputs are ${named(wanted)}`);
  }
  return signature.inputs.map((input) => bind(input, byName.get(input.name)!, texts));
}

function nameInputs(inputs: readonly TensorFacts[], given: readonly InputColumns[]): Map<string, string[]> {
  const [first] = given;
  if (given.length === 1 && first!.name === null) {
    if (inputs.length === 1) return new Map([[inputs[0]!.name, first!.features]]);
    return new Map(first!.features.map((feature) => [feature, [feature]]));
  }
  return new Map(given.map(({ name, features }) => [name ?? '', features]));
}

function bind(
  { name, type, shape }: TensorFacts,
  features: string[],
  texts: ReadonlySet<string>,
): BoundInput {
  const input = `input ${JSON.stringify(name)}`;
  if (type !== 'string' && !NUMERIC.includes(type))
    throw mismatch(`${input} takes ${type.replace('other: ', '')}, which no column can be turned into`);
  const wrong = features.filter((feature) => texts.has(feature) !== (type === 'string'));
  if (wrong.length > 0)
    throw mismatch(
      `${input} takes ${type}, and ${named(wrong)} ${wrong.length === 1 ? 'is' : 'are'} ${type === 'string' ? 'no text' : 'text'}`,
    );
  const rank = shape?.length ?? 2;
  const [rows, width] = shape ?? [null, null];
  if (rank === 1 && features.length !== 1)
    throw mismatch(`${input} takes one value a row, and ${features.length} columns are given`);
  if (rank !== 1 && rank !== 2)
    throw mismatch(`${input} has ${rank} dimensions; a table has rows, or rows and columns`);
  if (rank === 2 && width !== null && width !== features.length)
    throw mismatch(`${input} takes ${width} columns, and ${features.length} are given`);
  if (rows !== null)
    throw mismatch(`${input} takes exactly ${rows} rows at a time; any number of rows is needed`);
  return { name, type, features, rank };
}

const mismatch = (what: string) =>
  modelError(
    'MODEL_INPUT_MISMATCH',
    what,
    "Name the model's inputs with their columns in the order it was trained on, and export it with an open number of rows.",
  );
