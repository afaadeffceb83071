import { Command } from 'commander';
import type { EvaluationAnswer, JobView, Metric } from '../api-types.js';
import { readProtocol } from '../read-protocol.js';
import type { Session } from '../session.js';
import { parseAssignment, splitName } from '../split-arguments.js';
import { table } from '../table.js';
import { collect, type CommandContext } from './command-context.js';

export interface EvaluateOptions {
  dataset: string;
  predictions: string[];
  protocol?: string;
}

export function evaluateCommand({ session }: CommandContext): Command {
  return new Command('evaluate')
    .argument('<model>', 'NAME@VERSION of the model')
    .description('evaluate predictions against labels that Assay holds')
    .requiredOption('--dataset <name@version>', 'the data set version whose splits were predicted')
    .requiredOption('--predictions <split=file>', 'predictions of a split (CSV); once for each', collect)
    .option('--protocol <file>', 'protocol (YAML or JSON): positive class, threshold, metrics, slices, ...')
    .addHelpText(
      'after',
      '\nA predictions file has the key column, `prediction` (class) and, where there is one, `score`: the probability' +
        '\nof the positive class (`score_<class>` for more than two classes).',
    )
    .action(async (model: string, options: EvaluateOptions, command: Command) => {
      const current = session(command);
      const evaluation = await evaluate(current, model, options);
      current.answer(evaluation, renderEvaluation(evaluation));
    });
}

/** Uploads predictions and waits for what Assay computes from them. */
export async function evaluate(
  session: Session,
  model: string,
  options: EvaluateOptions,
): Promise<EvaluationAnswer> {
  const { client } = session;
  const predictions = [];
  for (const text of options.predictions) {
    const [split, file] = parseAssignment(text, '--predictions', 'SPLIT=FILE');
    predictions.push({ split: splitName(split), uploadId: (await client.upload(file)).id });
  }
  const { job } = await client.post<{ job: JobView }>(client.projectPath('/evaluations'), {
    modelVersion: model,
    datasetVersion: options.dataset,
    predictions,
    protocol: options.protocol === undefined ? undefined : readProtocol(options.protocol),
  });
  const result = await client.finished<{ evaluationId: string }>(job, `evaluating ${model}`);
  return client.get<EvaluationAnswer>(client.projectPath(`/evaluations/${result.evaluationId}`));
}

function renderEvaluation(evaluation: EvaluationAnswer): string {
  const lines = [
    `evaluation ${evaluation.evaluationId} (${evaluation.level}, protocol ${evaluation.protocolHash.slice(0, 16)})`,
  ];
  for (const [name, split] of Object.entries(evaluation.splits)) {
    lines.push('', `${name}: n ${split.n}`);
    lines.push(table(['METRIC', 'VALUE', '95 % INTERVAL'], Object.entries(split.metrics).map(metricRow)));
    const gaps = Object.entries(split.fairness ?? {}).flatMap(([metric, byAttributes]) =>
      Object.entries(byAttributes).map(([attributes, value]) =>
        metricRow([`${metric} (${attributes})`, value]),
      ),
    );
    if (gaps.length > 0) lines.push('', table(['FAIRNESS', 'VALUE', '95 % INTERVAL'], gaps));
    for (const slice of split.slices ?? []) {
      lines.push('', `${name}, slice ${slice.name} (${slice.where}): n ${slice.n}`);
      lines.push(table(['METRIC', 'VALUE', '95 % INTERVAL'], Object.entries(slice.metrics).map(metricRow)));
    }
  }
  return lines.join('\n');
}

export function metricRow([name, metric]: [string, Metric]): string[] {
  if (!metric.defined) return [name, 'undefined', metric.reason];
  return [
    name,
    metric.value.toFixed(4),
    metric.ci ? `${metric.ci[0].toFixed(4)} to ${metric.ci[1].toFixed(4)}` : '',
  ];
}
