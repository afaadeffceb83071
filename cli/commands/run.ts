import { Command } from 'commander';
import type { RunAnswer } from '../api-types.js';
import type { ApiClient } from '../client.js';
import { CommandFailed, usageError } from '../problem.js';
import { parseAssignment } from '../split-arguments.js';
import { collect, type CommandContext } from './command-context.js';

interface LogOptions {
  param?: string[];
  metric?: string[];
  step?: string;
  tag?: string[];
}

export function runCommand({ session }: CommandContext): Command {
  const run = new Command('run').description('training runs');
  run
    .command('create <experiment>')
    .description('start a run; the experiment is made when it is new')
    .option('--name <name>', 'name of the run')
    .option('--dataset <context=name@version>', 'data it uses, e.g. train=wages@1; may be repeated', collect)
    .action(async (experiment: string, options: { name?: string; dataset?: string[] }, command: Command) => {
      const current = session(command);
      const { client } = current;
      const inputs = options.dataset?.map((text) => {
        const [context, dataset] = parseAssignment(text, '--dataset', 'CONTEXT=NAME@VERSION');
        return { context, datasetVersion: dataset };
      });
      await ensureExperiment(client, experiment);
      const made = await client.post<RunAnswer>(client.projectPath('/runs'), {
        experiment,
        name: options.name,
        inputs,
      });
      current.answer(made, made.id);
    });
  run
    .command('log <run>')
    .description('log params, metrics and tags')
    .option('--param <name=value>', 'a parameter, fixed once logged; may be repeated', collect)
    .option('--metric <name=value>', 'a measured number; may be repeated', collect)
    .option('--tag <name=value>', 'a tag; may be repeated', collect)
    .option('--step <n>', 'step of the metrics', '0')
    .action(async (id: string, options: LogOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const step = Number(options.step);
      if (!Number.isInteger(step) || step < 0)
        throw usageError(`--step ${options.step}: expected a whole number from 0.`);
      const answer = await client.post<object>(client.projectPath(`/runs/${encodeURIComponent(id)}/log`), {
        params: pairs(options.param, '--param'),
        tags: pairs(options.tag, '--tag'),
        metrics: options.metric?.map((text) => ({ ...metric(text), step })),
      });
      current.answer(answer ?? {}, 'logged');
    });
  run
    .command('finish <run>')
    .description('end a run')
    .option('--status <status>', 'finished, failed or killed', 'finished')
    .action(async (id: string, options: { status: string }, command: Command) => {
      const current = session(command);
      const { client } = current;
      const ended = await client.post<RunAnswer>(
        client.projectPath(`/runs/${encodeURIComponent(id)}/finish`),
        {
          status: options.status,
        },
      );
      current.answer(ended, `${id} is ${ended.status}`);
    });
  return run;
}

/** Makes the experiment unless there is one of that name. */
export async function ensureExperiment(client: ApiClient, name: string): Promise<void> {
  try {
    await client.post(client.projectPath('/experiments'), { name });
  } catch (error) {
    if (!(error instanceof CommandFailed) || error.problem.status !== 409) throw error;
  }
}

function pairs(list: string[] | undefined, option: string): Record<string, string> | undefined {
  return list && Object.fromEntries(list.map((text) => parseAssignment(text, option, 'NAME=VALUE')));
}

function metric(text: string): { key: string; value: number | string } {
  const [key, value] = parseAssignment(text, '--metric', 'NAME=NUMBER');
  // JSON has no word for these; the API takes them as text.
  if (['NaN', 'Infinity', '-Infinity'].includes(value)) return { key, value };
  if (!Number.isFinite(Number(value))) throw usageError(`--metric ${text}: "${value}" is not a number.`);
  return { key, value: Number(value) };
}
