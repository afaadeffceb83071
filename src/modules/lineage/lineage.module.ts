import { Module } from '@nestjs/common';
import { LineageController } from './api/lineage.controller.js';
import { LineageResolver } from './api/lineage.resolver.js';
import { LineageService } from './lineage.service.js';

@Module({
  controllers: [LineageController],
  providers: [LineageService, LineageResolver],
  exports: [LineageService],
})
export class LineageModule {}
