import { type QueueOptions, Worker } from 'bullmq';
import { isDatabaseAway } from '../database/index.js';
import { isOutOfFiles } from '../files/out-of-files.js';
import type { JobProgram } from './job-program.js';
import type { QueuedJob } from './job-runner.js';
import { childPoolOf, waitForFiles } from './patient-children.js';
import { QUEUE } from './queue-connection.js';

/** Without a sign of life of the worker for this long, its jobs are given to others. */
const LOCK_MS = 10_000;
const LOOK_FOR_STALLED_MS = 3_000;
/** A worker that slept through the news of a job looks by itself after so long. */
const LOOK_FOR_JOBS_SECONDS = 1;
/** A job may lose its worker this often; the row counts its starts and has the last word. */
const MAX_STALLED = 10;
/** Between two looks for jobs while the database is away. */
const AWAY_PAUSE_MS = 1_000;

/**
 * BullMQ rests only where a connection was refused. From a database that crashed or is starting, or where no file is left for a
 * connection, it hears other words, upon which it would ask again at once, hundreds of times a second, and complain each time.
 */
class PatientWorker extends Worker<QueuedJob> {
  protected override async moveToActive(...where: Parameters<Worker<QueuedJob>['moveToActive']>) {
    try {
      return await super.moveToActive(...where);
    } catch (error) {
      throw isDatabaseAway(error) || isOutOfFiles(error)
        ? Object.assign(new Error('the database is away'), { code: 'ECONNREFUSED' })
        : error;
    }
  }
}

/** A worker whose jobs run in child processes: BullMQ's sandbox. It takes none until it is told to run. */
export function createSandboxWorker(options: QueueOptions, program: JobProgram): Worker<QueuedJob> {
  const worker = new PatientWorker(QUEUE, program.url, {
    ...options,
    autorun: false,
    concurrency: program.shares.workers,
    runRetryDelay: AWAY_PAUSE_MS,
    drainDelay: LOOK_FOR_JOBS_SECONDS,
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_FOR_STALLED_MS,
    maxStalledCount: MAX_STALLED,
    workerForkOptions: {
      env: program.environment,
      execArgv: ['--enable-source-maps', `--max-old-space-size=${program.shares.heapMb}`],
    },
  });
  waitForFiles(worker);
  return worker;
}

/** Fork the children before there is work for them, so that no job need wait for one to start. */
export async function warm(worker: Worker<QueuedJob>, program: JobProgram): Promise<void> {
  const pool = childPoolOf(worker);
  if (!pool) return;
  const { href } = program.url;
  const children = await Promise.all(Array.from({ length: program.shares.workers }, () => pool.retain(href)));
  for (const child of children) pool.release(child);
}
