import type { RecordKind } from '../../../platform/audit/index.js';
import { blobPart } from '../../../platform/storage/index.js';

export const CONTAMINATION_COUNT: RecordKind = {
  name: 'contaminationCount',
  parts: [{ table: 'contamination_count', key: 'id' }, blobPart('contaminationCount')],
};
