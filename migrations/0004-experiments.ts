import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Experiments, their runs, and what a run recorded. Params, metric points and inputs are written once. */
export class Experiments0000000000004 implements MigrationInterface {
  name = 'Experiments0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE experiment (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 250),
        description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 8000),
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        UNIQUE (project_id, id),
        UNIQUE (project_id, name)
      );

      CREATE TABLE run (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        experiment_id uuid NOT NULL,
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 250),
        status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'finished', 'failed', 'killed')),
        started_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        created_by text NOT NULL,
        UNIQUE (project_id, id),
        FOREIGN KEY (project_id, experiment_id) REFERENCES experiment(project_id, id),
        CHECK ((status = 'running') = (ended_at IS NULL))
      );
      CREATE INDEX run_by_experiment ON run (experiment_id, id DESC);

      -- What follows names its project through its run.
      CREATE TABLE run_param (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid,
        run_id uuid NOT NULL,
        key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 250),
        value text NOT NULL CHECK (char_length(value) <= 6000),
        PRIMARY KEY (run_id, key),
        FOREIGN KEY (project_id, run_id) REFERENCES run(project_id, id)
      );

      CREATE TABLE run_tag (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid,
        run_id uuid NOT NULL,
        key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 250),
        value text NOT NULL CHECK (char_length(value) <= 8000),
        PRIMARY KEY (run_id, key),
        FOREIGN KEY (project_id, run_id) REFERENCES run(project_id, id)
      );

      -- Every column of a point is in its key: a point that is sent again is the same point.
      CREATE TABLE run_metric (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid,
        run_id uuid NOT NULL,
        key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 250),
        step bigint NOT NULL,
        timestamp_ms bigint NOT NULL,
        value double precision NOT NULL,
        PRIMARY KEY (run_id, key, step, timestamp_ms, value),
        FOREIGN KEY (project_id, run_id) REFERENCES run(project_id, id)
      );

      -- The greatest (step, timestamp_ms, value) of each key; NaN sorts above every number.
      CREATE TABLE run_latest_metric (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid,
        run_id uuid NOT NULL,
        key text NOT NULL,
        step bigint NOT NULL,
        timestamp_ms bigint NOT NULL,
        value double precision NOT NULL,
        PRIMARY KEY (run_id, key),
        FOREIGN KEY (project_id, run_id) REFERENCES run(project_id, id)
      );

      CREATE TABLE run_input (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid,
        run_id uuid NOT NULL,
        dataset_version_id uuid NOT NULL,
        context text NOT NULL CHECK (char_length(context) BETWEEN 1 AND 100),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (run_id, dataset_version_id, context),
        FOREIGN KEY (project_id, run_id) REFERENCES run(project_id, id),
        FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
      );
      CREATE INDEX run_input_by_dataset_version ON run_input (dataset_version_id, run_id DESC);

      SELECT assay_isolate('experiment', 'SELECT, INSERT');
      SELECT assay_isolate('run', 'SELECT, INSERT, UPDATE (status, ended_at)');
      SELECT assay_isolate('run_param', 'SELECT, INSERT');
      SELECT assay_isolate('run_tag', 'SELECT, INSERT, UPDATE (value)');
      SELECT assay_isolate('run_metric', 'SELECT, INSERT');
      SELECT assay_isolate('run_latest_metric', 'SELECT, INSERT, UPDATE (step, timestamp_ms, value)');
      SELECT assay_isolate('run_input', 'SELECT, INSERT');
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
