import type { Release } from '../../domain/holdout/index.js';
import type { SplitEvidence } from '../../domain/metrics/index.js';
import type { ExecutionFacts } from './execution/execution-plan.js';
import type { SplitReport } from './split-report.js';
import type { Protocol } from './protocol.js';

/** How the numbers came to be known. */
export type EvaluationLevel = 'reported' | 'recomputed' | 'executed';

/** One split of an evaluation with all its evidence: for gates, never for an answer as it stands. */
export interface EvaluationSplitView {
  split: string;
  role: string;
  domain: string | null;
  sealed: boolean;
  root: string;
  rows: number;
  /** Which look at the sealed rows this was, and how many there may be; null for open splits. */
  look: number | null;
  budget: number | null;
  /** What is shown of a sealed split to those who may not see its numbers; null on open ones, and where it was before there was this. */
  released: Release | null;
  predictionsDigest: string;
  /** The normalised predictions: Parquet with key, prediction, score. */
  predictionsBlob: string;
  evidence: SplitEvidence;
  evidenceDigest: string;
  report: SplitReport;
}

/** An evaluation as other modules see it. It never changes. */
export interface EvaluationView {
  id: string;
  modelVersionId: string;
  datasetVersionId: string;
  protocol: Protocol;
  protocolHash: string;
  /** Fields of the protocol that differ from the defaults by the choice of somebody who may not push policies. */
  chosen: string[];
  /** Sent by somebody who may push policies: it may stand for a baseline that others are compared with. */
  endorsed: boolean;
  level: EvaluationLevel;
  /** What was run; null where predictions were sent. */
  execution: ExecutionFacts | null;
  /** Over protocol and the evidence of all splits. */
  digest: string;
  splits: EvaluationSplitView[];
  createdAt: Date;
  /** Name of the actor. */
  createdBy: string;
  /** Seconds since it was computed, by the database's clock at the time of reading. */
  ageSeconds: number;
}

/** Everything of evaluation `e` in one row. */
export const EVALUATION_COLUMNS = `
  e.id, e.model_version_id AS "modelVersionId", e.dataset_version_id AS "datasetVersionId", e.protocol,
  e.protocol_hash AS "protocolHash", e.chosen, e.endorsed, e.level, e.execution, e.digest, e.created_at AS "createdAt", e.created_by AS "createdBy",
  extract(epoch FROM clock_timestamp() - e.created_at)::float8 AS "ageSeconds",
  (SELECT json_agg(json_build_object('split', s.split, 'role', s.role, 'domain', s.domain, 'sealed', s.sealed,
     'root', s.split_root, 'rows', s.rows, 'look', s.look, 'budget', s.budget, 'released', s.released, 'predictionsDigest', s.predictions_digest,
     'predictionsBlob', s.predictions_blob, 'evidence', s.evidence, 'evidenceDigest', s.evidence_digest,
     'report', s.report) ORDER BY s.position)
   FROM evaluation_split s WHERE s.evaluation_id = e.id) AS splits`;
