import { Command } from 'commander';
import type { ApiKeyAnswer } from '../api-types.js';
import { table } from '../table.js';
import { collect, type CommandContext } from './command-context.js';

interface CreateOptions {
  role: string[];
  scope?: string[];
  expires?: string;
  name?: string;
}

export function keyCommand({ session }: CommandContext): Command {
  const key = new Command('key').description('API keys of the project');
  key
    .command('create')
    .description('make a key; its secret is shown this once')
    .requiredOption(
      '--role <role>',
      'viewer, contributor, reviewer, approver, auditor or admin; may be repeated',
      collect,
    )
    .option(
      '--scope <permission>',
      'narrow the key to this permission of its roles; may be repeated',
      collect,
    )
    .option('--expires <duration>', 'lifetime, e.g. 90d, 12h; none when left out')
    .option('--name <name>', 'what it is for')
    .action(async (options: CreateOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const made = await client.post<ApiKeyAnswer>(client.projectPath('/keys'), {
        roles: options.role,
        scopes: options.scope,
        expires: options.expires,
        name: options.name,
      });
      const until = made.expiresAt ? `until ${made.expiresAt}` : 'without end';
      current.answer(
        { ...made, role: made.roles[0] },
        `${made.secret}\n${made.roles.join(', ')}, ${until} (${made.id})`,
      );
    });
  key
    .command('list')
    .description('all keys, newest first')
    .action(async (_options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const keys = await client.all<ApiKeyAnswer>(client.projectPath('/keys'));
      current.answer(keys, table(['ID', 'PREFIX', 'ROLES', 'NAME', 'STATE', 'LAST USED'], keys.map(keyRow)));
    });
  key
    .command('revoke <id>')
    .description('end a key now')
    .action(async (id: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const revoked = await client.delete<ApiKeyAnswer>(
        client.projectPath(`/keys/${encodeURIComponent(id)}`),
      );
      current.answer(revoked, `${id} is revoked`);
    });
  return key;
}

function keyRow(key: ApiKeyAnswer): string[] {
  const state = key.revokedAt ? 'revoked' : key.expiresAt ? `until ${key.expiresAt}` : 'valid';
  return [key.id, key.prefix, key.roles.join(','), key.name, state, key.lastUsedAt ?? 'never'];
}
