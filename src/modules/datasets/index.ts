export { CheckReader, type AnsweredCheck } from './checks/check.reader.js';
export { DATASET_CHECK, DATASET_VERSION, ENDORSEMENT, HOLDOUT_BUDGET } from './dataset.records.js';
export { DatasetReader } from './dataset-reader.js';
export type {
  DatasetColumn,
  DatasetSchema,
  DatasetSplitView,
  DatasetVersionView,
  EvaluationInput,
  LookBudget,
} from './dataset-version.js';
export { DigestReader } from './digests/digest.reader.js';
export { DatasetsModule } from './datasets.module.js';
export { ErasureStore } from './erasure/erasure.store.js';
export { type ComputedErasure, RowErasure } from './erasure/row-erasure.js';
export { LIVE_SAMPLE } from './live/live.records.js';
export { driftOfSample } from './live/drift-of-sample.js';
export { SamplingPlanReader } from './live/sampling-plan.reader.js';
export { WaitingRows } from './live/waiting-rows.js';
export { lineOffset, linesFrom } from './lines-page.js';
export { openPredictions, unreadable, type PredictionsFile } from './predictions/read-predictions.js';
export { valueOf } from './predictions/value-sql.js';
export { Looks, type Look } from './looks.service.js';
export { ConsentReader, type ConsentView } from './provenance/consent.reader.js';
export { CONSENT_WITHDRAWN, ConsentService, type ConsentWithdrawn } from './provenance/consent.service.js';
export { ProvenanceReader, type VersionProvenance } from './provenance/provenance.reader.js';
export { DATASET_CONSENT } from './provenance/provenance.records.js';
export { SubjectIndex, type SubjectRows } from './provenance/subject-index.js';
export { erasedSplit, requireWhole } from './require-whole.js';
export { openLabels, openParts } from './split-parts.js';
export { SplitRows } from './split-rows.js';
export { SPLIT_ROLES, type SplitRole } from './split-role.js';
export { sliceSql } from './slices/slice-sql.js';
