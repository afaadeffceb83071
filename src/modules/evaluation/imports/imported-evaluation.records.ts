import type { RecordKind } from '../../../platform/audit/index.js';
import { blobPart } from '../../../platform/storage/index.js';
import { lineageParts } from '../../lineage/index.js';

export const IMPORTED_EVALUATION: RecordKind = {
  name: 'importedEvaluation',
  parts: [
    { table: 'imported_evaluation', key: 'id' },
    blobPart('importedEvaluation'),
    ...lineageParts('importedEvaluation'),
  ],
};
