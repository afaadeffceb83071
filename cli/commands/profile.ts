import type { Command } from 'commander';
import type { JobView } from '../api-types.js';
import { parseSplitReference } from '../split-arguments.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface Profile {
  split: string;
  rows: number;
  columns: {
    column: string;
    type: string;
    missing: number;
    distinct: number;
    distinctError: number;
    numeric: {
      min: number | null;
      max: number | null;
      mean: number | null;
      quantiles: { share: number; value: number }[];
    } | null;
    categorical: { top: { value: string; count: number }[] } | null;
  }[];
}

/** `assay dataset profile NAME@VERSION:SPLIT`. */
export function addProfileCommand(dataset: Command, { session }: CommandContext): void {
  dataset
    .command('profile <split>')
    .description(
      'what the columns of a split hold, NAME@VERSION:SPLIT; kept, so that drift can compare it without the rows',
    )
    .action(async (split: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const { job } = await client.post<{ job: JobView }>(pathOf(split), {});
      await client.finished(job, `profiling ${split}`);
      const profile = await client.get<Profile>(pathOf(split));
      current.answer(profile, render(split, profile));

      function pathOf(text: string): string {
        const { datasetVersion, split: name } = parseSplitReference(text);
        const [ref, part] = [datasetVersion, name].map(encodeURIComponent);
        return client.projectPath(`/dataset-versions/${ref}/splits/${part}/profile`);
      }
    });
}

const digits = (value: number | null | undefined) =>
  value === null || value === undefined ? '' : Number(value.toPrecision(5)).toString();

function render(split: string, { rows, columns }: Profile): string {
  const lines = columns.map(({ column, type, missing, distinct, distinctError, numeric, categorical }) => [
    column,
    type,
    String(missing),
    `${distinctError > 0 ? 'about ' : ''}${distinct}`,
    digits(numeric?.min),
    digits(numeric?.quantiles.find(({ share }) => share === 0.5)?.value),
    digits(numeric?.max),
    digits(numeric?.mean),
    (categorical?.top ?? [])
      .slice(0, 3)
      .map(({ value, count }) => `${value} (${count})`)
      .join(', '),
  ]);
  return [
    `${split}: ${rows} rows`,
    table(['COLUMN', 'TYPE', 'MISSING', 'DIFFERENT', 'MIN', 'MEDIAN', 'MAX', 'MEAN', 'MOST FREQUENT'], lines),
  ].join('\n');
}
