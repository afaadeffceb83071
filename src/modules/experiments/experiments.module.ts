import { Module, type OnModuleInit } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { LineageModule } from '../lineage/index.js';
import { ExperimentsService } from './experiments.service.js';
import { MetricHistoryReader } from './metric-history.reader.js';
import { RunLog } from './run-log.js';
import { RunReader } from './run.reader.js';
import { assertRunStates } from './run.state.js';
import { RunsService } from './runs.service.js';
import { EXPERIMENT_RECORDS } from './experiment.records.js';

@Module({
  imports: [LineageModule, DatasetsModule],
  providers: [ExperimentsService, RunsService, RunLog, RunReader, MetricHistoryReader],
  exports: [ExperimentsService, RunsService, RunReader, MetricHistoryReader],
})
export class ExperimentsModule implements OnModuleInit {
  constructor(kinds: RecordKinds) {
    kinds.register(...EXPERIMENT_RECORDS);
  }

  onModuleInit(): void {
    assertRunStates();
  }
}
