import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a look at a sealed split released of its primary metric, to those who may not see its numbers. */
export class Ladder0000000000015 implements MigrationInterface {
  name = 'Ladder0000000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE evaluation_split ADD COLUMN released jsonb CHECK (released IS NULL OR sealed);
      -- All looks at the same rows, in order.
      CREATE INDEX evaluation_split_looks ON evaluation_split (project_id, split_root, look) WHERE sealed;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
