/** What a job is given while it runs. */
export interface JobContext {
  readonly jobId: string;
  /** Aborted when the job is cancelled or its process is to stop. Hand it to `Duck.with` and to anything that takes one. */
  readonly signal: AbortSignal;
  /** Say how far it is, from 0 to 1, and what it is doing. May be called often: what is stored is throttled. */
  progress(fraction: number, message: string): Promise<void>;
  /** Throws when the job is to stop. Call it in loops that nothing else interrupts. */
  throwIfCancelled(): void;
}

/**
 * A kind of job. `run` computes, outside any transaction and possibly more than once, and returns the function that
 * stores. That one runs in the unit of work that also finishes the job, so its effects happen exactly once; what it
 * returns is the job's result, which every reader of the project may see.
 *
 * An AssayError ends the job for good with its code, message and details. Any other error is tried again, three times in all.
 */
export interface JobDefinition {
  /** `dataset.ingest`, `evaluation.run`, ... Part of the API. */
  kind: string;
  // Each definition knows its own payload, which was checked before the job was requested.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  run(payload: any, job: JobContext): Promise<() => Promise<object>>;
}
