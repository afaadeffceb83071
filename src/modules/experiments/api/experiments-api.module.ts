import { Module } from '@nestjs/common';
import { DatasetsModule } from '../../datasets/index.js';
import { LineageModule } from '../../lineage/index.js';
import { ExperimentsModule } from '../experiments.module.js';
import { DatasetVersionRunsResolver } from './dataset-version-runs.resolver.js';
import { ExperimentsController } from './experiments.controller.js';
import { ExperimentsResolver } from './experiments.resolver.js';
import { RunsController } from './runs.controller.js';
import { RunsResolver } from './runs.resolver.js';

/** The routes and fields of experiments, for a process that serves. */
@Module({
  imports: [ExperimentsModule, DatasetsModule, LineageModule],
  controllers: [ExperimentsController, RunsController],
  providers: [DatasetVersionRunsResolver, ExperimentsResolver, RunsResolver],
})
export class ExperimentsApiModule {}
