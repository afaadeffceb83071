import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/index.js';
import { DeploymentsModule } from '../deployments/index.js';
import { LineageModule } from '../lineage/index.js';
import { UsedUploadsModule } from '../../platform/storage/index.js';
import { EvaluationModule } from '../evaluation/index.js';
import { EraseSubjectJob } from './erase-subject.job.js';
import { ErasedPages } from './erased-pages.js';
import { SubjectsService } from './subjects.service.js';

@Module({
  imports: [LineageModule, DatasetsModule, DeploymentsModule, EvaluationModule, UsedUploadsModule],
  providers: [SubjectsService, EraseSubjectJob, ErasedPages],
  exports: [SubjectsService],
})
export class SubjectsModule {}
