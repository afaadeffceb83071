import type { RecordKind } from '../../platform/audit/index.js';
import { blobPart } from '../../platform/storage/index.js';
import { lineageParts } from '../lineage/index.js';

export const EVALUATION: RecordKind = {
  name: 'evaluation',
  parts: [
    { table: 'evaluation', key: 'id' },
    { table: 'evaluation_split', key: 'evaluation_id' },
    blobPart('evaluation'),
    ...lineageParts('evaluation'),
  ],
};

export const COMPARISON: RecordKind = {
  name: 'comparison',
  parts: [{ table: 'paired_comparison', key: 'id' }],
};

export const EVALUATION_RECORDS = [EVALUATION, COMPARISON];
