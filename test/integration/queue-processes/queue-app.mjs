// The platform without the modules, compiled, with jobs that misbehave in every way a test needs. Forks run JavaScript, so
// this is not TypeScript.
import 'reflect-metadata';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { AuditModule } from '../../../dist/src/platform/audit/index.js';
import { AssayConfig, ConfigModule } from '../../../dist/src/platform/config/index.js';
import { currentContext } from '../../../dist/src/platform/context/index.js';
import { DatabaseModule } from '../../../dist/src/platform/database/index.js';
import { Duck, DuckModule } from '../../../dist/src/platform/duckdb/index.js';
import { InvalidInputError } from '../../../dist/src/platform/errors/index.js';
import {
  inheritedRuntime,
  JobParts,
  JobProgram,
  JobRegistry,
  Jobs,
  Outbox,
  QueueModule,
} from '../../../dist/src/platform/queue/index.js';
import { StorageModule } from '../../../dist/src/platform/storage/index.js';

// The worker of these tests forks the program of these tests.
Object.defineProperty(JobProgram.prototype, 'url', {
  get: () => new URL('./queue-program.mjs', import.meta.url),
});

class TestApp {}

export async function createTestContext() {
  const { config, databaseUrl } = inheritedRuntime();
  const imports = [
    ConfigModule.register(config),
    DatabaseModule.register(databaseUrl),
    AuditModule,
    StorageModule,
    QueueModule,
    DuckModule,
  ];
  const context = await NestFactory.createApplicationContext(
    { module: TestApp, imports },
    { logger: false, abortOnError: false },
  );
  for (const job of jobs(context)) context.get(JobRegistry).register(job);
  return context;
}

function jobs(context) {
  const { home } = context.get(AssayConfig);
  const outbox = context.get(Outbox);
  /** Counts the runs of a job across processes. */
  const countRun = async (jobId) => {
    const path = join(home, `runs-${jobId}`);
    await appendFile(path, `${process.pid}\n`);
    return (await readFile(path, 'utf8')).trim().split('\n').length;
  };
  /** An effect that can be counted, stored with the job's completion. */
  const stored = (jobId, result) => async () => {
    await outbox.publish('test.stored', { jobId });
    return result;
  };
  return [
    {
      kind: 'test.add',
      async run({ a, b, takes = 0 }, job) {
        await countRun(job.jobId);
        for (let done = 0; done < takes; done += 50) {
          await sleep(50);
          job.throwIfCancelled();
          await job.progress(done / takes, `adding, ${done} of ${takes} ms`);
        }
        const { actor, projectName, requestId } = currentContext();
        return stored(job.jobId, {
          sum: a + b,
          pid: process.pid,
          actor: { ...actor, permissions: [...actor.permissions] },
          projectName,
          requestId,
        });
      },
    },
    {
      // Asks for `parts` parts of the kind `kind`, then adds up what they gave.
      kind: 'test.whole',
      async run({ parts, kind = 'test.add', payload = {} }, job) {
        await countRun(job.jobId);
        const done = await context.get(JobParts).of(job.jobId);
        if (done.length > 0)
          return stored(job.jobId, { sum: done.reduce((sum, { result }) => sum + result.sum, 0) });
        return async () => {
          for (let part = 0; part < parts; part += 1)
            await context
              .get(Jobs)
              .request(part === 0 ? kind : 'test.add', { a: 1, b: part, ...payload }, undefined, job.jobId);
          return {};
        };
      },
    },
    {
      kind: 'test.refuse',
      async run() {
        throw new InvalidInputError('TEST_REFUSED', 'found 2, expected 1', { remedy: 'send 1' });
      },
    },
    {
      kind: 'test.refuse-storing',
      async run(_payload, job) {
        return async () => {
          await outbox.publish('test.stored', { jobId: job.jobId });
          throw new InvalidInputError('TEST_REFUSED', 'somebody was faster');
        };
      },
    },
    {
      kind: 'test.flaky',
      async run({ failures }, job) {
        if ((await countRun(job.jobId)) <= failures)
          throw new Error(`could not parse 'sealed-label' with password hunter2`);
        return stored(job.jobId, { ok: true });
      },
    },
    {
      kind: 'test.dies',
      async run({ times }, job) {
        if ((await countRun(job.jobId)) <= times) process.kill(process.pid, 'SIGKILL');
        return stored(job.jobId, { ok: true });
      },
    },
    {
      kind: 'test.query',
      async run(_payload, job) {
        await context.get(Duck).with(async (db) => {
          await job.progress(0.5, 'querying');
          await db.rows(
            'SELECT count(*) FROM range(100000000) a(i), range(100000000) b(j) WHERE i * j % 7 = 3',
          );
        }, job.signal);
        return stored(job.jobId, {});
      },
    },
    {
      kind: 'test.stubborn',
      async run(_payload, job) {
        await job.progress(0.5, 'deaf');
        for (;;) Math.sqrt(performance.now());
      },
    },
  ];
}
