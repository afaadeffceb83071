import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Models and their versions. A version is written once; only the aliases (which version is the champion) move. */
export class Registry0000000000005 implements MigrationInterface {
  name = 'Registry0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE model (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        name text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
        -- Counted up under the row's lock, so versions have no gaps.
        last_version integer NOT NULL CHECK (last_version >= 1),
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        UNIQUE (project_id, id)
      );
      -- Names that differ in case only would be taken for each other.
      CREATE UNIQUE INDEX model_name ON model (project_id, lower(name));

      CREATE TABLE model_version (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        model_id uuid NOT NULL,
        version integer NOT NULL CHECK (version >= 1),
        artifact_digest text CHECK (artifact_digest ~ '^[0-9a-f]{64}$'),
        artifact_size bigint CHECK (artifact_size >= 0),
        artifact_filename text CHECK (char_length(artifact_filename) BETWEEN 1 AND 255),
        run_id uuid,
        parent_id uuid,
        description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 8000),
        tags jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tags) = 'object'),
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        UNIQUE (project_id, id),
        UNIQUE (project_id, model_id, id),
        UNIQUE (model_id, version),
        FOREIGN KEY (project_id, model_id) REFERENCES model(project_id, id),
        FOREIGN KEY (project_id, run_id) REFERENCES run(project_id, id),
        FOREIGN KEY (project_id, parent_id) REFERENCES model_version(project_id, id),
        CHECK (num_nulls(artifact_digest, artifact_size, artifact_filename) IN (0, 3))
      );
      CREATE INDEX model_version_by_run ON model_version (run_id) WHERE run_id IS NOT NULL;
      CREATE INDEX model_version_by_parent ON model_version (parent_id) WHERE parent_id IS NOT NULL;

      CREATE TABLE model_version_dataset (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid,
        model_version_id uuid NOT NULL,
        dataset_version_id uuid NOT NULL,
        -- How it is known: named at registration, or taken over from the run.
        origin text NOT NULL CHECK (origin IN ('named', 'run')),
        PRIMARY KEY (model_version_id, dataset_version_id),
        FOREIGN KEY (project_id, model_version_id) REFERENCES model_version(project_id, id),
        FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
      );
      CREATE INDEX model_version_dataset_by_dataset ON model_version_dataset (dataset_version_id, model_version_id DESC);

      CREATE TABLE champion (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid,
        model_id uuid NOT NULL,
        stage text NOT NULL CHECK (stage ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
        model_version_id uuid NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        updated_by text NOT NULL,
        PRIMARY KEY (model_id, stage),
        FOREIGN KEY (project_id, model_id) REFERENCES model(project_id, id),
        FOREIGN KEY (project_id, model_id, model_version_id) REFERENCES model_version(project_id, model_id, id)
      );

      SELECT assay_isolate('model', 'SELECT, INSERT, UPDATE (last_version)');
      SELECT assay_isolate('model_version', 'SELECT, INSERT');
      SELECT assay_isolate('model_version_dataset', 'SELECT, INSERT');
      SELECT assay_isolate('champion', 'SELECT, INSERT, UPDATE (model_version_id, updated_at, updated_by)');
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
