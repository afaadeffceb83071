import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was run for an evaluation, where Assay ran the model itself. */
export class Execution0000000000019 implements MigrationInterface {
  name = 'Execution0000000000019';

  async up(runner: QueryRunner): Promise<void> {
    // JSON, not JSONB: the members keep their order. A model server that nobody vouches for is run, and is not `executed`.
    await runner.query(`
      ALTER TABLE evaluation ADD COLUMN execution json;
      ALTER TABLE evaluation ADD CONSTRAINT evaluation_executed CHECK (level <> 'executed' OR execution IS NOT NULL);`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
