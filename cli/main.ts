import { CommanderError } from 'commander';
import { EXIT } from './exit-code.js';
import { problemOf, renderProblem } from './problem.js';
import { createProgram } from './program.js';
import type { Surroundings } from './session.js';

/** Runs `assay` with the given arguments (without node and script). Returns the exit code. */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT.pass;
  const program = createProgram(surroundings, (code) => (exitCode = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has already written its message; --help and --version come here with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.error;
    const { problem, exitCode: failed } = problemOf(error);
    const text = argv.includes('--json') ? JSON.stringify(problem) : renderProblem(problem);
    surroundings.stderr.write(`${text}\n`);
    if (surroundings.env.ASSAY_DEBUG && error instanceof Error) surroundings.stderr.write(`${error.stack}\n`);
    return failed;
  }
}

/** The process's own arguments and streams. The exit code is set, not forced, so that a pipe is written to its end. */
export async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.error);
    throw error;
  });
  process.exitCode = await run(process.argv.slice(2), {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
  });
}
