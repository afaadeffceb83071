import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import type { Session, Surroundings } from '../session.js';

/** What every command is made with. */
export interface CommandContext {
  surroundings: Surroundings;
  /** The session of the command that runs now. */
  session(command: Command): Session;
  /** Sets the exit code of a command whose answer is not simply yes. */
  end(code: ExitCode): void;
}

/** For options that may be given more than once. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
