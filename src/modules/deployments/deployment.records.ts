import { digestOf } from '../../domain/canonical/index.js';
import type { RecordKind } from '../../platform/audit/index.js';
import { lineageParts } from '../lineage/index.js';

export const PROMOTION: RecordKind = {
  name: 'promotion',
  parts: [
    { table: 'promotion', key: 'id' },
    { table: 'promotion_decision', key: 'promotion_id' },
    ...lineageParts('promotion'),
  ],
  witness: {
    action: 'model.promoted',
    agrees: (
      { promotion: rows, promotion_decision: decisions = [] },
      { modelVersionId, stage, gateDecisionIds },
    ) =>
      digestOf([
        rows?.[0]?.model_version_id,
        rows?.[0]?.stage,
        decisions.map((one) => one.gate_decision_id).sort(),
      ]) === digestOf([modelVersionId, stage, [...(gateDecisionIds as string[])].sort()]),
  },
};

export const DEPLOYMENT: RecordKind = { name: 'deployment', parts: [{ table: 'deployment', key: 'id' }] };

export const DEPLOYMENT_RECORDS = [PROMOTION, DEPLOYMENT];
