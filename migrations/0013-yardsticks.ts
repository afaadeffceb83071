import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which evaluations may stand for a baseline that others are compared with. */
export class Yardsticks0000000000013 implements MigrationInterface {
  name = 'Yardsticks0000000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Sent by somebody who may push policies. Of what was sent before this was written down nobody knows.
      ALTER TABLE evaluation ADD COLUMN endorsed boolean NOT NULL DEFAULT false;

      -- The decisions that let it in: what they cite is what it was taken for.
      ALTER TABLE champion ADD COLUMN gate_decision_ids uuid[] NOT NULL DEFAULT '{}';
      GRANT UPDATE (gate_decision_ids) ON champion TO assay_app;
      UPDATE champion c SET gate_decision_ids = p.ids FROM (
        SELECT d.model_id, d.stage, d.model_version_id, array_agg(pd.gate_decision_id) AS ids
        FROM deployment d JOIN promotion_decision pd ON pd.promotion_id = d.promotion_id
        WHERE d.state = 'current' GROUP BY 1, 2, 3) p
      WHERE (c.model_id, c.stage, c.model_version_id) = (p.model_id, p.stage, p.model_version_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
