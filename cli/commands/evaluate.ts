import { Command } from 'commander';
import type { EvaluationAnswer, JobView } from '../api-types.js';
import { executeRequest, type ExecuteOptions } from '../execute-options.js';
import { usageError } from '../problem.js';
import { readProtocol } from '../read-protocol.js';
import type { Session } from '../session.js';
import { parseAssignment, splitName } from '../split-arguments.js';
import { renderAcross, renderSplit } from '../render-split.js';
import { collect, type CommandContext } from './command-context.js';

export interface EvaluateOptions extends ExecuteOptions {
  dataset: string;
  predictions?: string[];
  protocol?: string;
}

export function evaluateCommand({ session }: CommandContext): Command {
  return new Command('evaluate')
    .argument('<model>', 'NAME@VERSION of the model')
    .description('evaluate predictions, or run the model, against labels that Assay holds')
    .requiredOption('--dataset <name@version>', 'the data set version whose splits were predicted')
    .option('--predictions <split=file>', 'predictions of a split (CSV); once for each', collect)
    .option('--execute <runtime>', 'run the registered model: onnx, tfjs, or http for a model server')
    .option('--splits <names>', 'the splits to run it on, with commas between')
    .option('--features <columns>', 'the columns that it takes, in order, with commas between')
    .option('--input <name=columns>', 'the columns of one of several inputs; once for each', collect)
    .option('--output <name>', 'the output to read, where there are several')
    .option('--positive-column <number>', 'the column of the output that is the positive class, from 0')
    .option('--classes <names>', 'the classes of the columns of the output')
    .option('--endpoint <url>', 'the model server: https://HOST/v2/models/NAME')
    .option('--protocol <file>', 'protocol (YAML or JSON): positive class, threshold, metrics, slices, ...')
    .addHelpText(
      'after',
      '\nA predictions file has the key column, `prediction` (class) and, where there is one, `score`: the probability' +
        '\nof the positive class (`score_<class>` for more than two classes); with task: regression in the' +
        '\nprotocol `prediction` is a number. Assay makes them itself with --execute:' +
        '\n  assay evaluate credit@1 --dataset credit@1 --execute onnx --splits holdout --features age,income',
    )
    .action(async (model: string, options: EvaluateOptions, command: Command) => {
      const current = session(command);
      const evaluation = await evaluate(current, model, options);
      current.answer(evaluation, renderEvaluation(evaluation));
    });
}

/** Uploads predictions, or has the model run, and waits for what Assay computes from them. */
export async function evaluate(
  session: Session,
  model: string,
  options: EvaluateOptions,
): Promise<EvaluationAnswer> {
  const { client } = session;
  const execute = executeRequest(options);
  const files = options.predictions ?? [];
  if ((execute === undefined) === (files.length === 0))
    throw usageError('evaluate needs --predictions SPLIT=FILE, or --execute RUNTIME; not both.');
  const predictions = [];
  for (const text of files) {
    const [split, file] = parseAssignment(text, '--predictions', 'SPLIT=FILE');
    predictions.push({ split: splitName(split), uploadId: (await client.upload(file)).id });
  }
  const { job } = await client.post<{ job: JobView }>(client.projectPath('/evaluations'), {
    modelVersion: model,
    datasetVersion: options.dataset,
    ...(execute ? { execute } : { predictions }),
    protocol: options.protocol === undefined ? undefined : readProtocol(options.protocol),
  });
  const result = await client.finished<{ evaluationId: string }>(job, `evaluating ${model}`);
  return client.get<EvaluationAnswer>(client.projectPath(`/evaluations/${result.evaluationId}`));
}

function renderEvaluation(evaluation: EvaluationAnswer): string {
  const lines = [
    `evaluation ${evaluation.evaluationId} (${evaluation.level}, protocol ${evaluation.protocolHash.slice(0, 16)})`,
  ];
  const { execution } = evaluation;
  if (execution !== null)
    lines.push(
      `ran ${execution.endpoint ?? `artifact ${execution.artifact?.slice(0, 16)}`} with ${execution.engine}`,
    );
  for (const [name, split] of Object.entries(evaluation.splits)) lines.push('', ...renderSplit(name, split));
  lines.push(...renderAcross(evaluation));
  return lines.join('\n');
}
