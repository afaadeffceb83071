import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type ChildPool, type Worker } from 'bullmq';
import { isOutOfFiles } from '../files/out-of-files.js';
import type { QueuedJob } from './job-runner.js';

/** What Node opens to start a process: pairs of sockets for its streams and its channel, and what tells that it has begun. */
const FILES_OF_CHILD = 16;
const PAUSE_MS = 500;

// BullMQ tells nobody that a process did not start (an `error` without a listener ends this one), and waits for ever for one that
// ended while it started.
const { init } = Child.prototype;
Child.prototype.init = async function (this: Child) {
  this.on('error', () => undefined);
  const ended = new Promise<never>((_, reject) => {
    this.once('exit', (code, signal) =>
      reject(new Error(`Unexpected exit code: ${code} signal: ${signal}, while it started`)),
    );
  });
  await Promise.race([init.call(this), ended]);
};

// It does not wait for what it sends a process, either: to one that ended just before, the failure would be nobody's and end this one.
// Whoever waits for the job learns it as what it is, an exit.
const { send } = Child.prototype;
Child.prototype.send = async function (this: Child, message: unknown) {
  try {
    await send.call(this, message);
  } catch {
    this.emit('exit', this.exitCode, this.signalCode);
  }
};

/** The pool from which a worker takes the processes of its jobs. */
export const childPoolOf = (worker: Worker<QueuedJob>) =>
  Reflect.get(worker, 'childPool') as ChildPool | undefined;

/** Let a worker start no process before there are files to start it with: a job waits for that, and does not fail. */
export function waitForFiles(worker: Worker<QueuedJob>): void {
  const pool = childPoolOf(worker);
  if (!pool) return;
  const retain = pool.retain.bind(pool);
  pool.retain = async (program) => {
    while (!hasFilesFor(FILES_OF_CHILD) && !worker.closing) await sleep(PAUSE_MS);
    return retain(program);
  };
}

function hasFilesFor(count: number): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'));
    return true;
  } catch (error) {
    return !isOutOfFiles(error);
  } finally {
    for (const file of opened) closeSync(file);
  }
}
