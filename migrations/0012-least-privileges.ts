import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The application may change of a job and of a message what happens to them, not whose they are and what they ask for. */
export class LeastPrivileges0000000000012 implements MigrationInterface {
  name = 'LeastPrivileges0000000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE UPDATE ON job, outbox FROM assay_app;
      GRANT UPDATE (state, progress, message, result, error, attempts, cancel_requested, started_at, finished_at, heartbeat_at)
        ON job TO assay_app;
      GRANT UPDATE (sent_at, attempts) ON outbox TO assay_app;

      -- PostgreSQL opens a new function to everybody: these two, and from now on none.
      REVOKE ALL ON FUNCTION holdout_budget_only_shrinks(), lineage_walk(text, text, boolean, integer, integer) FROM PUBLIC;
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
