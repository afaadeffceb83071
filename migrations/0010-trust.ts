import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may use an upload, which dataset versions may decide a gate, and what of its protocol an evaluation chose by itself. */
export class Trust0000000000010 implements MigrationInterface {
  name = 'Trust0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The API key that sent it, and the only one that may use it. Null: sent before this was written down, of no use any more.
      ALTER TABLE upload ADD COLUMN created_by text;

      -- Fields of the protocol that differ from the defaults by the choice of somebody who may not push policies.
      ALTER TABLE evaluation ADD COLUMN chosen text[] NOT NULL DEFAULT '{}';

      -- Versions that somebody pushed who may push policies too. The same content pushed again by them counts.
      CREATE TABLE dataset_endorsement (
        dataset_version_id uuid PRIMARY KEY,
        project_id         uuid NOT NULL REFERENCES project(id),
        endorsed_by        text NOT NULL,
        endorsed_at        timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (project_id, dataset_version_id) REFERENCES dataset_version(project_id, id)
      );
      SELECT assay_isolate('dataset_endorsement', 'SELECT, INSERT');
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
