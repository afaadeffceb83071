import { Injectable } from '@nestjs/common';
import { CONTINUAL_FORMULAS, forgettingMatrix, measureContinual } from '../../../domain/continual/index.js';
import {
  metricRegistry,
  undefinedMetric,
  type Metric,
  type MetricName,
} from '../../../domain/metrics/index.js';
import { may } from '../../../platform/context/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { DatasetReader, type DatasetVersionView } from '../../datasets/index.js';
import { ModelReader, type ModelVersionView } from '../../registry/index.js';
import { protocolsCompare } from '../comparable-protocol.js';
import { protocolMismatch } from '../evaluation.errors.js';
import { SEALED } from '../visible-evaluation.js';
import type { ContinualCell, ContinualRequest, ContinualView, StepRequest } from './continual.view.js';
import { ScoreReader, type Score } from './score.reader.js';

interface Task {
  dataset: DatasetVersionView;
  split: string;
}

const NOT_EVALUATED = undefinedMetric('nobody evaluated the model version on this split');
const NOT_MEASURED = undefinedMetric('the evaluation is older than the metric');
/** The baseline's place among the steps. */
const BASELINE = -1;

const refOf = ({ model, version }: ModelVersionView) => `${model}@${version}`;

/** What a model kept, transferred and forgot along a sequence of tasks, from evaluations that there are. Nothing is stored. */
@Injectable()
export class ContinualService {
  constructor(
    private readonly models: ModelReader,
    private readonly datasets: DatasetReader,
    private readonly scores: ScoreReader,
  ) {}

  /**
   * The matrix of scores, with every formula of `domain/continual` on it. Throws CONTINUAL_REQUEST_INVALID, and PROTOCOL_MISMATCH where
   * two of the numbers do not compare. A sealed task's numbers are for auditors.
   */
  async report({ metric, steps, baseline }: ContinualRequest): Promise<ContinualView> {
    const name = readMetric(metric);
    const models = await inOrder(steps, ({ modelVersion }) => this.models.byRef(modelVersion));
    const before = typeof baseline === 'string' ? await this.models.byRef(baseline) : null;
    const learnt = await inOrder(steps, (step) => this.taskOf(step));
    const rows = [...models, ...(before ? [before] : [])];
    const found = await this.scores.newest(
      rows.flatMap(({ id }) =>
        learnt.map(({ dataset, split }) => ({
          modelVersionId: id,
          datasetVersionId: dataset.id,
          split,
        })),
      ),
      name,
    );
    requireComparable(found, name);
    const cell = (model: ModelVersionView, task: Task) =>
      found.find(
        (score) =>
          score.modelVersionId === model.id &&
          score.datasetVersionId === task.dataset.id &&
          score.split === task.split,
      );
    const matrix = models.map((model) => learnt.map((task) => shown(cell(model, task))));
    const baselines = before && learnt.map((task) => shown(cell(before, task)));
    return {
      metric: name,
      modelVersions: models.map((model) => ({ id: model.id, ref: refOf(model) })),
      tasks: learnt.map(({ dataset, split }) => ({
        datasetVersionId: dataset.id,
        ref: `${dataset.dataset}@${dataset.version}`,
        split,
      })),
      baseline: before && { id: before.id, ref: refOf(before) },
      cells: [
        ...cellsOf(matrix),
        ...(baselines ?? []).map((score, task) => ({ ...score, step: BASELINE, task, forgotten: null })),
      ],
      measures: measured(
        matrix,
        baselines?.map(({ score }) => score),
      ),
    };
  }

  private async taskOf({ datasetVersion, split }: StepRequest): Promise<Task> {
    const dataset = await this.datasets.byRef(datasetVersion);
    if (dataset.splits.some(({ name }) => name === split)) return { dataset, split };
    throw invalid(
      `${dataset.dataset}@${dataset.version} has no split ${JSON.stringify(split)}, but ${dataset.splits.map(({ name }) => name).join(', ')}`,
    );
  }
}

function readMetric(metric: string): MetricName {
  if (!metricRegistry.has(metric))
    throw invalid(`there is no metric ${JSON.stringify(metric)}, but ${metricRegistry.ids.join(', ')}`);
  // What is forgotten is a fall of the score.
  const { direction } = metricRegistry.get(metric);
  if (direction !== 'higher')
    throw invalid(
      `of ${metric} ${direction ?? 'what is nearer to 0'} is better; name a metric of which higher is better, such as accuracy`,
    );
  return metric;
}

function requireComparable(scores: readonly Score[], metric: MetricName): void {
  const [first] = scores;
  const other = scores.find((score) => !protocolsCompare(first!, score, metric));
  if (first && other)
    throw protocolMismatch(
      `${metric} of evaluations ${first.evaluationId} and ${other.evaluationId} was measured under protocols that differ in what it depends on`,
    );
}

function shown(score: Score | undefined): { evaluationId: string | null; score: Metric } {
  if (!score) return { evaluationId: null, score: NOT_EVALUATED };
  const { evaluationId, sealed, metric } = score;
  return { evaluationId, score: sealed && !may('audit') ? SEALED : (metric ?? NOT_MEASURED) };
}

const valueOf = (metric: Metric): number | null => (metric.defined ? metric.value : null);
const valuesOf = (matrix: readonly (readonly { score: Metric }[])[]) =>
  matrix.map((row) => row.map(({ score }) => valueOf(score)));

function cellsOf(
  matrix: readonly (readonly { evaluationId: string | null; score: Metric }[])[],
): ContinualCell[] {
  const lost = forgettingMatrix({ scores: valuesOf(matrix) });
  return matrix.flatMap((row, step) =>
    row.map((cell, task) => ({
      ...cell,
      step,
      task,
      forgotten: task < step ? (lost[step]?.[task] ?? null) : null,
    })),
  );
}

function measured(
  matrix: readonly (readonly { score: Metric }[])[],
  baselines: readonly Metric[] | undefined,
): ContinualView['measures'] {
  const baseline = baselines?.map((score) => valueOf(score) ?? Number.NaN);
  const scores = { scores: valuesOf(matrix), ...(baseline ? { baseline } : {}) };
  return CONTINUAL_FORMULAS.map((formula) => {
    const { id, version, label, direction, formulaId } = formula;
    return { id, version, label, direction, formulaId, ...measureContinual(formula, scores) };
  });
}

/** One after the other: they share the connection of the unit of work. */
async function inOrder<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await read(item));
  return results;
}

const invalid = (message: string) => new InvalidInputError('CONTINUAL_REQUEST_INVALID', message);
