import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Promotions, which never change, and what stands at each stage because of them. */
export class Deployments0000000000008 implements MigrationInterface {
  name = 'Deployments0000000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE promotion (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        model_id uuid NOT NULL,
        model_version_id uuid NOT NULL,
        stage text NOT NULL CHECK (stage ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
        -- What stood there before.
        previous_model_version_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        UNIQUE (project_id, id),
        FOREIGN KEY (project_id, model_id, model_version_id) REFERENCES model_version(project_id, model_id, id),
        FOREIGN KEY (project_id, model_id, previous_model_version_id) REFERENCES model_version(project_id, model_id, id)
      );
      CREATE INDEX promotion_of_model_version ON promotion (model_version_id, id DESC);

      -- The decisions, one of each policy of the stage, that allowed it.
      CREATE TABLE promotion_decision (
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        promotion_id uuid NOT NULL,
        gate_decision_id uuid NOT NULL,
        PRIMARY KEY (promotion_id, gate_decision_id),
        FOREIGN KEY (project_id, promotion_id) REFERENCES promotion(project_id, id),
        FOREIGN KEY (project_id, gate_decision_id) REFERENCES gate_decision(project_id, id)
      );

      CREATE TABLE deployment (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        model_id uuid NOT NULL,
        model_version_id uuid NOT NULL,
        stage text NOT NULL,
        promotion_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('current', 'superseded')),
        since timestamptz NOT NULL DEFAULT now(),
        until timestamptz,
        UNIQUE (project_id, id),
        CHECK ((state = 'current') = (until IS NULL)),
        FOREIGN KEY (project_id, promotion_id) REFERENCES promotion(project_id, id),
        FOREIGN KEY (project_id, model_id, model_version_id) REFERENCES model_version(project_id, model_id, id)
      );
      -- One version of a model stands at a stage.
      CREATE UNIQUE INDEX deployment_current ON deployment (model_id, stage) WHERE state = 'current';
      CREATE INDEX deployment_of_model_version ON deployment (model_version_id, id DESC);

      SELECT assay_isolate('promotion', 'SELECT, INSERT');
      SELECT assay_isolate('promotion_decision', 'SELECT, INSERT');
      SELECT assay_isolate('deployment', 'SELECT, INSERT, UPDATE (state, until)');
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
