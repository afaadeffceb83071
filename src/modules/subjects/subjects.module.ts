import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/index.js';
import { DeploymentsModule } from '../deployments/index.js';
import { LineageModule } from '../lineage/index.js';
import { SubjectsService } from './subjects.service.js';

@Module({
  imports: [LineageModule, DatasetsModule, DeploymentsModule],
  providers: [SubjectsService],
  exports: [SubjectsService],
})
export class SubjectsModule {}
