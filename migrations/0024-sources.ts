import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where data come from and on what terms, whose rows a dataset version holds, and whose consent was withdrawn. */
export class Sources0000000000024 implements MigrationInterface {
  name = 'Sources0000000000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SOURCES);
    await runner.query(SUBJECTS);
    await runner.query(ISOLATION);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const SOURCES = `
CREATE TABLE data_source (
  id              uuid PRIMARY KEY,
  project_id      uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  name            text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  latest_revision integer NOT NULL CHECK (latest_revision >= 1),
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, id)
);
CREATE UNIQUE INDEX data_source_name ON data_source (project_id, lower(name));

-- Written once: other terms are the next revision.
CREATE TABLE data_source_revision (
  id             uuid PRIMARY KEY,
  project_id     uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  source_id      uuid NOT NULL,
  revision       integer NOT NULL CHECK (revision >= 1),
  kind           text NOT NULL CHECK (kind IN ('logs', 'user_interactions', 'simulation', 'third_party', 'synthetic')),
  -- An SPDX expression; or the terms in words, where no list has them.
  licence        text,
  licence_text   text,
  personal       boolean NOT NULL,
  basis          text CHECK (basis IN ('consent', 'contract', 'legal_obligation', 'vital_interests', 'public_task',
                                       'legitimate_interests')),
  -- A list of purposes; null where any is allowed.
  scope          json,
  expires_at     timestamptz,
  -- Calendar dates.
  collected_from  text CHECK (collected_from ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  collected_until text CHECK (collected_until ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  owner          text,
  contact        text,
  description    text,
  -- SHA-256 over all of this as canonical JSON.
  digest         text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  created_at     timestamptz NOT NULL DEFAULT now(),
  created_by     text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (source_id, revision),
  FOREIGN KEY (project_id, source_id) REFERENCES data_source(project_id, id)
);

CREATE TABLE dataset_version_source (
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  source_revision_id uuid NOT NULL,
  -- The column whose values name sources, and the rows of this one by split; null where the push named it for all rows.
  by_column          text,
  rows               json,
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  PRIMARY KEY (dataset_version_id, source_revision_id),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id),
  FOREIGN KEY (project_id, source_revision_id) REFERENCES data_source_revision(project_id, id),
  CHECK ((by_column IS NULL) = (rows IS NULL))
);
CREATE INDEX dataset_version_source_revision ON dataset_version_source (source_revision_id);

ALTER TABLE lineage_node DROP CONSTRAINT lineage_node_kind_check;
ALTER TABLE lineage_node ADD CONSTRAINT lineage_node_kind_check CHECK (kind IN (
  'source', 'upload', 'datasetVersion', 'run', 'modelVersion', 'evaluation', 'importedEvaluation', 'policy', 'gateDecision',
  'promotion'));`;

const SUBJECTS = `
-- Whom rows are about, without saying who. "lookup" is HMAC-SHA-256 of the subject under a key of the project: who knows the
-- subject finds the row. "pseudonym", which stands in the index and in the audit log, is HMAC-SHA-256 of the lookup under "key",
-- 32 random bytes: without key and lookup nothing leads from a subject to it (ADR 30).
CREATE TABLE subject (
  no            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id    uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  pseudonym     text NOT NULL CHECK (pseudonym ~ '^[0-9a-f]{64}$'),
  lookup        bytea CHECK (length(lookup) = 32),
  key           bytea CHECK (length(key) = 32),
  -- The dataset version or the withdrawal that first spoke of it.
  introduced_by uuid NOT NULL,
  UNIQUE (project_id, no),
  UNIQUE (project_id, pseudonym),
  UNIQUE (project_id, lookup),
  CHECK ((lookup IS NULL) = (key IS NULL))
);
CREATE INDEX subject_introduced ON subject (introduced_by);

CREATE TABLE subject_index (
  dataset_version_id uuid PRIMARY KEY,
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  subject_column     text NOT NULL,
  subjects           bigint NOT NULL CHECK (subjects >= 0),
  -- Rows in which the column is empty.
  rows_without       bigint NOT NULL CHECK (rows_without >= 0),
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, dataset_version_id),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);

CREATE TABLE dataset_subject (
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  split              text NOT NULL,
  subject_no         bigint NOT NULL,
  rows               bigint NOT NULL CHECK (rows >= 1),
  PRIMARY KEY (dataset_version_id, split, subject_no),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES subject_index(project_id, dataset_version_id),
  FOREIGN KEY (project_id, subject_no) REFERENCES subject(project_id, no)
);
CREATE INDEX dataset_subject_where ON dataset_subject (project_id, subject_no);

CREATE TABLE consent_withdrawal (
  id         uuid PRIMARY KEY,
  project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  subject_no bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (project_id, subject_no),
  FOREIGN KEY (project_id, subject_no) REFERENCES subject(project_id, no)
);

-- What a withdrawal found: no later push brings rows of that subject.
CREATE TABLE withdrawn_data (
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  withdrawal_id      uuid NOT NULL,
  dataset_version_id uuid NOT NULL,
  split              text NOT NULL,
  rows               bigint NOT NULL CHECK (rows >= 1),
  PRIMARY KEY (withdrawal_id, dataset_version_id, split),
  FOREIGN KEY (project_id, withdrawal_id) REFERENCES consent_withdrawal(project_id, id),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);
CREATE INDEX withdrawn_data_version ON withdrawn_data (dataset_version_id);`;

const ISOLATION = `
SELECT assay_isolate('data_source', 'SELECT, INSERT, UPDATE (latest_revision)');
SELECT assay_isolate('data_source_revision', 'SELECT, INSERT');
SELECT assay_isolate('dataset_version_source', 'SELECT, INSERT');
SELECT assay_isolate('subject', 'SELECT, INSERT');
SELECT assay_isolate('subject_index', 'SELECT, INSERT');
SELECT assay_isolate('dataset_subject', 'SELECT, INSERT');
SELECT assay_isolate('consent_withdrawal', 'SELECT, INSERT');
SELECT assay_isolate('withdrawn_data', 'SELECT, INSERT');`;
