import { AssayError } from '../../../platform/errors/index.js';
import type { BoundInput } from './bind-inputs.js';
import type { OutputChoice } from './execution-plan.js';
import { modelError, wordsOf } from './execution.errors.js';
import { fillTensors } from './fill-tensors.js';
import type { FeatureBatch, ModelAnswer, ModelRuntime } from './model-runtime.js';
import { readOutput } from './read-output.js';

/** Runs a model on a batch, in as many calls as it takes. Throws MODEL_THREW and what the parts throw. */
export async function runBatch(
  model: ModelRuntime,
  inputs: readonly BoundInput[],
  output: { name: string; choice: OutputChoice },
  batch: FeatureBatch,
): Promise<ModelAnswer> {
  const starts = Array.from(
    { length: Math.ceil(batch.rows / model.rowsPerCall) },
    (_, i) => i * model.rowsPerCall,
  );
  const answers = new Array<ModelAnswer>(starts.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < starts.length; i = next++) {
      const [from, to] = [starts[i]!, Math.min(batch.rows, starts[i]! + model.rowsPerCall)];
      const tensors = fillTensors(inputs, batch, from, to);
      answers[i] = readOutput(await model.run(tensors, output.name), to - from, output.choice);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(model.concurrency, starts.length) }, work));
  } catch (error) {
    if (error instanceof AssayError) throw error;
    throw modelError(
      'MODEL_THREW',
      `the model failed on rows of the split: ${wordsOf(error)}`,
      'Run the model on the rows of an open split, and register a version that takes them.',
    );
  }
  return joined(answers);
}

function joined(answers: readonly ModelAnswer[]): ModelAnswer {
  const { kind } = answers[0]!;
  if (kind === 'prediction')
    return { kind, classes: answers.flatMap((one) => (one.kind === kind ? one.classes : [])) };
  const parts = answers.flatMap((one) => (one.kind === kind ? [one.scores] : []));
  const columns = parts[0]!.map((_, column) => concatenated(parts.map((scores) => scores[column]!)));
  return { kind, scores: columns };
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
