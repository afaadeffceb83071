import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationAnswer, Metric, ModelVersionAnswer, RunAnswer } from '../api-types.js';
import { evaluate } from '../commands/evaluate.js';
import { registerModel } from '../commands/model.js';
import { ensureExperiment } from '../commands/run.js';
import type { Session } from '../session.js';
import type { DemoData } from './demo-data.js';
import type { Narrator } from './narrator.js';
import type { TensorFlowBackend } from './tensorflow.js';
import {
  predictionsCsv,
  sha256,
  trainModel,
  type EpochMetrics,
  type Recipe,
  type TrainedModel,
} from './train-model.js';

export const MODEL = 'wages';

const EXPERIMENT = 'wages-1985';
const METRICS_PER_REQUEST = 900;
const PREDICTED = ['validation', 'holdout', 'south'] as const;

export interface DemoModel {
  /** NAME@VERSION. */
  reference: string;
  trained: TrainedModel;
  version: ModelVersionAnswer;
  evaluation: EvaluationAnswer;
}

/** Trains a recipe, logs the run, registers the model and has its predictions evaluated: all through the API. */
export async function makeModel(
  session: Session,
  backend: TensorFlowBackend,
  recipe: Recipe,
  data: DemoData,
  folder: string,
  narrator: Narrator,
): Promise<DemoModel> {
  const { client } = session;
  const dataset = `${data.version.dataset}@${data.version.version}`;
  await ensureExperiment(client, EXPERIMENT);
  const run = await client.post<RunAnswer>(client.projectPath('/runs'), {
    experiment: EXPERIMENT,
    name: recipe.name,
    inputs: [
      { datasetVersion: dataset, context: 'train' },
      { datasetVersion: dataset, context: 'validation' },
    ],
  });
  const { train, validation } = data.survey.splits;
  const trained = await trainModel(backend, recipe, train, validation);
  await logRun(session, run.id, trained, backend.name);

  const artifact = join(folder, `${recipe.name}.json`);
  await writeFile(artifact, trained.artifact);
  const version = await registerModel(session, MODEL, { artifact, run: run.id, dataset: [dataset] });
  const reference = `${version.model}@${version.version}`;

  const predictions: string[] = [];
  for (const split of PREDICTED) {
    const people = data.survey.splits[split];
    const file = join(folder, `${recipe.name}-${split}.csv`);
    await writeFile(file, predictionsCsv(people, trained.predict(people)));
    predictions.push(`${split}=${file}`);
  }
  const evaluation = await evaluate(session, reference, { dataset, predictions });

  narrator.block(
    [
      `inputs      ${trained.inputs.join(', ')}`,
      `training    ${trained.trainedOn} people, ${trained.epochs.length} epochs (${backend.name})`,
      `run         ${run.id}`,
      `model       ${reference}, artifact ${sha256(trained.artifact)}`,
      `validation  accuracy ${metric(evaluation, 'accuracy')}, AUC ${metric(evaluation, 'auc')}`,
    ].join('\n'),
  );
  return { reference, trained, version, evaluation };
}

async function logRun(session: Session, run: string, trained: TrainedModel, backend: string): Promise<void> {
  const { client } = session;
  const log = (body: object) => client.post(client.projectPath(`/runs/${run}/log`), body);
  const { numeric, categorical, hidden, epochs, learningRate, l2, seed } = trained.recipe;
  await log({
    params: {
      inputs: [...numeric, ...categorical].join(','),
      trained_on: String(trained.trainedOn),
      hidden: String(hidden),
      epochs: String(epochs),
      learning_rate: String(learningRate),
      l2: String(l2),
      seed: String(seed),
    },
    tags: { backend, artifact_sha256: sha256(trained.artifact) },
  });
  const metrics = trained.epochs.flatMap(pointsOf);
  for (let from = 0; from < metrics.length; from += METRICS_PER_REQUEST) {
    await log({ metrics: metrics.slice(from, from + METRICS_PER_REQUEST) });
  }
  await client.post(client.projectPath(`/runs/${run}/finish`), { status: 'finished' });
}

function pointsOf({ epoch, loss, validationLoss, validationAccuracy }: EpochMetrics) {
  return [
    { key: 'loss', value: loss, step: epoch },
    { key: 'validation_loss', value: validationLoss, step: epoch },
    { key: 'validation_accuracy', value: validationAccuracy, step: epoch },
  ];
}

function metric(evaluation: EvaluationAnswer, name: string): string {
  const found: Metric | undefined = evaluation.splits.validation?.metrics[name];
  if (!found?.defined) return 'undefined';
  const interval = found.ci ? ` (${found.ci[0].toFixed(2)} to ${found.ci[1].toFixed(2)})` : '';
  return `${found.value.toFixed(3)}${interval}`;
}
