import { Command } from 'commander';
import { readText } from '../local-file.js';
import type { CommandContext } from './command-context.js';

interface PolicyAnswer {
  id: string;
  name: string;
  stage: string | null;
  version: number;
  digest: string;
}

export function policyCommand({ session }: CommandContext): Command {
  const policy = new Command('policy').description('gate policies');
  policy
    .command('push <file>')
    .description('store a policy (YAML or JSON) as the next version of its name')
    .action(async (file: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const answer = await client.post<PolicyAnswer>(client.projectPath('/policies'), {
        document: readText(file),
      });
      current.answer(
        answer,
        `${answer.name}@${answer.version} for stage ${answer.stage ?? '(none)'}\ndigest ${answer.digest}`,
      );
    });
  policy
    .command('test <file>')
    .description('check a policy on the server without storing it')
    .action(async (file: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const answer = await client.post<object>(client.projectPath('/policies/validate'), {
        document: readText(file),
      });
      current.answer(answer, `${file} is a valid policy`);
    });
  return policy;
}
