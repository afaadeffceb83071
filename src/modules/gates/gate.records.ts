import { digestOf } from '../../domain/canonical/index.js';
import type { RecordKind } from '../../platform/audit/index.js';
import { lineageParts } from '../lineage/index.js';

export const POLICY: RecordKind = {
  name: 'policy',
  parts: [{ table: 'gate_policy', key: 'id' }, ...lineageParts('policy')],
  witness: {
    action: 'gate.policy.pushed',
    agrees: ({ gate_policy: rows }, { name, version, stage, digest }) =>
      digestOf(rows?.[0]?.document) === digest &&
      digestOf([rows?.[0]?.name, rows?.[0]?.version, rows?.[0]?.stage, rows?.[0]?.digest]) ===
        digestOf([name, version, stage, digest]),
  },
};

export const GATE_DECISION: RecordKind = {
  name: 'gateDecision',
  parts: [{ table: 'gate_decision', key: 'id' }, ...lineageParts('gateDecision')],
  witness: {
    action: 'gate.decision.made',
    agrees: ({ gate_decision: rows }, { verdict, decisionDigest }) =>
      digestOf(rows?.[0]?.document) === decisionDigest &&
      rows?.[0]?.digest === decisionDigest &&
      rows?.[0]?.verdict === verdict,
  },
};

/** Its id is that of the decision that no longer stands. */
export const STALENESS: RecordKind = {
  name: 'staleness',
  parts: [{ table: 'gate_decision_staleness', key: 'gate_decision_id' }],
};

export const GATE_RECORDS = [POLICY, GATE_DECISION, STALENESS];
