import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows of subjects that were erased from versions, and the privileges that erasing takes. */
export class Erasure0000000000027 implements MigrationInterface {
  name = 'Erasure0000000000027';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(PRIVILEGES);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const TABLES = `
-- Of which rows of a split nothing but the leaf is left.
CREATE TABLE erased_rows (
  project_id         uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  dataset_version_id uuid NOT NULL,
  split              text NOT NULL,
  subject_no         bigint NOT NULL,
  rows               bigint NOT NULL CHECK (rows >= 1),
  created_at         timestamptz NOT NULL DEFAULT now(),
  created_by         text NOT NULL,
  PRIMARY KEY (dataset_version_id, split, subject_no),
  FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id),
  FOREIGN KEY (project_id, subject_no) REFERENCES subject(project_id, no)
);

-- Files that were put together of a split's chunks for a download. They are swept; an erasure has to find them before.
CREATE TABLE joined_rows (
  project_id      uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
  manifest_digest text NOT NULL CHECK (manifest_digest ~ '^[0-9a-f]{64}$'),
  digest          text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (project_id, manifest_digest, digest)
);

SELECT assay_isolate('erased_rows', 'SELECT, INSERT');
SELECT assay_isolate('joined_rows', 'SELECT, INSERT');`;

const PRIVILEGES = `
GRANT UPDATE (lookup, key) ON subject TO assay_app;
GRANT UPDATE (manifest_digest, label_digest) ON dataset_split TO assay_app;
GRANT UPDATE (label_classes, sealed_classes) ON dataset_version TO assay_app;
GRANT UPDATE (findings_digest) ON dataset_repeat TO assay_app;
GRANT UPDATE (status, failing, outcome, findings_blob, digest) ON dataset_check TO assay_app;
GRANT UPDATE (findings_blob) ON contamination_count TO assay_app;
-- Null: it was deleted with rows that it summed up.
ALTER TABLE dataset_profile ALTER COLUMN profile_blob DROP NOT NULL;
GRANT UPDATE (profile_blob) ON dataset_profile TO assay_app;

-- What owners of the current project need no more, of their files: those named, or all.
CREATE FUNCTION release_blobs(of_kind text, owners text[], files text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM blob_reference
   WHERE project_id = current_setting('app.project')::uuid AND owner_kind = of_kind AND owner_id = ANY(owners)
     AND (files IS NULL OR digest = ANY(files))
$$;
REVOKE ALL ON FUNCTION release_blobs(text, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION release_blobs(text, text[], text[]) TO assay_app;`;
