import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Evaluations, the evidence of each split, and paired comparisons of two of them. All written once. */
export class Evaluation0000000000006 implements MigrationInterface {
  name = 'Evaluation0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(EVALUATIONS);
    await runner.query(COMPARISONS);
    await runner.query(ISOLATION);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

// JSON, not JSONB: the members keep their order, the numbers their digits.
const EVALUATIONS = `
CREATE TABLE evaluation (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL REFERENCES project(id),
  model_version_id   uuid NOT NULL,
  dataset_version_id uuid NOT NULL,
  protocol           json NOT NULL,
  protocol_hash      text NOT NULL CHECK (protocol_hash ~ '^[0-9a-f]{64}$'),
  level              text NOT NULL CHECK (level IN ('reported', 'recomputed', 'executed')),
  -- Over the digests of all predictions.
  predictions_digest text NOT NULL CHECK (predictions_digest ~ '^[0-9a-f]{64}$'),
  -- Over protocol and evidence: what a decision cites.
  digest             text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, id),
  FOREIGN KEY (project_id, model_version_id) REFERENCES model_version(project_id, id),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);
CREATE INDEX evaluation_by_model ON evaluation (model_version_id, id DESC);
CREATE INDEX evaluation_by_predictions ON evaluation (model_version_id, predictions_digest);
CREATE INDEX evaluation_by_dataset ON evaluation (dataset_version_id, id DESC);

CREATE TABLE evaluation_split (
  project_id         uuid NOT NULL REFERENCES project(id),
  evaluation_id      uuid NOT NULL,
  position           integer NOT NULL CHECK (position >= 0),
  split              text NOT NULL,
  role               text NOT NULL,
  domain             text,
  sealed             boolean NOT NULL,
  split_root         text NOT NULL CHECK (split_root ~ '^[0-9a-f]{64}$'),
  rows               bigint NOT NULL CHECK (rows >= 1),
  look               integer CHECK (look >= 1),
  budget             integer CHECK (budget >= 1),
  -- Of the normalised predictions in key order; the file of them is the blob.
  predictions_digest text NOT NULL CHECK (predictions_digest ~ '^[0-9a-f]{64}$'),
  predictions_blob   text NOT NULL CHECK (predictions_blob ~ '^[0-9a-f]{64}$'),
  evidence           json NOT NULL,
  evidence_digest    text NOT NULL CHECK (evidence_digest ~ '^[0-9a-f]{64}$'),
  report             json NOT NULL,
  PRIMARY KEY (evaluation_id, split),
  FOREIGN KEY (project_id, evaluation_id) REFERENCES evaluation(project_id, id),
  CHECK (sealed = (look IS NOT NULL)),
  CHECK (num_nulls(look, budget) IN (0, 2))
);`;

const COMPARISONS = `
CREATE TABLE paired_comparison (
  id                      uuid PRIMARY KEY,
  project_id              uuid NOT NULL REFERENCES project(id),
  candidate_evaluation_id uuid NOT NULL,
  baseline_evaluation_id  uuid NOT NULL,
  split                   text NOT NULL,
  statistics              json NOT NULL,
  digest                  text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  created_at              timestamptz NOT NULL DEFAULT now(),
  created_by              text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (candidate_evaluation_id, baseline_evaluation_id, split),
  FOREIGN KEY (project_id, candidate_evaluation_id) REFERENCES evaluation(project_id, id),
  FOREIGN KEY (project_id, baseline_evaluation_id) REFERENCES evaluation(project_id, id),
  CHECK (candidate_evaluation_id <> baseline_evaluation_id)
);`;

const ISOLATION = `
SELECT assay_isolate('evaluation', 'SELECT, INSERT');
SELECT assay_isolate('evaluation_split', 'SELECT, INSERT');
SELECT assay_isolate('paired_comparison', 'SELECT, INSERT');`;
