import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { UsedUploadsModule } from '../../platform/storage/index.js';
import { LineageModule } from '../lineage/index.js';
import { AgreementService } from './agreement/agreement.service.js';
import { CheckReader } from './checks/check.reader.js';
import { CheckStore } from './checks/check.store.js';
import { ChecksService } from './checks/checks.service.js';
import { DatasetReader } from './dataset-reader.js';
import { DatasetsService } from './datasets.service.js';
import { DatasetDiffReader } from './diff/dataset-diff.reader.js';
import { DriftService } from './drift/drift.service.js';
import { DatasetAgreementJob } from './jobs/dataset-agreement.job.js';
import { DatasetCheckJob } from './jobs/dataset-check.job.js';
import { DatasetDriftJob } from './jobs/dataset-drift.job.js';
import { DatasetIngestJob } from './jobs/dataset-ingest.job.js';
import { DatasetProfileJob } from './jobs/dataset-profile.job.js';
import { Looks } from './looks.service.js';
import { ProfileReader } from './profile/profile.reader.js';
import { ProfileService } from './profile/profile.service.js';
import { ProfileStore } from './profile/profile.store.js';
import { RowProofReader } from './proof/row-proof.reader.js';
import { RepeatsReader } from './repeats.reader.js';
import { SortedRowsStore } from './sorted-rows/sorted-rows.store.js';
import { SplitRows } from './split-rows.js';
import { VersionStore } from './version-store.js';
import { DATASET_RECORDS } from './dataset.records.js';

@Module({
  imports: [LineageModule, UsedUploadsModule],
  providers: [
    DatasetsService,
    DatasetReader,
    SplitRows,
    RepeatsReader,
    Looks,
    VersionStore,
    SortedRowsStore,
    DatasetDiffReader,
    RowProofReader,
    DriftService,
    AgreementService,
    DatasetAgreementJob,
    DatasetIngestJob,
    DatasetDriftJob,
    ProfileService,
    ProfileReader,
    ProfileStore,
    DatasetProfileJob,
    ChecksService,
    CheckReader,
    CheckStore,
    DatasetCheckJob,
  ],
  exports: [
    DatasetsService,
    DatasetReader,
    SplitRows,
    RepeatsReader,
    Looks,
    RowProofReader,
    DatasetDiffReader,
    DriftService,
    AgreementService,
    ProfileService,
    ProfileReader,
    ChecksService,
    CheckReader,
  ],
})
export class DatasetsModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...DATASET_RECORDS);
  }
}
