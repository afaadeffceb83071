import type { DeploymentState } from './deployment.state.js';

/** One step of a model version to a stage. It never changes. */
export interface PromotionView {
  id: string;
  modelId: string;
  modelVersionId: string;
  /** NAME@VERSION. */
  modelVersionLabel: string;
  stage: string;
  /** What stood there before. */
  previousModelVersionId: string | null;
  /** The decisions that allowed it, one of each policy of the stage. */
  gateDecisionIds: string[];
  createdAt: Date;
  createdBy: string;
}

/** A model version at a stage, from its promotion until another took its place. */
export interface DeploymentView {
  id: string;
  modelId: string;
  modelVersionId: string;
  /** NAME@VERSION. */
  modelVersionLabel: string;
  stage: string;
  promotionId: string;
  state: DeploymentState;
  since: Date;
  until: Date | null;
}

/** Everything of promotion `p` of version `v` of model `m`. */
export const PROMOTION_SELECT = `
  SELECT p.id, p.model_id AS "modelId", p.model_version_id AS "modelVersionId", m.name || '@' || v.version AS "modelVersionLabel",
    p.stage, p.previous_model_version_id AS "previousModelVersionId", p.created_at AS "createdAt", p.created_by AS "createdBy",
    coalesce((SELECT json_agg(d.gate_decision_id ORDER BY d.gate_decision_id) FROM promotion_decision d
      WHERE d.promotion_id = p.id), '[]') AS "gateDecisionIds"
  FROM promotion p JOIN model_version v ON v.id = p.model_version_id JOIN model m ON m.id = p.model_id`;

/** Everything of deployment `d` of version `v` of model `m`. */
export const DEPLOYMENT_SELECT = `
  SELECT d.id, d.model_id AS "modelId", d.model_version_id AS "modelVersionId", m.name || '@' || v.version AS "modelVersionLabel",
    d.stage, d.promotion_id AS "promotionId", d.state, d.since, d.until
  FROM deployment d JOIN model_version v ON v.id = d.model_version_id JOIN model m ON m.id = d.model_id`;
