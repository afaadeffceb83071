import type { RecordKind } from '../../../platform/audit/index.js';

/** A plan with what was offered for it so far. Rows that wait are no evidence until they are a dataset version. */
export const SAMPLING_PLAN: RecordKind = {
  name: 'samplingPlan',
  parts: [{ table: 'sampling_plan', key: 'id' }],
};

export const LIVE_SAMPLE: RecordKind = { name: 'liveSample', parts: [{ table: 'live_sample', key: 'id' }] };

export const LIVE_RECORDS = [SAMPLING_PLAN, LIVE_SAMPLE];
