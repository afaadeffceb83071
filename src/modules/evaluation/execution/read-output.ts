import type { OutputChoice } from './execution-plan.js';
import { modelError, named } from './execution.errors.js';
import type { ElementType, ModelAnswer, Signature, TensorValue } from './model-runtime.js';

const FLOATING: readonly ElementType[] = ['float32', 'float64'];
const CLASSES: readonly ElementType[] = ['int64', 'int32', 'bool', 'string'];

/** The output that is read. Throws MODEL_OUTPUT_MISMATCH. */
export function chooseOutput({ outputs }: Signature, { name }: OutputChoice): string {
  const names = outputs.map((output) => output.name);
  const refuse = (what: string) =>
    modelError(
      'MODEL_OUTPUT_MISMATCH',
      `${what}; its outputs are ${named(names)}`,
      'Name the output that is the score, or the class; one that is no tensor (ZipMap) has to be exported as one.',
    );
  const floating = outputs.filter(({ type }) => FLOATING.includes(type));
  const only = outputs.length === 1 ? outputs[0] : floating.length === 1 ? floating[0] : undefined;
  const found = name === null ? only : outputs.find((output) => output.name === name);
  if (!found)
    throw refuse(
      name === null
        ? 'the model has no single output of scores'
        : `the model has no output ${JSON.stringify(name)}`,
    );
  if (!FLOATING.includes(found.type) && !CLASSES.includes(found.type))
    throw refuse(
      `the output ${JSON.stringify(found.name)} is ${found.type.replace('other: ', '')}, neither numbers nor texts`,
    );
  return found.name;
}

/** What a model answered for `rows` rows, by column. Throws MODEL_OUTPUT_SHAPE. */
export function readOutput(
  { type, shape, data }: TensorValue,
  rows: number,
  { column, classes }: OutputChoice,
): ModelAnswer {
  const refuse = (what: string) =>
    modelError(
      'MODEL_OUTPUT_SHAPE',
      `for ${rows} rows the model answered ${type.replace('other: ', '')} of shape [${shape.join(', ')}]: ${what}`,
      'Let the model answer one score a row; or a column for each class, with output.classes or output.column; or one class a row.',
    );
  const width = shape.length === 2 ? shape[1]! : 1;
  if (shape.length < 1 || shape.length > 2) throw refuse('expected rows, or rows and columns');
  if (shape[0] !== rows) throw refuse(`expected ${rows} rows`);
  if (data.length !== rows * width) throw refuse(`it holds ${data.length} values`);
  if (CLASSES.includes(type)) {
    if (width !== 1) throw refuse('expected one class a row');
    const say = type === 'bool' ? (value: unknown) => String(Boolean(value)) : String;
    return { kind: 'prediction', classes: Array.from(data as ArrayLike<unknown>, say) };
  }
  if (!FLOATING.includes(type)) throw refuse('expected numbers or texts');
  const at = (index: number) =>
    Float64Array.from({ length: rows }, (_, row) => (data as Float64Array)[row * width + index]!);
  if (classes !== null) {
    if (classes.length !== width) throw refuse(`expected ${classes.length} columns, one for each class`);
    return { kind: 'classScores', scores: classes.map((_, index) => at(index)) };
  }
  if (column !== null) {
    if (column >= width) throw refuse(`it has no column ${column}`);
    return { kind: 'score', scores: [at(column)] };
  }
  if (width !== 1) throw refuse('which of the columns is the positive class is not said');
  return { kind: 'score', scores: [at(0)] };
}
