import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { JobView } from '../api-types.js';
import { usageError } from '../problem.js';
import { parseSplitReference } from '../split-arguments.js';
import { table } from '../table.js';
import { collect, type CommandContext } from './command-context.js';

/** Rows that are sent together. */
const BATCH = 500;

interface PlanAnswer {
  dataset: string;
  datasetVersionId: string;
  split: string;
  capacity: number;
  seed: number;
  subjectColumn: string | null;
  sources: string[];
  sampleNo: number;
  offered: number;
  untrusted: number;
  waiting: number;
  firstOfferedAt: string | null;
  lastOfferedAt: string | null;
}

interface SampleAnswer {
  no: number;
  offered: number;
  untrusted: number;
  lastOfferedAt: string;
  datasetVersionId: string | null;
}

interface TakenAnswer {
  dataset: string;
  version: number;
  no: number;
  offered: number;
  splits: Record<string, { rows: number }>;
}

interface CreateOptions {
  like: string;
  capacity: string;
  seed?: string;
  source?: string[];
}

/** `assay dataset sample create|offer|take|show`. */
export function addSampleCommands(dataset: Command, { session }: CommandContext): void {
  const sample = dataset.command('sample').description('live samples: rows as they come in, drawn at random');
  const at = (name: string, path = '') => `/sampling-plans/${encodeURIComponent(name)}${path}`;
  sample
    .command('create <name>')
    .description('say how rows are sampled; NAME is the dataset that samples become versions of')
    .requiredOption(
      '--like <split>',
      'NAME@VERSION:SPLIT: whose columns rows have to fit, and what samples are compared with',
    )
    .requiredOption('--capacity <rows>', 'rows that a sample has at most')
    .option('--seed <number>', 'says which rows are drawn (default 0)')
    .option('--source <source>', 'a source that rows come from; once for each', collect)
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const plan = await client.post<PlanAnswer>(client.projectPath('/sampling-plans'), {
        dataset: name,
        ...parseSplitReference(options.like),
        capacity: whole('--capacity', options.capacity),
        seed: options.seed === undefined ? undefined : whole('--seed', options.seed),
        sources: options.source,
      });
      current.answer(plan, render(plan));
    });
  sample
    .command('offer <name> [file]')
    .description(`offer rows, JSON lines of a file or of standard input, ${BATCH} at a time`)
    .option('--skip <rows>', 'leave out so many first rows: those that were taken before it broke off')
    .action(async (name: string, file: string | undefined, { skip }: { skip?: string }, command: Command) => {
      const current = session(command);
      const { client } = current;
      const rows = parseLines(file === undefined ? await text(process.stdin) : await contentOf(file));
      let plan = await client.get<PlanAnswer>(client.projectPath(at(name)));
      for (let from = skip === undefined ? 0 : whole('--skip', skip); from < rows.length; from += BATCH) {
        try {
          plan = await client.post<PlanAnswer>(client.projectPath(at(name, '/rows')), {
            rows: rows.slice(from, from + BATCH),
          });
        } catch (error) {
          if (from > 0)
            current.remark(
              `Rows 1 to ${from} were taken. Numbers below count from row ${from + 1}; go on with --skip ${from}.`,
            );
          throw error;
        }
      }
      current.answer(plan, render(plan));
    });
  sample
    .command('take <name>')
    .description('end the sample and make a version of it; it is compared with the split of the plan')
    .option('--sample <number>', 'an earlier sample whose job failed')
    .action(async (name: string, options: { sample?: string }, command: Command) => {
      const current = session(command);
      const { client } = current;
      const { job } = await client.post<{ job: JobView }>(client.projectPath(at(name, '/samples')), {
        no: options.sample === undefined ? undefined : whole('--sample', options.sample),
      });
      const taken = await client.finished<TakenAnswer>(job, `taking a sample of ${name}`);
      const rows = Object.values(taken.splits).reduce((sum, split) => sum + split.rows, 0);
      current.answer(
        taken,
        `${taken.dataset}@${taken.version}  sample ${taken.no}: ${rows} rows of ${taken.offered} that were offered`,
      );
    });
  sample
    .command('show <name>')
    .description('a plan, what was offered so far, and its samples')
    .action(async (name: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const plan = await client.get<PlanAnswer>(client.projectPath(at(name)));
      const { items } = await client.get<{ items: SampleAnswer[] }>(client.projectPath(at(name, '/samples')));
      const lines = items.map(({ no, offered, untrusted, lastOfferedAt, datasetVersionId }) => [
        String(no),
        String(offered),
        String(untrusted),
        lastOfferedAt,
        datasetVersionId ?? 'none yet',
      ]);
      current.answer(
        { ...plan, samples: items },
        [render(plan), '', table(['SAMPLE', 'OFFERED', 'UNTRUSTED', 'LAST ROW', 'VERSION'], lines)].join(
          '\n',
        ),
      );
    });
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parseLines(content: string): object[] {
  return content.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as object];
    } catch {
      throw usageError(`line ${i + 1}: expected one JSON object on each line.`);
    }
  });
}

function whole(option: string, given: string): number {
  const value = Number(given);
  if (given.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw usageError(`${option} ${given}: expected a whole number.`);
  return value;
}

function render(plan: PlanAnswer): string {
  return [
    `${plan.dataset}  like split ${plan.split} of ${plan.datasetVersionId}, at most ${plan.capacity} rows, seed ${plan.seed}`,
    `subject   ${plan.subjectColumn ?? 'not known'}`,
    `sources   ${plan.sources.join(', ') || 'none'}`,
    `sample ${plan.sampleNo}: ${plan.waiting} rows of ${plan.offered} that were offered, the last ${plan.lastOfferedAt ?? 'never'}`,
  ].join('\n');
}
