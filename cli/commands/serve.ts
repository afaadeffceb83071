import { Command } from 'commander';
import { resolve } from 'node:path';
import { EXIT } from '../exit-code.js';
import { spawnProgram, stop, type ServeOptions } from '../local-server.js';
import type { CommandContext } from './command-context.js';

export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description('serve REST, GraphQL and a worker, with a PostgreSQL of its own unless DATABASE_URL is set')
    .option('--port <n>', 'port (ASSAY_PORT; 0 takes a free one)')
    .option('--home <dir>', 'folder of its data (ASSAY_HOME; default .assay in the package)')
    .action((options: ServeOptions) => foreground('main', options, context));
}

export function workerCommand(context: CommandContext): Command {
  return new Command('worker')
    .description('another worker for the queue of a server')
    .option('--home <dir>', 'folder of its data (ASSAY_HOME)')
    .action((options: ServeOptions) => foreground('worker', options, context));
}

/** Runs in the foreground, passes on Ctrl-C and SIGTERM, and ends as the program ends. */
async function foreground(
  name: 'main' | 'worker',
  options: ServeOptions,
  context: CommandContext,
): Promise<void> {
  const { env, cwd } = context.surroundings;
  const home = options.home === undefined ? undefined : resolve(cwd, options.home);
  const child = spawnProgram(name, { ...options, home }, env, 'inherit');
  // A terminal sends SIGINT to the child as well: nothing is to be done but to outlive it.
  const ignore = () => undefined;
  const pass = () => void stop(child, 60_000);
  process.on('SIGINT', ignore).on('SIGTERM', pass);
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  process.off('SIGINT', ignore).off('SIGTERM', pass);
  context.end(code === 0 || code === null ? EXIT.pass : EXIT.error);
}
