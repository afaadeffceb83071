import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { AuditModule } from '../../../src/platform/audit/index.js';
import { AssayConfig, ConfigModule, projectRoot } from '../../../src/platform/config/index.js';
import { type RequestContext, runInContext } from '../../../src/platform/context/index.js';
import { DatabaseModule, newId, UnitOfWork } from '../../../src/platform/database/index.js';
import {
  JobProgram,
  JobRegistry,
  Jobs,
  type JobView,
  QueueModule,
} from '../../../src/platform/queue/index.js';
import { StorageModule } from '../../../src/platform/storage/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const KINDS = ['add', 'whole', 'refuse', 'refuse-storing', 'flaky', 'dies', 'query', 'stubborn'].map(
  (name) => `test.${name}`,
);
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The compiled platform is there: children of workers run nothing else. */
const isBuilt = existsSync(join(projectRoot(), 'dist', 'src', 'platform', 'queue', 'index.js'));

/** A queue on a database and a home of its own, as a process without workers sees it. */
export class OpenQueue {
  private readonly workers: ChildProcess[] = [];

  private constructor(
    readonly module: TestingModule,
    readonly database: TestDatabase,
    readonly home: string,
    readonly projectId: string,
  ) {}

  static async open(redisUrl?: string): Promise<OpenQueue> {
    const database = await createTestDatabase();
    const home = await mkdtemp(join(tmpdir(), 'assay-queue-'));
    const projectId = newId();
    await database.admin.query(`INSERT INTO project (id, name) VALUES ($1, 'credit')`, [projectId]);
    const config = AssayConfig.fromEnvironment({
      ASSAY_HOME: home,
      ASSAY_WORKERS: '0',
      ASSAY_LOG_LEVEL: 'silent',
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    });
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.register(config),
        DatabaseModule.register(database.appUrl),
        AuditModule,
        StorageModule,
        QueueModule,
      ],
    }).compile();
    for (const kind of KINDS) module.get(JobRegistry).register({ kind, run: neverHere });
    Logger.overrideLogger(false);
    await module.init();
    return new OpenQueue(module, database, home, projectId);
  }

  /** As a contributor of the project. */
  as<T>(work: () => Promise<T>, projectId = this.projectId): Promise<T> {
    const context: RequestContext = {
      requestId: 'request-1',
      projectId,
      projectName: 'credit',
      actor: { kind: 'key', id: 'key-1', name: 'ci', permissions: new Set(['read', 'contribute']) },
    };
    return runInContext(context, work);
  }

  request(kind: string, payload: object = {}): Promise<JobView> {
    const { module } = this;
    return this.as(() =>
      module.get(UnitOfWork).run(() => module.get(Jobs).request(kind, payload, { kind: 'test', id: '1' })),
    );
  }

  wait(id: string, seconds = 30): Promise<JobView> {
    return this.as(() => this.module.get(Jobs).wait(id, seconds));
  }

  get(id: string): Promise<JobView> {
    return this.as(() => this.module.get(Jobs).get(id));
  }

  cancel(id: string): Promise<JobView> {
    return this.as(() => this.module.get(Jobs).cancel(id));
  }

  /** Wait until `job` has said `message`. */
  async until(id: string, holds: (job: JobView) => boolean, seconds = 20): Promise<JobView> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const job = await this.get(id);
      if (holds(job)) return job;
      if (performance.now() > end) throw new Error(`waited in vain for job ${id}: ${JSON.stringify(job)}`);
      await sleep(50);
    }
  }

  /** The rows of the parts of a job, in the order in which they were asked for. */
  async parts(id: string): Promise<{ id: string; state: string; error: object | null }[]> {
    const { rows } = await this.database.admin.query<{ id: string; state: string; error: object | null }>(
      'SELECT * FROM job WHERE parent_id = $1 ORDER BY id',
      [id],
    );
    return rows;
  }

  /** A part of a job, once one is in this state. */
  async partOf(id: string, state: string, seconds = 30): Promise<string> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const part = (await this.parts(id)).find((each) => each.state === state);
      if (part) return part.id;
      if (performance.now() > end) throw new Error(`no part of job ${id} was ever ${state}`);
      await sleep(20);
    }
  }

  /** How many parts of a job are in which state, once none is unfinished. */
  async statesOfParts(id: string): Promise<Record<string, number>> {
    for (;;) {
      const states = (await this.parts(id)).map(({ state }) => state);
      if (states.some((state) => ['queued', 'running'].includes(state))) await sleep(50);
      else return Object.fromEntries([...new Set(states)].sort().map((state) => [state, states.filter((each) => each === state).length])); // prettier-ignore
    }
  }

  /** How often the effect of a job was stored. */
  async effects(id: string): Promise<number> {
    const { rows } = await this.database.admin.query<{ n: string }>(
      `SELECT count(*) AS n FROM outbox WHERE topic = 'test.stored' AND payload->'data'->>'jobId' = $1`,
      [id],
    );
    return Number(rows[0]!.n);
  }

  /** The process ids in which a job was computed, one for each time. */
  async runs(id: string): Promise<number[]> {
    const text = await readFile(join(this.home, `runs-${id}`), 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean).map(Number);
  }

  /** The process in which a job is computed, once one has begun to. */
  async firstRun(id: string, seconds = 60): Promise<number> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const [pid] = await this.runs(id);
      if (pid !== undefined) return pid;
      if (performance.now() > end) throw new Error(`nobody ran job ${id}`);
      await sleep(50);
    }
  }

  /** A worker in a process of its own, whose children run the jobs of queue-app.mjs. */
  async startWorker(workers = 1): Promise<ChildProcess> {
    if (!isBuilt) throw new Error('children of workers run compiled code: run npm run build');
    const program = this.module.get(JobProgram);
    const runtime = JSON.parse(program.environment.ASSAY_JOB_RUNTIME!) as { config: AssayConfig };
    runtime.config.workers = workers;
    const environment: NodeJS.ProcessEnv = {
      ...program.environment,
      ASSAY_JOB_RUNTIME: JSON.stringify(runtime),
    };
    delete environment.ASSAY_PROCESS;
    const worker = fork(pathToFileURL(join(HERE, 'queue-worker.mjs')), [], {
      env: environment,
      execArgv: [],
    });
    this.workers.push(worker);
    const [said] = (await Promise.race([
      once(worker, 'message'),
      once(worker, 'exit').then(([code]) => {
        throw new Error(`the worker ended with ${String(code)} before it was ready`);
      }),
    ])) as unknown[];
    if (said !== 'ready') throw new Error(`the worker said ${String(said)}`);
    return worker;
  }

  /** End a worker in good order. Resolves to its exit code. */
  async stopWorker(worker: ChildProcess): Promise<number | null> {
    if (worker.exitCode !== null || worker.signalCode !== null) return worker.exitCode;
    const gone = once(worker, 'exit') as Promise<[number | null]>;
    worker.send('stop');
    return (await gone)[0];
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => (worker.connected ? this.stopWorker(worker) : undefined)));
    await this.module.close();
    await this.database.drop();
    await rm(this.home, { recursive: true, force: true });
  }
}

const neverHere = () => Promise.reject(new Error('a process without workers ran a job'));

/** Whether a process runs. One that is dead but not yet buried by its new parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No /proc on this system, or gone in between: what kill said stands in the first case, and the next look tells in the second.
    return true;
  }
}
