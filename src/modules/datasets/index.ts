export { CheckReader, type AnsweredCheck } from './checks/check.reader.js';
export { DATASET_CHECK, DATASET_VERSION, ENDORSEMENT, HOLDOUT_BUDGET } from './dataset.records.js';
export { DatasetReader } from './dataset-reader.js';
export type {
  ColumnRole,
  DatasetColumn,
  DatasetSchema,
  DatasetSplitView,
  DatasetVersionView,
  EvaluationInput,
  LookBudget,
} from './dataset-version.js';
export { countRecords } from './ingest/count-records.js';
export { csvError } from './ingest/csv-error.js';
export { checkWidth, readHeader } from './ingest/csv-header.js';
export { DatasetsModule } from './datasets.module.js';
export { lockGateInputs } from './gate-inputs-lock.js';
export { Looks, type Look } from './looks.service.js';
export { openLabels, openParts } from './split-parts.js';
export type { SplitRole } from './split-role.js';
export { VERSION_CREATED as DATASET_VERSION_CREATED } from './version-store.js';
export { sliceSql } from './slices/slice-sql.js';
