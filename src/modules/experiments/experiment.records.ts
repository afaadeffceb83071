import type { RecordKind } from '../../platform/audit/index.js';
import { lineageParts } from '../lineage/index.js';

export const EXPERIMENT: RecordKind = { name: 'experiment', parts: [{ table: 'experiment', key: 'id' }] };

/** Params, metrics and tags are no part of it: what was sent stands in the bodies of the log, and nothing is decided on it. */
export const RUN: RecordKind = {
  name: 'run',
  parts: [{ table: 'run', key: 'id' }, { table: 'run_input', key: 'run_id' }, ...lineageParts('run')],
};

export const EXPERIMENT_RECORDS = [EXPERIMENT, RUN];
