import { EXIT, type ExitCode } from './exit-code.js';

/** The body of an error answer of the API (RFC 9457 problem details with Assay's fields). */
export interface Problem {
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  remedy?: string;
  fields?: { path: string; message: string }[];
  requestId?: string;
  [fact: string]: unknown;
}

/** What ends a command: a problem to print and the exit code to end with. */
export class CommandFailed extends Error {
  constructor(
    readonly problem: Problem,
    readonly exitCode: ExitCode = EXIT.error,
  ) {
    super(problem.detail ?? problem.title ?? problem.code ?? 'the command failed');
    this.name = 'CommandFailed';
  }
}

/** A command that was called wrongly. */
export function usageError(detail: string, remedy?: string): CommandFailed {
  return new CommandFailed({ code: 'USAGE', detail, remedy });
}

/** A problem as lines for a person: what, where, what to do. */
export function renderProblem(problem: Problem): string {
  const lines = [`error: ${problem.detail ?? problem.title ?? 'the server gave no reason'}`];
  for (const field of problem.fields ?? []) lines.push(`  at ${field.path}: ${field.message}`);
  if (problem.remedy) lines.push(`  remedy: ${problem.remedy}`);
  const codes = [problem.code, problem.requestId && `request ${problem.requestId}`].filter(Boolean);
  if (codes.length > 0) lines.push(`  (${codes.join(', ')})`);
  return lines.join('\n');
}

/** Any thrown thing as a problem; stack traces stay with the developer (`ASSAY_DEBUG=1`). */
export function problemOf(error: unknown): { problem: Problem; exitCode: ExitCode } {
  if (error instanceof CommandFailed) return { problem: error.problem, exitCode: error.exitCode };
  const cause = error as NodeJS.ErrnoException;
  const problem: Problem = { code: cause?.code ?? 'UNEXPECTED', detail: cause?.message ?? String(error) };
  if (cause?.code === 'ENOENT') problem.remedy = 'Check the name of the file.';
  return { problem, exitCode: EXIT.error };
}
