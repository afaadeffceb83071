import { AssayError, ConflictError, NotFoundError, type ErrorDetails } from '../errors/index.js';
import type { JobState } from './job.state.js';

/** How a failed job explains itself. */
export interface JobError {
  code: string;
  message: string;
  details: ErrorDetails;
}

export const jobNotFound = (id: string) =>
  new NotFoundError('JOB_NOT_FOUND', `no job ${JSON.stringify(id.slice(0, 80))} in this project`);

export const jobFinished = (id: string, state: JobState) =>
  new ConflictError(
    'JOB_FINISHED',
    `job ${id} has already ${state}; expected a job that is queued or running`,
  );

/** Why a job's signal is aborted when somebody cancels it. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
  constructor() {
    super('the job was cancelled');
  }
}

/** Why it is aborted when its process is to stop: the job goes back to the queue. */
export class ProcessStopping extends Error {
  override readonly name = 'ProcessStopping';
  constructor() {
    super('this process is stopping; the job will be run by another');
  }
}

/** Why it is aborted when its row says that another attempt has taken over or the job is finished. */
export class AttemptSuperseded extends Error {
  override readonly name = 'AttemptSuperseded';
  constructor() {
    super('this attempt no longer counts');
  }
}

/** What a client learns of an error that ended a job. An error nobody foresaw shows a request id, never its own words. */
export function jobError(error: unknown, requestId: string, attempts: number): JobError {
  if (error instanceof AssayError) {
    return { code: error.code, message: error.message, details: error.details };
  }
  return {
    code: 'JOB_FAILED',
    message: `the job failed ${attempts === 1 ? 'once' : `${attempts} times`} for a reason inside Assay`,
    details: {
      requestId,
      remedy: `tell the operator this request id, by which the logs know the reason: ${requestId}`,
    },
  };
}

/**
 * An unforeseen error for the log. Databases quote the values they choke on, and those may be labels or people's data: what
 * stands in quotes or parentheses is left out.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: firstLine(error.message)
      .replaceAll(/'[^']*'|"[^"]*"|`[^`]*`|\([^)]*\)/g, '[...]')
      .slice(0, 300),
    frames: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 12),
  };
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
