import { Command } from 'commander';
import type { ImportedEvaluationAnswer, JobView } from '../api-types.js';
import { metricRow } from '../render-split.js';
import type { Session } from '../session.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';
import { addAblationCommand } from './ablation.js';
import { addContinualCommand } from './continual.js';

export interface ImportOptions {
  model: string;
  format?: string;
}

export function evaluationCommand(context: CommandContext): Command {
  const { session } = context;
  const evaluation = new Command('evaluation').description(
    'evaluations of other tools, and reports over many',
  );
  addContinualCommand(evaluation, context);
  addAblationCommand(evaluation, context);
  evaluation
    .command('import <file>')
    .description('import what another tool found out about a model version')
    .requiredOption('--model <name@version>', 'the model version that was evaluated')
    .option('--format <format>', 'which tool wrote the file; found out by what is in it')
    .addHelpText(
      'after',
      '\nFormats: inspect-json, inspect-eval, lm-eval, lm-eval-samples, promptfoo, openai-evals, tau-bench, junit.' +
        '\nFrom results of items Assay computes the numbers itself; totals alone stay what somebody reports.',
    )
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const current = session(command);
      const imported = await importEvaluation(current, file, options);
      current.answer(imported, render(imported));
    });
  return evaluation;
}

/** Uploads the file and waits for what Assay reads in it. */
export async function importEvaluation(
  session: Session,
  file: string,
  { model, format }: ImportOptions,
): Promise<ImportedEvaluationAnswer> {
  const { client } = session;
  const { id: uploadId } = await client.upload(file);
  const path = client.projectPath('/evaluation-imports');
  const { job } = await client.post<{ job: JobView }>(path, { modelVersion: model, uploadId, format });
  const result = await client.finished<{ importedEvaluationId: string }>(job, `importing ${file}`);
  return client.get<ImportedEvaluationAnswer>(`${path}/${result.importedEvaluationId}`);
}

function render({ id, format, level, status, items, scores, totals }: ImportedEvaluationAnswer): string {
  const lines = [`imported evaluation ${id} (${format}, ${level}, ${status}, ${items} results of items)`];
  for (const { task, metric, items: of, trials, unscored, metrics } of scores) {
    const apart = unscored > 0 ? `, ${unscored} unscored` : '';
    lines.push('', `${task ?? 'no task named'}, ${metric}: ${of} items, ${trials} trials${apart}`);
    lines.push(table(['METRIC', 'VALUE', '95 % INTERVAL'], Object.entries(metrics).map(metricRow)));
  }
  if (totals.length > 0) {
    const rows = totals.map(({ task, metric, value }) => [
      task ?? '',
      metric,
      value === null ? 'undefined' : value.toFixed(4),
    ]);
    lines.push('', table(['REPORTED', 'METRIC', 'VALUE'], rows));
  }
  return lines.join('\n');
}
