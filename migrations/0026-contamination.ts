import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many tested rows stand in training data, and how Assay split the files of a version. Written once. */
export class Contamination0000000000026 implements MigrationInterface {
  name = 'Contamination0000000000026';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONTAMINATION);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const CONTAMINATION = `
CREATE TABLE contamination_count (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL REFERENCES project(id),
  -- Of the tested split.
  dataset_version_id uuid NOT NULL,
  split              text NOT NULL,
  -- The tested split, and the splits of this and other versions that it was compared with.
  question           jsonb NOT NULL,
  question_digest    text NOT NULL CHECK (question_digest ~ '^[0-9a-f]{64}$'),
  -- Counts, altogether and split by split. JSON, not JSONB: numbers keep their digits.
  outcome            json NOT NULL,
  -- JSON lines, one for each row and split where it stands; null where none does.
  findings_blob      text CHECK (findings_blob ~ '^[0-9a-f]{64}$'),
  -- SHA-256 over content id, question, outcome and findings.
  digest             text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (dataset_version_id, question_digest),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);
SELECT assay_isolate('contamination_count', 'SELECT, INSERT');

-- Method, seed and parameters by which Assay made the splits out of one file; null: they were pushed as splits.
ALTER TABLE dataset_version ADD COLUMN split_by jsonb;`;
