import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Results that other tools computed of a model version, as they were imported. Written once. */
export class Imports0000000000016 implements MigrationInterface {
  name = 'Imports0000000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPORTS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

// JSON, not JSONB: the members keep their order, the numbers their digits.
const IMPORTS = `
CREATE TABLE imported_evaluation (
  id               uuid PRIMARY KEY,
  project_id       uuid NOT NULL REFERENCES project(id),
  model_version_id uuid NOT NULL,
  format           text NOT NULL CHECK (length(format) BETWEEN 1 AND 50),
  format_version   text,
  -- What the tool calls the model.
  reported_model   text,
  -- How the run ended.
  status           text NOT NULL CHECK (status IN ('completed', 'cancelled', 'failed', 'incomplete')),
  level            text NOT NULL CHECK (level IN ('reported', 'recomputed')),
  items            integer NOT NULL CHECK (items >= 0),
  -- One item a line, as canonical JSON; no blob where there are totals alone.
  items_blob       text CHECK (items_blob ~ '^[0-9a-f]{64}$'),
  -- Of the file that was sent.
  source_digest    text NOT NULL CHECK (source_digest ~ '^[0-9a-f]{64}$'),
  report           json NOT NULL,
  -- Over all of this.
  digest           text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  created_at       timestamptz NOT NULL DEFAULT now(),
  created_by       text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (model_version_id, digest),
  FOREIGN KEY (project_id, model_version_id) REFERENCES model_version(project_id, id),
  CHECK ((items = 0) = (items_blob IS NULL)),
  CHECK (level = 'reported' OR items > 0)
);
CREATE INDEX imported_evaluation_by_model ON imported_evaluation (model_version_id, id DESC);
SELECT assay_isolate('imported_evaluation', 'SELECT, INSERT');

ALTER TABLE lineage_node DROP CONSTRAINT lineage_node_kind_check;
ALTER TABLE lineage_node ADD CONSTRAINT lineage_node_kind_check CHECK (kind IN (
  'upload', 'datasetVersion', 'run', 'modelVersion', 'evaluation', 'importedEvaluation', 'policy', 'gateDecision', 'promotion'));`;
