import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { UsedUploadsModule } from '../../platform/storage/index.js';
import { LineageModule } from '../lineage/index.js';
import { DatasetVersionsController } from './api/dataset-versions.controller.js';
import { DatasetVersionResolver } from './api/dataset-version.resolver.js';
import { DatasetsController } from './api/datasets.controller.js';
import { DatasetsResolver } from './api/datasets.resolver.js';
import { DatasetReader } from './dataset-reader.js';
import { DatasetsService } from './datasets.service.js';
import { DriftController } from './api/drift.controller.js';
import { DriftService } from './drift/drift.service.js';
import { DatasetDriftJob } from './jobs/dataset-drift.job.js';
import { DatasetIngestJob } from './jobs/dataset-ingest.job.js';
import { Looks } from './looks.service.js';
import { RepeatsReader } from './repeats.reader.js';
import { VersionStore } from './version-store.js';
import { DATASET_RECORDS } from './dataset.records.js';

@Module({
  imports: [LineageModule, UsedUploadsModule],
  controllers: [DatasetsController, DatasetVersionsController, DriftController],
  providers: [
    DatasetsService,
    DatasetReader,
    RepeatsReader,
    Looks,
    VersionStore,
    DatasetIngestJob,
    DriftService,
    DatasetDriftJob,
    DatasetsResolver,
    DatasetVersionResolver,
  ],
  exports: [DatasetReader, Looks],
})
export class DatasetsModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...DATASET_RECORDS);
  }
}
