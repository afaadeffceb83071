import { Module, type OnModuleInit } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { LineageModule } from '../lineage/index.js';
import { DatasetVersionRunsResolver } from './api/dataset-version-runs.resolver.js';
import { ExperimentsController } from './api/experiments.controller.js';
import { ExperimentsResolver } from './api/experiments.resolver.js';
import { RunsController } from './api/runs.controller.js';
import { RunsResolver } from './api/runs.resolver.js';
import { ExperimentsService } from './experiments.service.js';
import { MetricHistoryReader } from './metric-history.reader.js';
import { RunLog } from './run-log.js';
import { RunReader } from './run.reader.js';
import { assertRunStates } from './run.state.js';
import { RunsService } from './runs.service.js';
import { EXPERIMENT_RECORDS } from './experiment.records.js';

@Module({
  imports: [LineageModule, DatasetsModule],
  controllers: [ExperimentsController, RunsController],
  providers: [
    ExperimentsService,
    RunsService,
    RunLog,
    RunReader,
    MetricHistoryReader,
    ExperimentsResolver,
    RunsResolver,
    DatasetVersionRunsResolver,
  ],
  exports: [ExperimentsService, RunsService, RunReader],
})
export class ExperimentsModule implements OnModuleInit {
  constructor(kinds: RecordKinds) {
    kinds.register(...EXPERIMENT_RECORDS);
  }

  onModuleInit(): void {
    assertRunStates();
  }
}
