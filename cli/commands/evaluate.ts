import { Command } from 'commander';
import type { EvaluationAnswer, JobView } from '../api-types.js';
import { readProtocol } from '../read-protocol.js';
import type { Session } from '../session.js';
import { parseAssignment, splitName } from '../split-arguments.js';
import { renderAcross, renderSplit } from '../render-split.js';
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
  for (const [name, split] of Object.entries(evaluation.splits)) lines.push('', ...renderSplit(name, split));
  lines.push(...renderAcross(evaluation));
  return lines.join('\n');
}
