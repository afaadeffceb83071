import { Command } from 'commander';
import { runDemo } from '../demo/run-demo.js';
import type { CommandContext } from './command-context.js';

export function demoCommand({ session }: CommandContext): Command {
  return new Command('demo')
    .description('gate two models that are trained on real data, from a data set to a promotion')
    .option('--exit', 'end when done instead of serving on')
    .action(async (options: { exit?: boolean }, command: Command) => {
      await runDemo(session(command), options);
    });
}
