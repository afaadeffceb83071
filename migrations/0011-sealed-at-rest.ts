import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Labels of sealed splits, and the names of their classes, lie nowhere in clear; nor does the file they came in, once it is used. */
export class SealedAtRest0000000000011 implements MigrationInterface {
  name = 'SealedAtRest0000000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- From here on label_classes are those that open splits show. Sealed (docs/encoding.md, section 9): the classes of all
      -- splits. Null: no split is sealed, or the version is from before, and label_classes are those of all splits.
      ALTER TABLE dataset_version ADD COLUMN sealed_classes bytea;

      -- What an upload was used up for: its file is not kept.
      ALTER TABLE upload ADD COLUMN used_up_for text;
      GRANT UPDATE (used_up_for) ON upload TO assay_app;
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
