import type { RecordKind } from '../../platform/audit/index.js';
import { lineageParts } from '../lineage/index.js';

export const PROMOTION: RecordKind = {
  name: 'promotion',
  parts: [
    { table: 'promotion', key: 'id' },
    { table: 'promotion_decision', key: 'promotion_id' },
    ...lineageParts('promotion'),
  ],
};

export const DEPLOYMENT: RecordKind = { name: 'deployment', parts: [{ table: 'deployment', key: 'id' }] };

export const DEPLOYMENT_RECORDS = [PROMOTION, DEPLOYMENT];
