import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where columns of versions come from, and what other tools call versions. */
export class ColumnsAndDigests0000000000029 implements MigrationInterface {
  name = 'ColumnsAndDigests0000000000029';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const TABLES = `
-- What a push said of where its columns come from: written with the version, so that an edge leads to what was there before it.
CREATE TABLE column_edge (
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  position           integer NOT NULL CHECK (position >= 0),
  -- Null: every column of the version.
  output_column      text,
  -- Null: a column of something outside, which has namespace and name.
  from_version_id    uuid CHECK (from_version_id <> dataset_version_id),
  from_namespace     text,
  from_name          text,
  from_column        text NOT NULL,
  transformations    jsonb NOT NULL,
  PRIMARY KEY (dataset_version_id, position),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id),
  FOREIGN KEY (project_id, from_version_id) REFERENCES dataset_version(project_id, id),
  CHECK ((from_version_id IS NULL) = (from_namespace IS NOT NULL)),
  CHECK ((from_namespace IS NULL) = (from_name IS NULL))
);
CREATE INDEX column_edge_from ON column_edge (from_version_id, from_column) WHERE from_version_id IS NOT NULL;
CREATE INDEX dataset_version_by_parent ON dataset_version (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE dataset_digest (
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  system             text NOT NULL CHECK (system IN ('mlflow', 'openlineage')),
  -- Empty with MLflow, which has none.
  namespace          text NOT NULL,
  -- Empty: whatever it is called.
  name               text NOT NULL,
  -- Empty: of the version, not of the file of one split.
  split              text NOT NULL,
  digest             text NOT NULL CHECK (digest <> ''),
  origin             text NOT NULL CHECK (origin IN ('computed', 'stated')),
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  PRIMARY KEY (dataset_version_id, system, namespace, name, split, digest),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);
CREATE INDEX dataset_digest_known ON dataset_digest (project_id, system, digest);
-- What MLflow can hold of a content id.
CREATE INDEX dataset_version_by_mlflow ON dataset_version (project_id, left(content_id, 36));

SELECT assay_isolate('column_edge', 'SELECT, INSERT');
SELECT assay_isolate('dataset_digest', 'SELECT, INSERT');`;
