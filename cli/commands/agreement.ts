import type { Command } from 'commander';
import type { JobView } from '../api-types.js';
import { usageError } from '../problem.js';
import { metricRow } from '../render-split.js';
import { parseSplitReference } from '../split-arguments.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface AgreementOptions {
  ratings: string;
  level: string;
  categories: string;
  seed?: string;
}

interface AgreementReport {
  sample: { ref: string; split: string; rows: number };
  pairable: number;
  categories: string[];
  coefficients: { id: string; metric: Parameters<typeof metricRow>[0][1] }[];
  raters: { column: string; counts: number[]; missing: number }[];
}

/** `assay dataset agreement reviews@1:train --ratings ann,bob --level nominal --categories no,yes`. */
export function addAgreementCommand(dataset: Command, { session }: CommandContext): void {
  dataset
    .command('agreement <sample>')
    .description('how far the annotators of a split, NAME@VERSION:SPLIT, agree')
    .requiredOption('--ratings <columns>', 'columns of ratings, one for each annotator, separated by commas')
    .requiredOption('--level <level>', 'nominal, ordinal, interval or ratio')
    .requiredOption(
      '--categories <names>',
      'every category of the guideline in its order, separated by commas',
    )
    .option('--seed <number>', 'of the bootstrap (default 0)')
    .action(async (sample: string, options: AgreementOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const { job } = await client.post<{ job: JobView }>(client.projectPath('/agreement-reports'), {
        ...parseSplitReference(sample),
        ratings: listed(options.ratings),
        level: options.level,
        categories: listed(options.categories),
        seed: seedOf(options.seed),
      });
      const report = await client.finished<AgreementReport>(job, `measuring agreement on ${sample}`);
      current.answer(report, render(report));
    });
}

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function seedOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw usageError(`--seed ${text}: expected a whole number.`);
  return Number(text);
}

function render({ sample, pairable, categories, coefficients, raters }: AgreementReport): string {
  return [
    `${sample.ref}:${sample.split}: ${pairable} of ${sample.rows} rows have two ratings or more`,
    '',
    table(
      ['COEFFICIENT', 'VALUE', '95 % INTERVAL'],
      coefficients.map(({ id, metric }) => metricRow([id, metric])),
    ),
    '',
    table(
      ['RATER', ...categories, 'NOT RATED'],
      raters.map(({ column, counts, missing }) => [column, ...counts.map(String), String(missing)]),
    ),
  ].join('\n');
}
