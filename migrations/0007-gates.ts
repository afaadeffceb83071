import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Policies, each push a version, and the decisions made by them. Both are written once; staleness is a row beside a decision. */
export class Gates0000000000007 implements MigrationInterface {
  name = 'Gates0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gate_policy (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        name text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
        version integer NOT NULL CHECK (version >= 1),
        -- SHA-256 of the canonical JSON of "document".
        digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
        stage text CHECK (stage ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
        -- The normal form, every default written out, and the text as it was pushed.
        document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
        source text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        UNIQUE (project_id, id),
        UNIQUE (project_id, name, version)
      );

      CREATE TABLE gate_decision (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        model_version_id uuid NOT NULL,
        policy_id uuid NOT NULL,
        dataset_version_id uuid,
        stage text,
        verdict text NOT NULL CHECK (verdict IN ('PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR')),
        -- The whole decision, with the numbers of sealed splits: only auditors are shown it as it is.
        document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
        digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
        -- Names everything the verdict follows from. The same inputs give the same verdict while they are fresh.
        inputs_digest text NOT NULL CHECK (inputs_digest ~ '^[0-9a-f]{64}$'),
        decided_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        created_by text NOT NULL,
        UNIQUE (project_id, id),
        FOREIGN KEY (project_id, model_version_id) REFERENCES model_version(project_id, id),
        FOREIGN KEY (project_id, policy_id) REFERENCES gate_policy(project_id, id),
        FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
      );
      CREATE INDEX gate_decision_of_model_version ON gate_decision (model_version_id, id DESC);
      CREATE INDEX gate_decision_by_inputs ON gate_decision (project_id, inputs_digest, id DESC);

      CREATE TABLE gate_decision_staleness (
        gate_decision_id uuid PRIMARY KEY,
        project_id uuid NOT NULL DEFAULT current_setting('app.project')::uuid REFERENCES project(id),
        reason text NOT NULL,
        stale_at timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (project_id, gate_decision_id) REFERENCES gate_decision(project_id, id)
      );

      SELECT assay_isolate('gate_policy', 'SELECT, INSERT');
      SELECT assay_isolate('gate_decision', 'SELECT, INSERT');
      SELECT assay_isolate('gate_decision_staleness', 'SELECT, INSERT');
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
