import type { Command } from 'commander';
import type { JobView } from '../api-types.js';
import { metricRow } from '../render-split.js';
import { parseSplitReference } from '../split-arguments.js';
import { table } from '../table.js';
import { collect, type CommandContext } from './command-context.js';

interface AblationOptions {
  on: string;
  without: string[];
}

interface AblationReport {
  split: string;
  n: number;
  full: { ref: string; accuracy: number };
  ablated: {
    ref: string;
    accuracy: number;
    changed: { factor: string }[] | null;
    effect: Parameters<typeof metricRow>[0][1];
    p: number | null;
    adjustedP: number | null;
  }[];
}

/** `assay evaluation ablation net@1 --on digits@1:validation --without net@2 --without net@3`. */
export function addAblationCommand(evaluation: Command, { session }: CommandContext): void {
  evaluation
    .command('ablation <full>')
    .description('what factors are worth: models that lack one thing each against the full one, NAME@VERSION')
    .requiredOption('--on <dataset:split>', 'the open split on which all were evaluated')
    .requiredOption('--without <name@version>', 'a model that lacks one thing; once for each', collect)
    .addHelpText(
      'after',
      '\nFactors are the params of the runs of the model versions, their data and their parent.',
    )
    .action(async (full: string, { on, without }: AblationOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const { job } = await client.post<{ job: JobView }>(client.projectPath('/ablation-reports'), {
        ...parseSplitReference(on),
        full,
        ablated: without,
      });
      const report = await client.finished<AblationReport>(job, `comparing with ${full}`);
      current.answer(report, render(report));
    });
}

function render({ split, n, full, ablated }: AblationReport): string {
  const level = (p: number | null) => (p === null ? '' : p < 0.0001 ? 'below 0.0001' : p.toFixed(4));
  return [
    `${full.ref} on ${split}: accuracy ${full.accuracy.toFixed(4)}, n ${n}`,
    '',
    table(
      ['WITHOUT', 'MODEL', 'ACCURACY', 'WORTH', '95 % INTERVAL', 'P', 'ADJUSTED P'],
      ablated.map(({ ref, accuracy, changed, effect, p, adjustedP }) => {
        const [factors, worth, interval] = metricRow([
          changed?.map(({ factor }) => factor).join(', ') ?? '?',
          effect,
        ]);
        return [factors!, ref, accuracy.toFixed(4), worth!, interval!, level(p), level(adjustedP)];
      }),
    ),
  ].join('\n');
}
