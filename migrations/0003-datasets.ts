import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Datasets, their immutable versions and splits, repeated rows, and the looks at sealed splits. */
export class Datasets0000000000003 implements MigrationInterface {
  name = 'Datasets0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(LOOKS);
    await runner.query(ISOLATION);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const TABLES = `
CREATE TABLE dataset (
  id             uuid PRIMARY KEY,
  project_id     uuid NOT NULL REFERENCES project(id),
  name           text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  latest_version integer NOT NULL DEFAULT 0 CHECK (latest_version >= 0),
  created_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, id)
);
CREATE UNIQUE INDEX dataset_name ON dataset (project_id, lower(name));

CREATE TABLE dataset_version (
  id               uuid PRIMARY KEY,
  project_id       uuid NOT NULL REFERENCES project(id),
  dataset_id       uuid NOT NULL,
  version          integer NOT NULL CHECK (version >= 1),
  content_id       text NOT NULL CHECK (content_id ~ '^[0-9a-f]{64}$'),
  encoding_version integer NOT NULL,
  schema           jsonb NOT NULL,
  label_classes    jsonb NOT NULL,
  parent_id        uuid,
  message          text,
  source           text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  created_by       text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (dataset_id, version),
  FOREIGN KEY (project_id, dataset_id) REFERENCES dataset(project_id, id),
  FOREIGN KEY (project_id, parent_id) REFERENCES dataset_version(project_id, id),
  CHECK (parent_id <> id)
);
-- The same content under the same parent is the same version.
CREATE UNIQUE INDEX dataset_version_content
  ON dataset_version (dataset_id, content_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'));

CREATE TABLE dataset_split (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  position           integer NOT NULL CHECK (position >= 0),
  name               text NOT NULL,
  role               text NOT NULL CHECK (role IN ('train', 'validation', 'holdout', 'cross_domain', 'stress', 'synthetic', 'live_sample')),
  domain             text,
  rows               bigint NOT NULL CHECK (rows >= 1),
  sealed             boolean NOT NULL,
  root               text NOT NULL CHECK (root ~ '^[0-9a-f]{64}$'),
  public_digest      text NOT NULL,
  public_size        bigint NOT NULL,
  label_digest       text,
  leaves_digest      text NOT NULL,
  file_id            text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (dataset_version_id, name),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id),
  CHECK (label_digest IS NOT NULL OR NOT sealed),
  CHECK (domain IS NOT NULL OR role NOT IN ('cross_domain', 'stress'))
);
CREATE INDEX dataset_split_root ON dataset_split (project_id, root);

-- in_split = found_in: duplicates within a split; otherwise rows of in_split that also stand in found_in.
CREATE TABLE dataset_repeat (
  project_id         uuid NOT NULL REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  in_split           text NOT NULL,
  found_in           text NOT NULL,
  total              bigint NOT NULL,
  compared_on        text NOT NULL CHECK (compared_on IN ('features', 'featuresAndLabel')),
  rows               bigint NOT NULL CHECK (rows BETWEEN 0 AND total),
  ignoring_label     bigint NOT NULL,
  with_label         bigint,
  findings_digest    text,
  PRIMARY KEY (dataset_version_id, in_split, found_in),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);`;

const LOOKS = `
-- By the rows themselves: pushing them again under another name or version does not refill the budget.
CREATE TABLE holdout_budget (
  project_id uuid NOT NULL REFERENCES project(id),
  split_root text NOT NULL CHECK (split_root ~ '^[0-9a-f]{64}$'),
  budget     integer NOT NULL CHECK (budget >= 1),
  used       integer NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND budget),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, split_root)
);

CREATE TABLE look (
  id                 uuid PRIMARY KEY,
  project_id         uuid NOT NULL REFERENCES project(id),
  split_root         text NOT NULL,
  look               integer NOT NULL CHECK (look >= 1),
  dataset_version_id uuid NOT NULL,
  split              text NOT NULL,
  evaluation_id      uuid NOT NULL,
  predictions_digest text NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (project_id, split_root, look),
  UNIQUE (project_id, split_root, predictions_digest),
  FOREIGN KEY (project_id, split_root) REFERENCES holdout_budget(project_id, split_root),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
);

-- Whatever the application does: looks are never given back, budgets never raised.
CREATE FUNCTION holdout_budget_only_shrinks() RETURNS trigger LANGUAGE plpgsql AS $shrinks$
BEGIN
  IF NEW.budget > OLD.budget OR NEW.used < OLD.used THEN
    RAISE EXCEPTION 'a holdout budget only shrinks: budget % -> %, used % -> %', OLD.budget, NEW.budget, OLD.used, NEW.used;
  END IF;
  RETURN NEW;
END
$shrinks$;
CREATE TRIGGER holdout_budget_only_shrinks BEFORE UPDATE ON holdout_budget
  FOR EACH ROW EXECUTE FUNCTION holdout_budget_only_shrinks();`;

const ISOLATION = `
SELECT assay_isolate('dataset', 'SELECT, INSERT, UPDATE (latest_version)');
SELECT assay_isolate('dataset_version', 'SELECT, INSERT');
SELECT assay_isolate('dataset_split', 'SELECT, INSERT');
SELECT assay_isolate('dataset_repeat', 'SELECT, INSERT');
SELECT assay_isolate('holdout_budget', 'SELECT, INSERT, UPDATE (budget, used)');
SELECT assay_isolate('look', 'SELECT, INSERT');`;
