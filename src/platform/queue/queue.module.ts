import { BullModule } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RecordKinds } from '../audit/index.js';
import { AssayConfig } from '../config/index.js';
import { EventSubscriptions } from './event-subscriptions.js';
import { JOB } from './job.records.js';
import { JobParts } from './job-parts.js';
import { JobTraces } from './job-traces.js';
import { JobProgram } from './job-program.js';
import { JobRecords } from './job-records.js';
import { JobRegistry } from './job-registry.js';
import { JobRunner } from './job-runner.js';
import { JobSender } from './job-sender.js';
import { JobWorker } from './job-worker.js';
import { Jobs } from './jobs.service.js';
import { Outbox } from './outbox.js';
import { OutboxDispatcher } from './outbox-dispatcher.js';
import { isJobProcess } from './process-role.js';
import { databaseUrlOf, QUEUE, queueConnection } from './queue-connection.js';
import { migrateQueue } from './queue-schema.js';
import { QueueMetrics } from './queue-metrics.js';
import { QueueSweeper } from './queue-sweeper.js';

/** Work that outlives its request, and news that travels downstream. */
@Global()
@Module({
  imports: [
    BullModule.registerQueueAsync({
      name: QUEUE,
      inject: [AssayConfig, DataSource],
      useFactory: async (config: AssayConfig, database: DataSource) => {
        // The children of a worker find done what their parent did.
        if (config.redisUrl === undefined && !isJobProcess()) await migrateQueue(databaseUrlOf(database));
        return queueConnection(config, database, 'send');
      },
    }),
  ],
  providers: [
    Jobs,
    JobParts,
    JobTraces,
    JobProgram,
    JobRegistry,
    JobRecords,
    JobRunner,
    JobSender,
    JobWorker,
    Outbox,
    OutboxDispatcher,
    EventSubscriptions,
    QueueMetrics,
    QueueSweeper,
  ],
  exports: [
    Jobs,
    JobParts,
    JobTraces,
    JobProgram,
    JobRegistry,
    JobRunner,
    JobWorker,
    Outbox,
    OutboxDispatcher,
    EventSubscriptions,
    QueueSweeper,
  ],
})
export class QueueModule {
  constructor(kinds: RecordKinds) {
    kinds.register(JOB);
  }
}
