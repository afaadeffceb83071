import { Command } from 'commander';
import type { JobView } from '../api-types.js';
import type { CommandContext } from './command-context.js';

export function jobCommand({ session }: CommandContext): Command {
  const job = new Command('job').description('long work on the server');
  job
    .command('show <id>')
    .description('how far a job is, and how it ended')
    .action(async (id: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const view = await client.get<JobView>(client.projectPath(`/jobs/${encodeURIComponent(id)}`));
      current.answer(view, renderJob(view));
    });
  job
    .command('cancel <id>')
    .description('stop a job')
    .action(async (id: string, _options: object, command: Command) => {
      const current = session(command);
      const { client } = current;
      const view = await client.post<JobView>(client.projectPath(`/jobs/${encodeURIComponent(id)}/cancel`));
      current.answer(view, renderJob(view));
    });
  return job;
}

function renderJob(job: JobView): string {
  const lines = [
    `${job.kind} ${job.id}: ${job.state}, ${Math.floor(job.progress * 100)}%${job.message ? `, ${job.message}` : ''}`,
  ];
  if (job.error) lines.push(`${job.error.code}: ${job.error.message}`);
  return lines.join('\n');
}
