import { digestOf } from '../../domain/canonical/index.js';
import type { RecordKind } from '../../platform/audit/index.js';
import { blobPart } from '../../platform/storage/index.js';
import { lineageParts } from '../lineage/index.js';

export const DATASET: RecordKind = { name: 'dataset', parts: [{ table: 'dataset', key: 'id' }] };

export const DATASET_VERSION: RecordKind = {
  name: 'datasetVersion',
  parts: [
    { table: 'dataset_version', key: 'id' },
    { table: 'dataset_split', key: 'dataset_version_id' },
    { table: 'dataset_repeat', key: 'dataset_version_id' },
    { table: 'dataset_version_source', key: 'dataset_version_id' },
    { table: 'erased_rows', key: 'dataset_version_id' },
    { table: 'column_edge', key: 'dataset_version_id' },
    { table: 'dataset_digest', key: 'dataset_version_id' },
    blobPart('datasetVersion'),
    ...lineageParts('datasetVersion'),
  ],
  witness: {
    action: 'dataset.version.created',
    agrees: (
      { dataset_version: rows, dataset_split: splits = [] },
      { contentId, version, schema, splits: said },
    ) =>
      digestOf([rows?.[0]?.content_id, rows?.[0]?.version, rows?.[0]?.schema]) ===
        digestOf([contentId, version, schema]) &&
      digestOf(
        Object.fromEntries(splits.map(({ name, rows, root, sealed }) => [name, { rows, root, sealed }])),
      ) === digestOf(said),
  },
};

export const ENDORSEMENT: RecordKind = {
  name: 'endorsement',
  parts: [{ table: 'dataset_endorsement', key: 'dataset_version_id' }],
};

/** Its id is the root of the split's rows. */
export const HOLDOUT_BUDGET: RecordKind = {
  name: 'holdoutBudget',
  parts: [{ table: 'holdout_budget', key: 'split_root' }],
};

export const LOOK: RecordKind = { name: 'look', parts: [{ table: 'look', key: 'id' }] };

export const DATASET_PROFILE: RecordKind = {
  name: 'datasetProfile',
  parts: [{ table: 'dataset_profile', key: 'id' }, blobPart('datasetProfile')],
};

export const DATASET_CHECK: RecordKind = {
  name: 'datasetCheck',
  parts: [{ table: 'dataset_check', key: 'id' }, blobPart('datasetCheck')],
};

export const DATASET_RECORDS = [
  DATASET,
  DATASET_VERSION,
  ENDORSEMENT,
  HOLDOUT_BUDGET,
  LOOK,
  DATASET_PROFILE,
  DATASET_CHECK,
];
