import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Live samples: what is fed to them, the rows that wait, and the dataset versions that come of them. */
export class LiveSamples0000000000028 implements MigrationInterface {
  name = 'LiveSamples0000000000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(DROPPING);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const TABLES = `
CREATE TABLE sampling_plan (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  -- The dataset that its versions are pushed to.
  dataset            text NOT NULL CHECK (dataset ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  -- Rows fit its columns, and are compared with the split.
  dataset_version_id uuid NOT NULL,
  split              text NOT NULL,
  capacity           integer NOT NULL CHECK (capacity BETWEEN 1 AND 100000),
  seed               integer NOT NULL CHECK (seed >= 0),
  -- The column that says whom a row is about.
  subject_column     text,
  sources            json NOT NULL,
  -- The sample that is being fed, and what was offered for it. Not trusted: by keys that may not push policies.
  sample_no          integer NOT NULL DEFAULT 1 CHECK (sample_no >= 1),
  offered            bigint NOT NULL DEFAULT 0 CHECK (offered >= 0),
  untrusted          bigint NOT NULL DEFAULT 0 CHECK (untrusted BETWEEN 0 AND offered),
  first_offered_at   timestamptz,
  last_offered_at    timestamptz,
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, id),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);
CREATE UNIQUE INDEX sampling_plan_dataset ON sampling_plan (project_id, lower(dataset));

-- A sample that is fed no more.
CREATE TABLE live_sample (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  plan_id            uuid NOT NULL,
  no                 integer NOT NULL CHECK (no >= 1),
  offered            bigint NOT NULL CHECK (offered >= 1),
  untrusted          bigint NOT NULL CHECK (untrusted BETWEEN 0 AND offered),
  first_offered_at   timestamptz NOT NULL,
  last_offered_at    timestamptz NOT NULL,
  -- Null until its job has succeeded.
  dataset_version_id uuid,
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (plan_id, no),
  FOREIGN KEY (project_id, plan_id) REFERENCES sampling_plan(project_id, id),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);

-- Rows that wait to become a version. Of an erased one the place is left.
CREATE TABLE sampled_row (
  project_id     uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  plan_id        uuid NOT NULL,
  sample_no      integer NOT NULL CHECK (sample_no >= 1),
  ordinal        bigint NOT NULL CHECK (ordinal >= 1),
  rank           double precision NOT NULL CHECK (rank >= 0 AND rank < 1),
  subject_lookup bytea,
  -- A text or null for each column of the version, in its order.
  fields         json,
  PRIMARY KEY (plan_id, sample_no, ordinal),
  FOREIGN KEY (project_id, plan_id) REFERENCES sampling_plan(project_id, id)
);
CREATE INDEX sampled_row_rank ON sampled_row (plan_id, sample_no, rank, ordinal);
CREATE INDEX sampled_row_subject ON sampled_row (project_id, subject_lookup) WHERE subject_lookup IS NOT NULL;

SELECT assay_isolate('sampling_plan', 'SELECT, INSERT');
SELECT assay_isolate('live_sample', 'SELECT, INSERT');
SELECT assay_isolate('sampled_row', 'SELECT, INSERT');
GRANT UPDATE (sample_no, offered, untrusted, first_offered_at, last_offered_at) ON sampling_plan TO assay_app;
GRANT UPDATE (dataset_version_id) ON live_sample TO assay_app;
GRANT UPDATE (subject_lookup, fields) ON sampled_row TO assay_app;`;

const DROPPING = `
-- Rows that wait for a sample of the current project: those named, or all.
CREATE FUNCTION drop_sampled_rows(of_plan uuid, of_sample integer, ordinals bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sampled_row
   WHERE project_id = current_setting('app.project')::uuid AND plan_id = of_plan AND sample_no = of_sample
     AND (ordinals IS NULL OR ordinal = ANY(ordinals))
$$;
REVOKE ALL ON FUNCTION drop_sampled_rows(uuid, integer, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_sampled_rows(uuid, integer, bigint[]) TO assay_app;`;
