import { Module } from '@nestjs/common';
import { QueueModule } from '../queue.module.js';
import { JobsController } from './jobs.controller.js';
import { JobsResolver } from './jobs.resolver.js';

/** The routes and fields of queue, for a process that serves. */
@Module({
  imports: [QueueModule],
  controllers: [JobsController],
  providers: [JobsResolver],
})
export class QueueApiModule {}
