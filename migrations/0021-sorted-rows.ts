import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The encoded rows of a split in leaf order, from which rows are proved and versions compared. */
export class SortedRows0000000000021 implements MigrationInterface {
  name = 'SortedRows0000000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null: the version is from before; what is needed of it is made when it is asked for.
      ALTER TABLE dataset_split ADD COLUMN sorted_digest text CHECK (sorted_digest ~ '^[0-9a-f]{64}$');
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
