import { Command } from 'commander';
import type { CommandContext } from './command-context.js';

export function experimentCommand({ session }: CommandContext): Command {
  const experiment = new Command('experiment').description('experiments: runs that belong together');
  experiment
    .command('create <name>')
    .description('make an experiment')
    .action(async (name: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const made = await client.post<{ id: string; name: string }>(client.projectPath('/experiments'), {
        name,
      });
      current.answer(made, `${made.name}  ${made.id}`);
    });
  return experiment;
}
