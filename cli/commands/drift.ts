import type { Command } from 'commander';
import type { JobView } from '../api-types.js';
import { EXIT } from '../exit-code.js';
import { usageError } from '../problem.js';
import type { Session } from '../session.js';
import { parseSplitReference } from '../split-arguments.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface DriftOptions {
  from?: string;
  columns?: string;
  numericMethod?: string;
  categoricalMethod?: string;
  threshold?: string;
  alpha?: string;
  share?: string;
  failOnDrift?: boolean;
}

interface DriftReport {
  status: 'drifted' | 'not_drifted' | 'undefined';
  reason: string;
  share: [number, number] | null;
  alpha: number;
  reference: { ref: string; split: string; rows: number };
  sample: { ref: string; split: string; rows: number };
  columns: {
    column: string;
    status: string;
    method: string;
    threshold: number;
    effect: number | null;
    adjustedP: number | null;
    reason: string;
  }[];
}

/** `assay dataset drift NAME@1:train NAME@2:train`. */
export function addDriftCommand(dataset: Command, { session, end }: CommandContext): void {
  dataset
    .command('drift <reference> <sample>')
    .description('how far a sample lies from a reference, each NAME@VERSION:SPLIT')
    .option(
      '--from <what>',
      'rows, or profiles: those that `dataset profile` keeps, without reading a row (default rows)',
    )
    .option('--columns <names>', 'columns to compare, separated by commas; default: all that make sense')
    .option('--numeric-method <id>', 'what decides numeric columns (default ks)')
    .option('--categorical-method <id>', 'what decides other columns (default js_base2)')
    .option('--threshold <effect>', 'effect from which a column has drifted; default: that of its method')
    .option('--alpha <level>', "level of the p-values after Holm's correction (default 0.05)")
    .option('--share <share>', 'share of drifted columns from which the sample has drifted (default 0.5)')
    .option('--fail-on-drift', 'end with code 1 when the sample has drifted, 3 when that cannot be told')
    .action(async (reference: string, sample: string, options: DriftOptions, command: Command) => {
      const current = session(command);
      const report = await measure(current, reference, sample, options);
      current.answer(report, render(report));
      if (!options.failOnDrift) return;
      if (report.status === 'drifted') end(EXIT.fail);
      if (report.status === 'undefined') end(EXIT.inconclusive);
    });
}

async function measure(
  { client }: Session,
  reference: string,
  sample: string,
  options: DriftOptions,
): Promise<DriftReport> {
  const { job } = await client.post<{ job: JobView }>(client.projectPath('/drift-reports'), {
    reference: parseSplitReference(reference),
    sample: parseSplitReference(sample),
    from: options.from,
    columns: options.columns
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    numericMethod: options.numericMethod,
    categoricalMethod: options.categoricalMethod,
    threshold: number('--threshold', options.threshold),
    alpha: number('--alpha', options.alpha),
    shareAtLeast: number('--share', options.share),
  });
  return client.finished<DriftReport>(job, `comparing ${reference} and ${sample}`);
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw usageError(`${option} ${text}: expected a number.`);
  return value;
}

function render({ reference, sample, columns, status, reason, alpha }: DriftReport): string {
  const side = ({ ref, split, rows }: DriftReport['sample']) => `${ref}:${split} (${rows} rows)`;
  const rows = columns.map((column) => [
    column.status.replace('_', ' '),
    column.column,
    column.method,
    column.effect === null ? '' : Number(column.effect.toPrecision(4)).toString(),
    Number(column.threshold.toPrecision(4)).toString(),
    column.adjustedP === null ? '' : column.adjustedP < 0.0001 ? 'below 0.0001' : column.adjustedP.toFixed(4),
    column.reason,
  ]);
  return [
    `${status.replace('_', ' ')}: ${reason}`,
    `${side(sample)} against ${side(reference)}, alpha ${alpha}`,
    '',
    table(['STATUS', 'COLUMN', 'METHOD', 'EFFECT', 'FROM', 'ADJUSTED P', 'WHY'], rows),
  ].join('\n');
}
