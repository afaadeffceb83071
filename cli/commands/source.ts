import { Command } from 'commander';
import { table } from '../table.js';
import { collect, type CommandContext } from './command-context.js';

interface SourceAnswer {
  id: string;
  name: string;
  revision: number;
  kind: string;
  licence: string | null;
  licenceText: string | null;
  personal: boolean;
  basis: string | null;
  scope: string[] | null;
  expiresAt: string | null;
  collectedFrom: string | null;
  collectedUntil: string | null;
  owner: string | null;
  contact: string | null;
  description: string | null;
  createdAt: string;
  createdBy: string;
}

interface AddOptions {
  kind: string;
  licence?: string;
  licenceText?: string;
  personal?: boolean;
  basis?: string;
  purpose?: string[];
  expires?: string;
  collectedFrom?: string;
  collectedUntil?: string;
  owner?: string;
  contact?: string;
  description?: string;
}

export function sourceCommand({ session }: CommandContext): Command {
  const source = new Command('source').description('where data come from, and on what terms');
  source
    .command('add <name>')
    .description('say it; other terms under the same name are the next revision')
    .requiredOption('--kind <kind>', 'logs, user_interactions, simulation, third_party or synthetic')
    .option('--licence <spdx>', 'SPDX licence expression, or LicenseRef-NAME')
    .option('--licence-text <text>', 'the terms in words, where no list has them')
    .option('--personal', 'rows are about people')
    .option(
      '--basis <basis>',
      'GDPR article 6: consent, contract, legal_obligation, vital_interests, public_task or legitimate_interests',
    )
    .option(
      '--purpose <purpose>',
      'what the data may be used for; once for each (default: anything)',
      collect,
    )
    .option('--expires <time>', 'when the terms run out: YYYY-MM-DD, or an RFC 3339 time')
    .option('--collected-from <day>', 'first day of collection')
    .option('--collected-until <day>', 'last day of collection')
    .option('--owner <name>', 'who owns it')
    .option('--contact <address>', 'whom to ask')
    .option('--description <text>', 'what else to know')
    .action(async (name: string, options: AddOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const { purpose, expires, ...rest } = options;
      const answer = await client.post<SourceAnswer>(client.projectPath('/sources'), {
        name,
        ...rest,
        scope: purpose,
        expiresAt: expires,
      });
      current.answer(answer, render(answer));
    });
  source
    .command('show <name>')
    .description('NAME for the latest revision, or NAME@REVISION')
    .action(async (name: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const answer = await client.get<SourceAnswer>(
        client.projectPath(`/sources/${encodeURIComponent(name)}`),
      );
      current.answer(answer, render(answer));
    });
  source
    .command('list')
    .description('all sources, each in its latest revision')
    .action(async (_options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const items = await client.all<SourceAnswer>(client.projectPath('/sources'));
      const rows = items.map((each) => [
        `${each.name}@${each.revision}`,
        each.kind,
        licenceOf(each),
        each.personal ? (each.basis ?? 'personal, no basis') : '',
        each.scope?.join(', ') ?? 'anything',
        each.expiresAt?.slice(0, 10) ?? '',
      ]);
      current.answer(items, table(['SOURCE', 'KIND', 'LICENCE', 'BASIS', 'PURPOSES', 'UNTIL'], rows));
    });
  return source;
}

const licenceOf = ({ licence, licenceText }: SourceAnswer) => licence ?? (licenceText ? 'in words' : 'none');

function render(source: SourceAnswer): string {
  const { collectedFrom, collectedUntil } = source;
  return [
    `${source.name}@${source.revision}  ${source.id}`,
    `kind      ${source.kind}`,
    `licence   ${licenceOf(source)}`,
    `personal  ${source.personal ? `yes, basis: ${source.basis ?? 'none'}` : 'no'}`,
    `purposes  ${source.scope?.join(', ') ?? 'anything'}`,
    `until     ${source.expiresAt ?? 'for good'}`,
    ...(collectedFrom || collectedUntil
      ? [`collected ${collectedFrom ?? '?'} to ${collectedUntil ?? '?'}`]
      : []),
    ...(source.owner ? [`owner     ${source.owner}`] : []),
    ...(source.contact ? [`contact   ${source.contact}`] : []),
  ].join('\n');
}
