import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { SandboxedJob } from 'bullmq';
import { AppModule } from './app.module.js';
import { endWithParent, inheritedRuntime, JobRunner, type QueuedJob } from './platform/queue/index.js';
import { createLogger, NestLogger } from './platform/telemetry/index.js';

/** The program of a worker's child process: the whole of Assay without HTTP, running one job at a time. */
export async function createJobContext(): Promise<INestApplicationContext> {
  const runtime = inheritedRuntime();
  return NestFactory.createApplicationContext(AppModule.register(runtime), {
    logger: new NestLogger(createLogger(runtime.config.logLevel)),
    abortOnError: false,
  });
}

endWithParent();

const context = await createJobContext();
const runner = context.get(JobRunner);

// BullMQ's sandbox takes the default export for the processor.
export default function run(
  job: SandboxedJob<QueuedJob>,
  token?: string,
  signal?: AbortSignal,
): Promise<void> {
  return runner.process(job, token, signal);
}
