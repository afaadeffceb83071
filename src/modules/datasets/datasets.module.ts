import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { UsedUploadsModule } from '../../platform/storage/index.js';
import { LineageModule } from '../lineage/index.js';
import { SourcesModule } from '../sources/index.js';
import { AgreementService } from './agreement/agreement.service.js';
import { CheckReader } from './checks/check.reader.js';
import { CheckStore } from './checks/check.store.js';
import { ChecksService } from './checks/checks.service.js';
import { ScannedSplits } from './checks/scanned-splits.js';
import { RuleSuggestions } from './checks/suggest/rule-suggestions.service.js';
import { ColumnEdgesStore } from './columns/column-edges.store.js';
import { ColumnLineageReader } from './columns/column-lineage.reader.js';
import { CroissantReader } from './croissant/croissant.reader.js';
import { DatasetReader } from './dataset-reader.js';
import { DatasetsService } from './datasets.service.js';
import { DatasetDiffReader } from './diff/dataset-diff.reader.js';
import { DigestReader } from './digests/digest.reader.js';
import { DigestStore } from './digests/digest.store.js';
import { DriftService } from './drift/drift.service.js';
import { VersionDeriver } from './erasure/derive-version.js';
import { VersionEraser } from './erasure/erase-version.js';
import { ErasureStore } from './erasure/erasure.store.js';
import { RowErasure } from './erasure/row-erasure.js';
import { DatasetAgreementJob } from './jobs/dataset-agreement.job.js';
import { DatasetCheckJob } from './jobs/dataset-check.job.js';
import { DatasetDriftJob } from './jobs/dataset-drift.job.js';
import { DatasetIngestJob } from './jobs/dataset-ingest.job.js';
import { DatasetProfileJob } from './jobs/dataset-profile.job.js';
import { DatasetSampleJob } from './jobs/dataset-sample.job.js';
import { DatasetSuggestRulesJob } from './jobs/dataset-suggest-rules.job.js';
import { LIVE_RECORDS } from './live/live.records.js';
import { SampleFeed } from './live/sample-feed.service.js';
import { SampleTaking } from './live/sample-taking.service.js';
import { SamplingPlanReader } from './live/sampling-plan.reader.js';
import { SamplingPlans } from './live/sampling-plans.service.js';
import { WaitingRows } from './live/waiting-rows.js';
import { Looks } from './looks.service.js';
import { ProfileReader } from './profile/profile.reader.js';
import { ProfileService } from './profile/profile.service.js';
import { ProfileStore } from './profile/profile.store.js';
import { ConsentReader } from './provenance/consent.reader.js';
import { ConsentService } from './provenance/consent.service.js';
import { ProvenanceReader } from './provenance/provenance.reader.js';
import { PROVENANCE_RECORDS } from './provenance/provenance.records.js';
import { ProvenanceStore } from './provenance/provenance.store.js';
import { SubjectIndex } from './provenance/subject-index.js';
import { RowProofReader } from './proof/row-proof.reader.js';
import { RepeatsReader } from './repeats.reader.js';
import { SortedRowsStore } from './sorted-rows/sorted-rows.store.js';
import { SplitRows } from './split-rows.js';
import { VersionStore } from './version-store.js';
import { DATASET_RECORDS } from './dataset.records.js';

@Module({
  imports: [LineageModule, SourcesModule, UsedUploadsModule],
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
    CroissantReader,
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
    ScannedSplits,
    RuleSuggestions,
    DatasetSuggestRulesJob,
    ProvenanceStore,
    ProvenanceReader,
    SubjectIndex,
    ConsentReader,
    ConsentService,
    VersionEraser,
    VersionDeriver,
    RowErasure,
    ErasureStore,
    ColumnEdgesStore,
    ColumnLineageReader,
    DigestStore,
    DigestReader,
    SamplingPlans,
    SamplingPlanReader,
    SampleFeed,
    SampleTaking,
    WaitingRows,
    DatasetSampleJob,
  ],
  exports: [
    DatasetsService,
    DatasetReader,
    SplitRows,
    RepeatsReader,
    Looks,
    RowProofReader,
    CroissantReader,
    DatasetDiffReader,
    DriftService,
    AgreementService,
    ProfileService,
    ProfileReader,
    ChecksService,
    CheckReader,
    RuleSuggestions,
    ProvenanceReader,
    SubjectIndex,
    ConsentReader,
    ConsentService,
    RowErasure,
    ErasureStore,
    ColumnLineageReader,
    DigestReader,
    SamplingPlans,
    SamplingPlanReader,
    SampleFeed,
    SampleTaking,
    WaitingRows,
  ],
})
export class DatasetsModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...DATASET_RECORDS, ...PROVENANCE_RECORDS, ...LIVE_RECORDS);
  }
}
