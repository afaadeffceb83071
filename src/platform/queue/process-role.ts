/** The variable that marks the child of a worker: it runs jobs and nothing else, no sweeping, no sending. */
export const PROCESS_ROLE = 'ASSAY_PROCESS';

export const JOB_PROCESS = 'job';

export const isJobProcess = (): boolean => process.env[PROCESS_ROLE] === JOB_PROCESS;
