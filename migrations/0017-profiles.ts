import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Summaries of the columns of splits. Written once. */
export class Profiles0000000000017 implements MigrationInterface {
  name = 'Profiles0000000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PROFILES);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const PROFILES = `
CREATE TABLE dataset_profile (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  split              text NOT NULL CHECK (length(split) BETWEEN 1 AND 100),
  rows               bigint NOT NULL CHECK (rows >= 0),
  -- Canonical JSON with sketches of every public column.
  profile_blob       text NOT NULL CHECK (profile_blob ~ '^[0-9a-f]{64}$'),
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (dataset_version_id, split),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);
SELECT assay_isolate('dataset_profile', 'SELECT, INSERT');`;
