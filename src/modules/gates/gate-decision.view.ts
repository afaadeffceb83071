import type { DecisionDocument } from './decision-document.js';
import type { DecisionState } from './gate-decision.state.js';

/** A decision and what has become of it since. */
export interface GateDecisionView extends DecisionDocument {
  state: DecisionState;
  /** Why it no longer stands. */
  staleReason: string | null;
  modelVersionId: string;
}

export interface DecisionRow {
  id: string;
  model_version_id: string;
  policy_id: string;
  stage: string | null;
  digest: string;
  inputs_digest: string;
  document: DecisionDocument;
  stale_reason: string | null;
  expired: boolean;
  /** It is dated in the future: the clock was set back since, and it does not stand. */
  ahead: boolean;
}

/** Everything of a decision in one row. `d` is the decision, `s` its staleness. */
export const DECISION_SELECT = `
  SELECT d.id, d.model_version_id, d.policy_id, d.stage, d.digest, d.inputs_digest, d.document, s.reason AS stale_reason,
         d.expires_at <= now() OR d.decided_at > now() + interval '1 minute' AS expired,
         d.decided_at > now() + interval '1 minute' AS ahead
  FROM gate_decision d LEFT JOIN gate_decision_staleness s ON s.gate_decision_id = d.id`;
