import type { RecordKind } from '../../platform/audit/index.js';
import { lineageParts } from '../lineage/index.js';

export const POLICY: RecordKind = {
  name: 'policy',
  parts: [{ table: 'gate_policy', key: 'id' }, ...lineageParts('policy')],
};

export const GATE_DECISION: RecordKind = {
  name: 'gateDecision',
  parts: [{ table: 'gate_decision', key: 'id' }, ...lineageParts('gateDecision')],
};

/** Its id is that of the decision that no longer stands. */
export const STALENESS: RecordKind = {
  name: 'staleness',
  parts: [{ table: 'gate_decision_staleness', key: 'gate_decision_id' }],
};

export const GATE_RECORDS = [POLICY, GATE_DECISION, STALENESS];
