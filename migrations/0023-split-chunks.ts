import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Splits in chunks that versions share: with the version stays which ones. */
export class SplitChunks0000000000023 implements MigrationInterface {
  name = 'SplitChunks0000000000023';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null: the version is from before, and has whole files.
      ALTER TABLE dataset_split ADD COLUMN manifest_digest text CHECK (manifest_digest ~ '^[0-9a-f]{64}$');
      ALTER TABLE dataset_split ALTER COLUMN public_digest DROP NOT NULL, ALTER COLUMN public_size DROP NOT NULL,
        ALTER COLUMN leaves_digest DROP NOT NULL;
      ALTER TABLE dataset_split ADD CONSTRAINT dataset_split_stored CHECK (
        CASE WHEN manifest_digest IS NULL THEN public_digest IS NOT NULL AND public_size IS NOT NULL AND leaves_digest IS NOT NULL
             ELSE public_digest IS NULL AND public_size IS NULL AND leaves_digest IS NULL AND sorted_digest IS NULL END);
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
