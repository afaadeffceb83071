import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What checks found in dataset versions. Written once. */
export class Checks0000000000022 implements MigrationInterface {
  name = 'Checks0000000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CHECKS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const CHECKS = `
CREATE TABLE dataset_check (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  -- Check, its version, splits and parameters with every default written out.
  question           jsonb NOT NULL,
  question_digest    text NOT NULL CHECK (question_digest ~ '^[0-9a-f]{64}$'),
  status             text NOT NULL CHECK (status IN ('passed', 'failed', 'undefined')),
  failing            bigint NOT NULL CHECK (failing >= 0),
  -- Counts, reason, and what else was measured. JSON, not JSONB: numbers keep their digits.
  outcome            json NOT NULL,
  -- JSON lines, one for each thing that fails; null where nothing does.
  findings_blob      text CHECK (findings_blob ~ '^[0-9a-f]{64}$'),
  -- SHA-256 over content id, question, outcome and findings.
  digest             text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (dataset_version_id, question_digest),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id),
  CHECK ((status = 'passed') = (failing = 0) OR status = 'undefined')
);
SELECT assay_isolate('dataset_check', 'SELECT, INSERT');`;
