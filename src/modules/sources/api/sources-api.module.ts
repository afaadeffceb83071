import { Module } from '@nestjs/common';
import { SourcesModule } from '../sources.module.js';
import { SourcesController } from './sources.controller.js';
import { SourcesResolver } from './sources.resolver.js';

/** The routes and fields of sources, for a process that serves. */
@Module({
  imports: [SourcesModule],
  controllers: [SourcesController],
  providers: [SourcesResolver],
})
export class SourcesApiModule {}
