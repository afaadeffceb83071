import { Command } from 'commander';
import { text } from 'node:stream/consumers';
import type { JobView } from '../api-types.js';
import { type ErasureAnswer, renderErasure } from '../render-erasure.js';
import { usageError } from '../problem.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface Named {
  kind: string;
  id: string;
  label: string;
}

interface ReachAnswer {
  known: boolean;
  pseudonym: string | null;
  withdrawnAt: string | null;
  rows: { datasetVersion: string; split: string; rows: number }[];
  waiting: number;
  datasetVersions: Named[];
  runs: Named[];
  modelVersions: Named[];
  evaluations: Named[];
  gateDecisions: Named[];
  promotions: Named[];
  deployments: { modelVersionLabel: string; stage: string; state: string }[];
}

interface SubjectOptions {
  subject?: string;
}

const HELP = `
The subject is read from standard input, or from --subject (arguments are visible to other users of this machine). It is written
as the column of the data writes it; no log has it.`;

export function subjectCommand({ session }: CommandContext): Command {
  const subject = new Command('subject').description('people whom rows are about');
  const add = (name: 'find' | 'withdraw', description: string) =>
    subject
      .command(name)
      .description(description)
      .option('--subject <subject>', 'the subject, instead of standard input')
      .addHelpText('after', HELP)
      .action(async (options: SubjectOptions, command: Command) => {
        const current = session(command);
        const { client } = current;
        const answer = await client.post<ReachAnswer>(client.projectPath(`/subjects/${name}`), {
          subject: await subjectOf(options),
        });
        current.answer(answer, render(answer));
      });
  add('find', 'where the rows of a subject are: versions, runs, models, decisions, deployments');
  add('withdraw', 'withdraw the consent of a subject, for good: whatever rests on its rows passes no gate');
  subject
    .command('erase')
    .description(
      'erase the rows of a subject everywhere and forget it; versions that lose rows are followed by ones without',
    )
    .option('--subject <subject>', 'the subject, instead of standard input')
    .addHelpText('after', HELP)
    .action(async (options: SubjectOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const { job } = await client.post<{ job: JobView }>(client.projectPath('/subjects/erase'), {
        subject: await subjectOf(options),
      });
      const report = await client.finished<ErasureAnswer>(job, 'erasing');
      current.answer(report, renderErasure(report));
    });
  return subject;
}

/** One line ending is the shell's, not the subject's. */
async function subjectOf({ subject }: SubjectOptions): Promise<string> {
  const given = subject ?? (process.stdin.isTTY ? '' : (await text(process.stdin)).replace(/\r?\n$/, ''));
  if (given === '') throw usageError('No subject: expected it on standard input or after --subject.');
  return given;
}

function render(answer: ReachAnswer): string {
  const waiting = `waiting     ${answer.waiting} rows in sampling plans`;
  if (!answer.known)
    return ['Nothing is known of this subject.', ...(answer.waiting > 0 ? [waiting] : [])].join('\n');
  const lists: [string, string[]][] = [
    ['versions', answer.datasetVersions.map(({ label }) => label)],
    ['runs', answer.runs.map(({ label, id }) => `${label} (${id})`)],
    ['models', answer.modelVersions.map(({ label }) => label)],
    ['evaluations', answer.evaluations.map(({ id }) => id)],
    ['decisions', answer.gateDecisions.map(({ label, id }) => `${label} (${id})`)],
    ['promotions', answer.promotions.map(({ label }) => label)],
    [
      'deployments',
      answer.deployments.map(
        ({ modelVersionLabel, stage, state }) => `${modelVersionLabel} at ${stage} (${state})`,
      ),
    ],
  ];
  return [
    `subject ${answer.pseudonym}`,
    answer.withdrawnAt ? `consent withdrawn ${answer.withdrawnAt}` : 'consent not withdrawn',
    '',
    table(
      ['VERSION', 'SPLIT', 'ROWS'],
      answer.rows.map(({ datasetVersion, split, rows }) => [datasetVersion, split, String(rows)]),
    ),
    '',
    ...(answer.waiting > 0 ? [waiting] : []),
    ...lists.map(([what, found]) => `${what.padEnd(11)} ${found.join(', ') || 'none'}`),
  ].join('\n');
}
