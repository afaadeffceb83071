import type { Command } from 'commander';
import { usageError } from '../problem.js';
import { parseAssignment, parseSplitReference } from '../split-arguments.js';
import { table } from '../table.js';
import { collect, type CommandContext } from './command-context.js';

interface ContinualOptions {
  step: string[];
  metric: string;
  baseline?: string;
}

interface Score {
  defined: boolean;
  value: number | null;
  reason: string | null;
}

interface ContinualReport {
  metric: string;
  modelVersions: { ref: string }[];
  tasks: { ref: string; split: string }[];
  baseline: { ref: string } | null;
  cells: { step: number; task: number; score: Score }[];
  measures: {
    id: string;
    label: string;
    value: Score;
    worst: { task: number; value: number } | null;
  }[];
}

/** `assay evaluation continual --step net@1=digits@1:first --step net@2=digits@1:second`. */
export function addContinualCommand(evaluation: Command, { session }: CommandContext): void {
  evaluation
    .command('continual')
    .description('what a model kept, transferred and forgot along a sequence of tasks')
    .requiredOption(
      '--step <model=dataset:split>',
      'the model once it had learnt a task, and the split that stands for the task; once for each, in order',
      collect,
    )
    .option('--metric <id>', 'a metric of which higher is better', 'accuracy')
    .option('--baseline <name@version>', 'a model that saw none of the tasks, for forward transfer')
    .action(async (options: ContinualOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const report = await client.post<ContinualReport>(client.projectPath('/continual-reports'), {
        metric: options.metric,
        steps: options.step.map(parseStep),
        baseline: options.baseline,
      });
      current.answer(report, render(report));
    });
}

function parseStep(text: string): { modelVersion: string; datasetVersion: string; split: string } {
  const form = 'MODEL@VERSION=DATASET@VERSION:SPLIT, such as net@1=digits@1:first';
  const [modelVersion, task] = parseAssignment(text, '--step', form);
  const wrong = () => usageError(`--step ${text}: expected ${form}.`);
  return { modelVersion, ...parseSplitReference(task, wrong) };
}

function render({ metric, modelVersions, tasks, baseline, cells, measures }: ContinualReport): string {
  const shown = ({ defined, value, reason }: Score) => (defined ? value!.toFixed(4) : (reason ?? ''));
  const name = (task: number) => tasks[task]!.split;
  const row = (ref: string, step: number) => [
    ref,
    ...cells.filter((cell) => cell.step === step).map(({ score }) => (score.defined ? shown(score) : '-')),
  ];
  return [
    `${metric} on each task, after each task`,
    table(
      ['MODEL', ...tasks.map(({ split }) => split)],
      [...modelVersions.map(({ ref }, step) => row(ref, step)), ...(baseline ? [row(baseline.ref, -1)] : [])],
    ),
    '',
    table(
      ['MEASURE', 'VALUE', 'WORST TASK', 'WHAT'],
      measures.map(({ id, value, worst, label }) => [
        id,
        shown(value),
        worst ? `${name(worst.task)} ${worst.value.toFixed(4)}` : '',
        label,
      ]),
    ),
  ].join('\n');
}
