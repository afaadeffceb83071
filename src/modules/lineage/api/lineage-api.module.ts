import { Module } from '@nestjs/common';
import { LineageModule } from '../lineage.module.js';
import { LineageController } from './lineage.controller.js';
import { LineageResolver } from './lineage.resolver.js';

/** The routes and fields of lineage, for a process that serves. */
@Module({
  imports: [LineageModule],
  controllers: [LineageController],
  providers: [LineageResolver],
})
export class LineageApiModule {}
