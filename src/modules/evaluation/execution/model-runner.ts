import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../platform/config/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { modelError } from './execution.errors.js';
import type { Question, Reply } from './model-process.js';
import type { FeatureBatch, LoadedModel, LoadOrder, ModelAnswer } from './model-runtime.js';

export interface ModelLimits {
  /** Of the process, from its start: for loading and for every row. */
  seconds: number;
  /** Resident memory of the process, with all that is native. */
  memoryMb: number;
}

/** Which certificate authorities the operator trusts beside the usual ones: Node's own variable, read when a process starts. */
export function trustedAuthorities(environment = process.env): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS: file } = environment;
  return file === undefined ? {} : { NODE_EXTRA_CA_CERTS: file };
}

const LOOK_EVERY_MS = 50;
const KEPT_OF_STDERR = 4_000;

/**
 * A model in a process of its own, with no environment but what is given, that is killed at its limits. Questions follow one another: the next batch is
 * sent when the last is answered.
 */
export class ModelRunner {
  private readonly child: ChildProcess;
  private readonly ended: Promise<never>;
  private fail: (error: unknown) => void = () => {};
  private isOver = false;
  private words = '';
  private readonly timer: NodeJS.Timeout;
  private readonly watch: NodeJS.Timeout;

  constructor(
    folder: string,
    private readonly limits: ModelLimits,
    private readonly signal: AbortSignal,
    environment: Record<string, string> = {},
  ) {
    this.ended = new Promise<never>((_, reject) => (this.fail = reject));
    // Somebody waits for it while a question is open; between two it is looked at by the next.
    this.ended.catch(() => undefined);
    this.child = fork(programPath(), [], {
      cwd: folder,
      // No secret, no database, no proxy.
      env: environment,
      execArgv: [`--max-old-space-size=${limits.memoryMb}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr!.on('data', (chunk: Buffer) => {
      this.words = (this.words + chunk.toString('latin1')).slice(-KEPT_OF_STDERR);
    });
    this.child.on('error', (error) => this.stop(error));
    this.child.on('close', (code, by) => this.stop(this.crash(code, by)));
    this.timer = setTimeout(() => this.stop(timedOut(limits)), limits.seconds * 1000);
    this.watch = setInterval(() => void this.lookAtMemory(), LOOK_EVERY_MS);
    signal.addEventListener('abort', this.abort, { once: true });
    if (signal.aborted) this.abort();
  }

  /** Loads the model and holds its signature to the columns. Throws InvalidInputError, MODEL_... */
  async load(order: LoadOrder): Promise<LoadedModel> {
    return (await this.ask({ load: order }, 'loaded')) as LoadedModel;
  }

  /** Throws InvalidInputError, MODEL_... */
  async run(batch: FeatureBatch): Promise<ModelAnswer> {
    return (await this.ask({ run: batch }, 'answer')) as ModelAnswer;
  }

  /** Ends the process at once. */
  close(): void {
    this.stop(new Error('the model was closed'));
  }

  private async ask(question: Question, wanted: 'loaded' | 'answer'): Promise<unknown> {
    const replied = new Promise<Reply>((resolve) => this.child.once('message', resolve));
    if (!this.isOver) this.child.send(question, (error) => error && this.stop(error));
    const reply = await Promise.race([replied, this.ended]);
    if ('refused' in reply) {
      const { code, message, details } = reply.refused;
      throw new InvalidInputError(code, message, { ...details });
    }
    if ('broke' in reply) throw new Error(`the model process failed: ${reply.broke}`);
    return (reply as Record<string, unknown>)[wanted];
  }

  private readonly abort = (): void => this.stop(this.signal.reason);

  private stop(why: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    clearInterval(this.watch);
    this.signal.removeEventListener('abort', this.abort);
    this.child.kill('SIGKILL');
    this.fail(why);
  }

  private async lookAtMemory(): Promise<void> {
    const used = await peakMemoryMb(this.child.pid);
    if (used !== null && used > this.limits.memoryMb) this.stop(outOfMemory(this.limits));
  }

  private crash(code: number | null, by: NodeJS.Signals | null): Error {
    if (/heap out of memory|bad_alloc|Array buffer allocation failed/i.test(this.words))
      return outOfMemory(this.limits);
    return modelError(
      'MODEL_CRASHED',
      `the process of the model ended with ${by ?? `code ${code}`} while it ran`,
      'Run the model on its own outside Assay; one that ends its process cannot be judged.',
    );
  }
}

/** The highest that it ever was, where the system tells; null elsewhere and for a process that is gone. */
async function peakMemoryMb(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const found = /^VmHWM:\s+(\d+) kB/m.exec(status);
  return found ? Number(found[1]) / 1024 : null;
}

/** The compiled file: where the caller itself runs uncompiled, as in tests, it must have been built before. */
const programPath = () =>
  join(projectRoot(), 'dist', 'src', 'modules', 'evaluation', 'execution', 'model-process.js');

const timedOut = ({ seconds }: ModelLimits) =>
  modelError(
    'MODEL_TIMED_OUT',
    `the model did not finish the split within ${seconds} seconds`,
    'Make the model faster or the split smaller; the limit is the setting ASSAY_MODEL_SECONDS.',
  );

const outOfMemory = ({ memoryMb }: ModelLimits) =>
  modelError(
    'MODEL_OUT_OF_MEMORY',
    `the model took more than ${memoryMb} MB`,
    'Make the model smaller; the limit is the setting ASSAY_MODEL_MEMORY_MB.',
  );
