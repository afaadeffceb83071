import type { RecordKind } from '../../../platform/audit/index.js';

/** Whom the rows of a dataset version are about: its id is that of the version. With the subjects that the version introduced. */
export const SUBJECT_INDEX: RecordKind = {
  name: 'subjectIndex',
  parts: [
    { table: 'subject_index', key: 'dataset_version_id' },
    { table: 'dataset_subject', key: 'dataset_version_id' },
    { table: 'subject', key: 'introduced_by' },
  ],
};

export const CONSENT_WITHDRAWAL: RecordKind = {
  name: 'consentWithdrawal',
  parts: [
    { table: 'consent_withdrawal', key: 'id' },
    { table: 'subject', key: 'introduced_by' },
  ],
};

/** What was withdrawn of a dataset version whose subjects are known, nothing at first: its id is that of the version. */
export const DATASET_CONSENT: RecordKind = {
  name: 'datasetConsent',
  parts: [
    { table: 'subject_index', key: 'dataset_version_id' },
    { table: 'withdrawn_data', key: 'dataset_version_id' },
  ],
};

export const PROVENANCE_RECORDS = [SUBJECT_INDEX, CONSENT_WITHDRAWAL, DATASET_CONSENT];
